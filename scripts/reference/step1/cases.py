"""Which calls of self_attention are made into golden cases."""

from __future__ import annotations

import math

import torch
from torch import Generator, Tensor

from reference import attention, hooks
from reference.calls import Call, Draw, Function, recipe
from reference.case import dirt, normal
from reference.recipe import Recipe

SELF_ATTENTION = Function(
    "self_attention",
    ["out", "scores"],
    lambda p, _: hooks.self_attention(p["q"], p["k"], p["v"]),
    lambda numerics, p, _, s: attention.self_attention(numerics, p["q"], p["k"], p["v"], s, p),
)


def _outputs(seq_len: int, total_len: int, n_heads: int, head_dim: int, gen: Generator) -> dict[str, Tensor]:
    return {
        "out": dirt((seq_len, n_heads, head_dim), gen),
        "scores": dirt((n_heads, seq_len, total_len), gen),
    }


def _inputs(
    seq_len: int, total_len: int, n_heads: int, n_kv_heads: int, head_dim: int, gen: Generator
) -> dict[str, Tensor]:
    """Queries large enough that weights differ; values with another mean and size than keys."""
    return {
        "q": normal((seq_len, n_heads, head_dim), gen) * 1.5,
        "k": normal((total_len, n_kv_heads, head_dim), gen),
        "v": normal((total_len, n_kv_heads, head_dim), gen) * 2 + 0.5,
    }


def _attention(
    seq_len: int, total_len: int, n_heads: int, n_kv_heads: int, head_dim: int, q_scale: float = 1
) -> Draw:
    def draw(gen: Generator) -> Call:
        parameters = {
            **_outputs(seq_len, total_len, n_heads, head_dim, gen),
            **_inputs(seq_len, total_len, n_heads, n_kv_heads, head_dim, gen),
        }
        parameters["q"] = parameters["q"] * q_scale
        return Call(parameters, {})

    return draw


def _by_hand(gen: Generator) -> Call:
    # head_dim is 4, so scores are halved: 2 · ln 3 / 2, and e^ln 3 is 3.
    q = torch.tensor([[[1.0, 0.0, 0.0, 0.0]], [[2.0, 0.0, 0.0, 0.0]]])
    k = torch.tensor([[[0.0, 0.0, 0.0, 0.0]], [[math.log(3), 0.0, 0.0, 0.0]]])
    v = torch.tensor([[[4.0, 0.0, 8.0, 1.0]], [[0.0, 4.0, 8.0, 5.0]]])
    return Call({**_outputs(2, 2, 1, 4, gen), "q": q, "k": k, "v": v}, {})


def _groups_by_hand(gen: Generator) -> Call:
    """Keys are 0, so each head gives the mean of its KV head's values: here the numbers of that head."""
    q = normal((1, 6, 2), gen)
    k = torch.zeros(3, 2, 2)
    v = torch.tensor([10.0, 20.0])[:, None] + torch.tensor([1.0, 2.0])
    v = v + torch.tensor([-3.0, 0.0, 3.0])[:, None, None]
    return Call({**_outputs(1, 3, 6, 2, gen), "q": q, "k": k, "v": v}, {})


def _looking_at(offset: int) -> Draw:
    """Each query points to the key `offset` places after its own; 3 over 8, 4 heads on 2."""

    def draw(gen: Generator) -> Call:
        parameters = {**_outputs(3, 8, 4, 10, gen), **_inputs(3, 8, 4, 2, 10, gen)}
        for i in range(3):
            key = 5 + i + offset
            if key < 8:
                parameters["q"][i] = parameters["k"][key].repeat_interleave(2, dim=0) * 3
        return Call(parameters, {})

    return draw


def _later_tokens(gen: Generator) -> Call:
    """The last tokens of a prefill have values a hundred times larger than the others."""
    parameters = {**_outputs(6, 6, 4, 10, gen), **_inputs(6, 6, 4, 2, 10, gen)}
    parameters["v"][4:] *= 100
    return Call(parameters, {})


def _far_apart_values(gen: Generator) -> Call:
    """Values of KV head h lie around 10 · h."""
    parameters = {**_outputs(2, 7, 6, 10, gen), **_inputs(2, 7, 6, 3, 10, gen)}
    parameters["v"] += 10 * torch.arange(3.0)[:, None]
    return Call(parameters, {})


def _equal_keys(gen: Generator) -> Call:
    parameters = {**_outputs(4, 9, 6, 14, gen), **_inputs(4, 9, 6, 2, 14, gen)}
    parameters["k"] = parameters["k"][:1].repeat(9, 1, 1)
    return Call(parameters, {})


def _fused(gen: Generator) -> Call:
    """q, k and v side by side in one buffer, (seq_len, 6 + 2 + 2, head_dim)."""
    fused = normal((5, 10, 14), gen)
    q, k, v = fused[:, :6], fused[:, 6:8], fused[:, 8:]
    return Call({**_outputs(5, 5, 6, 14, gen), "q": q, "k": k, "v": v}, {})


def _some_heads(gen: Generator) -> Call:
    """Heads 2 to 5 of 9 in q and in out."""
    inputs = _inputs(3, 7, 9, 2, 10, gen)
    outputs = _outputs(3, 7, 9, 10, gen)
    return Call(
        {
            "out": outputs["out"][:, 2:6],
            "scores": outputs["scores"][2:6],
            "q": inputs["q"][:, 2:6],
            "k": inputs["k"],
            "v": inputs["v"],
        },
        {},
    )


def _in_a_larger_cache(beyond: float | None) -> Draw:
    """Keys and values are the first 7 rows of a cache for 12; `beyond` fills the other rows, or else dirt."""

    def draw(gen: Generator) -> Call:
        inputs = _inputs(2, 12, 6, 3, 10, gen)
        for cache in (inputs["k"], inputs["v"]):
            cache[7:] = dirt((5, 3, 10), gen) if beyond is None else beyond
        return Call(
            {**_outputs(2, 7, 6, 10, gen), "q": inputs["q"], "k": inputs["k"][:7], "v": inputs["v"][:7]}, {}
        )

    return draw


def _short_text(gen: Generator) -> Call:
    """Keys and values are the first 5 rows of a cache for 20, so that even q's distance stays within it."""
    inputs = _inputs(3, 20, 6, 2, 6, gen)
    return Call(
        {**_outputs(3, 5, 6, 6, gen), "q": inputs["q"], "k": inputs["k"][:5], "v": inputs["v"][:5]}, {}
    )


def _layer_of_a_cache(gen: Generator) -> Call:
    """Keys and values are layer 1 of 3, and of that the first 9 rows of 11."""
    k, v = normal((3, 11, 2, 6), gen), normal((3, 11, 2, 6), gen) * 2 + 0.5
    q = normal((4, 6, 6), gen) * 1.5
    return Call({**_outputs(4, 9, 6, 6, gen), "q": q, "k": k[1, :9], "v": v[1, :9]}, {})


def _part_of_larger_scores(gen: Generator) -> Call:
    """Scores are the corner of a buffer made for the longest sequence."""
    scores = dirt((8, 5, 16), gen)[:6, :3, :11]
    return Call(
        {
            "out": dirt((3, 6, 14), gen),
            "scores": scores,
            **_inputs(3, 11, 6, 2, 14, gen),
        },
        {},
    )


def _dirty(factor: float) -> Draw:
    def draw(gen: Generator) -> Call:
        outputs = {name: dirty * factor for name, dirty in _outputs(3, 8, 6, 10, gen).items()}
        return Call({**outputs, **_inputs(3, 8, 6, 2, 10, gen)}, {})

    return draw


def recipes() -> list[Recipe]:
    cases = [
        (
            "ByHand",
            "Two tokens, one head: the second looks with weights ¼ and ¾, since 2 · ln 3 / √4 is ln 3.",
            _by_hand,
        ),
        (
            "GroupsByHand",
            "With keys of 0 each head gives its KV head's mean: 11 and 12, or 21 and 22 from head 3 on.",
            _groups_by_hand,
        ),
        (
            "PrefillWithoutGroups",
            "Five tokens over themselves; each of three heads has keys and values of its own.",
            _attention(5, 5, 3, 3, 14),
        ),
        (
            "GroupsOfTwo",
            "Heads 0 and 1 share KV head 0, heads 2 and 3 KV head 1: h / 2, not h % 3.",
            _attention(5, 8, 6, 3, 10),
        ),
        ("GroupsOfThree", "Three heads share a KV head: a 2 written in shows.", _attention(4, 7, 6, 2, 10)),
        ("GroupsOfFour", "Four heads share a KV head, in prefill.", _attention(5, 5, 12, 3, 6)),
        (
            "EightHeadsOverTwo",
            "n_heads / n_kv_heads is 4, n_kv_heads is 2: they can't be exchanged.",
            _attention(3, 7, 8, 2, 10),
        ),
        (
            "MultiQuery",
            "One KV head for all: the distance between keys is head_dim, between queries five times that.",
            _attention(4, 9, 5, 1, 6),
        ),
        ("OneHead", "A single head and a single KV head.", _attention(3, 5, 1, 1, 14)),
        (
            "FirstToken",
            "One token over itself: the weight is 1 and the output its value.",
            _attention(1, 1, 6, 2, 10),
        ),
        (
            "DecodeSeesTheWholeCache",
            "One token over 11: a mask aligned to the top left, or one key per new token, leaves one key.",
            _attention(1, 11, 6, 3, 14),
        ),
        (
            "ChunkOverACache",
            "Four tokens over 9: query i sees keys 0 to 5 + i.",
            _attention(4, 9, 6, 2, 14),
        ),
        ("TwoTokensOverOne", "2 over 3: the smallest chunk over a cache.", _attention(2, 3, 4, 2, 10)),
        (
            "LongCache",
            "2 over 67: sums longer than any vector register, with a remainder.",
            _attention(2, 67, 4, 2, 6),
        ),
        (
            "OddSizes",
            "7 over 13, 5 heads, head_dim 22: nothing is a power of two.",
            _attention(7, 13, 5, 5, 22),
        ),
        (
            "ScaledByItsOwnHeadDim",
            "head_dim is 34: 1/8 for 64, or the root left out, isn't 1/√34.",
            _attention(3, 6, 4, 2, 34),
        ),
        (
            "SmallHeadDim",
            "head_dim is 2, below any vector register: the scale is 1/√2.",
            _attention(3, 7, 4, 2, 2),
        ),
        (
            "EachTokenSeesItself",
            "Queries point to their own key: a mask that is one short takes away what they look at.",
            _looking_at(0),
        ),
        (
            "TheNextKeyIsHidden",
            "Queries point to the key after their own: a mask that is one long shows it to them.",
            _looking_at(1),
        ),
        (
            "LaterTokensChangeNothing",
            "The last two tokens' values are a hundred times larger: no earlier row may notice.",
            _later_tokens,
        ),
        (
            "LargeLogits",
            "Scores beyond ±100, where e^x is infinite unless the maximum is subtracted.",
            _attention(3, 8, 6, 2, 10, q_scale=40),
        ),
        (
            "EqualKeysGiveTheMean",
            "All keys are equal: every query gets the mean of the values it sees, and of no others.",
            _equal_keys,
        ),
        (
            "ValuesOfOneKvHead",
            "KV heads' values lie far apart: summing over KV heads, or taking the wrong one, misses by far.",
            _far_apart_values,
        ),
        (
            "QueriesKeysAndValuesInOneBuffer",
            "q, k and v lie side by side: the distance between tokens is a stride, no product of sizes.",
            _fused,
        ),
        (
            "SomeHeadsOfMany",
            "q, out and scores are four heads of nine: the other heads stay as they were.",
            _some_heads,
        ),
        (
            "KeysAndValuesInALargerCache",
            "The cache has room for 12 and holds 7: its later rows hold what an earlier sequence left.",
            _in_a_larger_cache(None),
        ),
        (
            "ShortTextInALongCache",
            "The cache has room for 20 and holds 5: rows of k lie as far apart as k is wide, not as q is.",
            _short_text,
        ),
        (
            "NanBeyondTheCachedRows",
            "The cache's later rows are NaN: reading one, even with a weight of 0, gives NaN.",
            _in_a_larger_cache(math.nan),
        ),
        (
            "OneLayerOfTheCache",
            "Keys and values are one layer of a cache for three: they start at the view's offset.",
            _layer_of_a_cache,
        ),
        (
            "ScoresInALargerBuffer",
            "scores is the corner of a buffer for longer sequences: rows lie 16 apart and have 11 keys.",
            _part_of_larger_scores,
        ),
        (
            "ReusedBuffersAreNotRead",
            "out and scores hold large numbers of an earlier call: neither is added to.",
            _dirty(1000),
        ),
        (
            "NanInOutAndScores",
            "out and scores hold NaN: what isn't written, or is only added to, stays NaN.",
            _dirty(math.nan),
        ),
    ]
    return [recipe(f"SelfAttention.{name}", purpose, SELF_ATTENTION, draw) for name, purpose, draw in cases]

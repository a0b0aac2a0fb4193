"""Cases of masked_softmax."""

from __future__ import annotations

import math

import torch
from torch import Generator, Tensor

from reference.attention import visible
from reference.calls import Call, Draw, recipe
from reference.case import dirt, normal
from reference.recipe import Recipe
from reference.step0.functions import MASKED_SOFTMAX


def _softmax(
    n_heads: int,
    seq_len: int,
    total_len: int,
    scale: float = 2,
    shift: float = 0,
    hidden: float | None = None,
) -> Draw:
    """scores = scale · normal + shift; `hidden`: what stands where a query must not look."""

    def draw(gen: Generator) -> Call:
        scores = normal((n_heads, seq_len, total_len), gen) * scale + shift
        if hidden is not None:
            scores.masked_fill_(~visible(seq_len, total_len), hidden)
        return Call({"scores": scores}, {})

    return draw


def _by_hand(_: Generator) -> Call:
    # e^ln 2 is 2: the last row is 1 : 1 : 2. Query 0 sees keys 0 and 1.
    return Call({"scores": torch.tensor([[[0.0, 0.0, 5.0], [0.0, 0.0, math.log(2)]]])}, {})


def _all_equal(_: Generator) -> Call:
    return Call({"scores": torch.full((2, 5, 8), 3.0)}, {})


def _falling(gen: Generator) -> Call:
    """Every row falls steeply along the keys, each head at another place."""
    scores = normal((3, 2, 7), gen) - 6 * torch.arange(7)
    return Call({"scores": scores}, {})


def _largest_is_hidden(gen: Generator) -> Call:
    scores = normal((2, 4, 6), gen)
    scores += 60.0 * ~visible(4, 6)
    return Call({"scores": scores}, {})


def _part_of_buffer(gen: Generator) -> Call:
    """(n_heads, seq_len, total_len) in a buffer for more heads, queries and keys."""
    buffer: Tensor = dirt((4, 5, 11), gen)
    return Call({"scores": buffer[1:4, :2, :7]}, {})


def masked_softmax() -> list[Recipe]:
    cases = [
        ("ByHand", "Query 0 of 2 sees two of three keys, ½ : ½ : 0; query 1 all, ¼ : ¼ : ½.", _by_hand),
        (
            "Prefill",
            "seq_len equals total_len: query i sees keys 0 to i, itself included and none after it.",
            _softmax(3, 7, 7),
        ),
        (
            "DecodeSeesTheWholeCache",
            "A single query sees all keys: a mask aligned to the top left would leave it key 0 only.",
            _softmax(3, 1, 13),
        ),
        (
            "ChunkOverACache",
            "Query i of 4 over 9 keys sees keys 0 to 5 + i: the cached positions count.",
            _softmax(2, 4, 9),
        ),
        (
            "TwoQueriesOverALongCache",
            "A length that no vector register divides, in rows of unequal length.",
            _softmax(3, 2, 33),
        ),
        ("SingleKey", "One key gets the weight 1, whatever its score.", _softmax(5, 1, 1)),
        ("OneHead", "A single head.", _softmax(1, 3, 5)),
        ("EightHeads", "Every row of every head sums to 1 by itself.", _softmax(8, 2, 3)),
        (
            "LargeScores",
            "e^200 is infinite in float32: subtract the row's maximum first.",
            _softmax(2, 3, 7, scale=30, shift=200),
        ),
        (
            "VeryNegativeScores",
            "e^-200 is 0 in float32, and 0 / 0 NaN: the maximum to subtract isn't 0 either.",
            _softmax(2, 3, 7, scale=3, shift=-200),
        ),
        (
            "MaskedScoresAreTheLargest",
            "Scores that a query must not see are 60 higher: they count neither as maximum nor in the sum.",
            _largest_is_hidden,
        ),
        (
            "MaskedZerosBesideNegativeScores",
            "Masking with a score of 0 gives hidden keys nearly all the weight where the others lie at -12.",
            _softmax(3, 4, 6, scale=1, shift=-12, hidden=0),
        ),
        ("AllEqual", "Query i gives each of the n keys it sees exactly 1/n.", _all_equal),
        (
            "FallingScores",
            "Normalised along the keys; along the queries or over the whole head it is something else.",
            _falling,
        ),
        (
            "NanWhereNoQueryLooks",
            "What stands in the masked part, here NaN, must not be read: it becomes 0.",
            _softmax(2, 3, 5, hidden=math.nan),
        ),
        (
            "InfinityWhereNoQueryLooks",
            "An infinite score in the masked part must neither become the maximum nor give NaN.",
            _softmax(2, 4, 7, hidden=math.inf),
        ),
        (
            "PartOfALargerBuffer",
            "Rows lie 11 apart and have 7 keys: what lies beyond them stays.",
            _part_of_buffer,
        ),
    ]
    return [recipe(f"MaskedSoftmax.{name}", purpose, MASKED_SOFTMAX, draw) for name, purpose, draw in cases]

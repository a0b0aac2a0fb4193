"""Golden cases of forward."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor

from reference import llama
from reference.case import Case, Model, dirt, generator
from reference.numerics import MismatchError, Numerics, deviation, measure
from reference.precision import float64
from reference.recipe import Recipe
from reference.step2 import forward
from reference.step2.forward import Cache, Config, Trace
from reference.step2.small_models import small_model
from reference.switches import Predicted, Switches, Unpredictable

CACHE_DIRT = 2.5
# Where a pass that records no trace goes wrong: a point that only the diagnosis asks for.
CUT_LOGITS = "trace/cut_logits"
# Cases for which the outcomes of known mistakes are computed and stored; the others take long and are large.
PREDICTED = (
    "Forward.NineTokensAtOnce",
    "Forward.NineTokensInFourAndFive",
    "Forward.CacheExactlyFull",
    "Forward.OneToken",
    "Forward.TiedEmbeddings",
    "Forward.EpsilonOfTheConfiguration",
    "Forward.Llama3Prefill",
    "Forward.TwelveLayers",
)

Draw = Callable[[int, torch.Generator], list[int]]


def different(n: int) -> Draw:
    """n tokens of which no two are the same."""
    return lambda vocab, gen: torch.randperm(vocab, generator=gen)[:n].tolist()


def any_tokens(n: int) -> Draw:
    return lambda vocab, gen: torch.randint(vocab, (n,), generator=gen).tolist()


def repeated(*pattern: int) -> Draw:
    """Different tokens for different numbers of the pattern."""
    return lambda vocab, gen: torch.randperm(vocab, generator=gen)[list(pattern)].tolist()


def these(tokens: Sequence[int]) -> Draw:
    return lambda vocab, gen: list(tokens)


@dataclass(frozen=True)
class Pass:
    """Calls of forward on one cache, one for each chunk."""

    name: str
    purpose: str
    model: str
    tokens: Draw
    chunks: Sequence[int]
    spare: int = 3  # rows of the cache that stay unused
    trace_chunk: int | None = None
    as_one_chunk: bool = False  # transformers itself must get the same from a single chunk

    @property
    def cuts(self) -> bool:
        """Whether the logits of the model cut to its first layers are stored; the bundled one's are large."""
        return self.trace_chunk is not None and self.model != "story"


def passes(nine: Sequence[int], another: int, story: Sequence[int]) -> list[Pass]:
    """`nine` tokens and `another` are of the model "grouped", `story` is a prompt for the bundled model."""
    return [
        Pass(
            "Forward.NineTokensAtOnce",
            "The whole prompt in one call; the logits are the last token's, not the first's.",
            "grouped",
            these(nine),
            [9],
            trace_chunk=0,
        ),
        Pass(
            "Forward.NineTokensOneByOne",
            "Token by token on the same cache, the same nine tokens give the same logits and rows.",
            "grouped",
            these(nine),
            [1] * 9,
            as_one_chunk=True,
        ),
        Pass(
            "Forward.NineTokensInFourAndFive",
            "The second chunk sees the first one in the cache: positions and rows go on where it ended.",
            "grouped",
            these(nine),
            [4, 5],
            trace_chunk=1,
            as_one_chunk=True,
        ),
        Pass(
            "Forward.NineTokensInOneAndEight",
            "A single token first, then more new tokens than the cache holds.",
            "grouped",
            these(nine),
            [1, 8],
            as_one_chunk=True,
        ),
        Pass(
            "Forward.LaterTokenChanged",
            "Only the ninth token differs: other logits, but the cache rows of the first eight are the same.",
            "grouped",
            these([*nine[:-1], another]),
            [9],
        ),
        Pass(
            "Forward.OnACacheThatHoldsTokens",
            "Three calls on one cache, each longer than one token; the length grows once a call.",
            "grouped",
            different(12),
            [3, 4, 5],
            as_one_chunk=True,
        ),
        Pass(
            "Forward.CacheExactlyFull",
            "The last token's rows are the last of the cache.",
            "grouped",
            different(8),
            [6, 1, 1],
            spare=0,
        ),
        Pass(
            "Forward.OneToken",
            "The shortest prompt there is.",
            "equal_heads",
            different(1),
            [1],
        ),
        Pass(
            "Forward.RepeatedTokens",
            "Equal tokens at different positions: only their rotation tells them apart.",
            "tied",
            repeated(0, 0, 1, 0, 0, 0, 2, 0),
            [8],
        ),
        Pass(
            "Forward.TiedEmbeddings",
            "The embedding table makes the logits too.",
            "tied",
            different(7),
            [7],
            trace_chunk=0,
        ),
        Pass(
            "Forward.EpsilonOfTheConfiguration",
            "A configuration whose epsilon and whose number of KV heads are not the usual ones.",
            "equal_heads",
            different(6),
            [6],
            trace_chunk=0,
        ),
        Pass(
            "Forward.Llama3Prefill",
            "Another theta than 10000, frequencies scaled as in Llama 3, eight heads over two.",
            "llama3",
            different(11),
            [11],
            trace_chunk=0,
        ),
        Pass(
            "Forward.Llama3FarPositions",
            "After 44 tokens the scaling of the frequencies decides what the next one attends to.",
            "llama3",
            any_tokens(46),
            [44, 2],
            as_one_chunk=True,
        ),
        Pass(
            "Forward.TwelveLayers",
            "As many layers as the configuration says, in the right order, each with a cache of its own.",
            "deep",
            different(5),
            [5],
            trace_chunk=0,
        ),
        Pass(
            "Forward.TwelveLayersInTwoChunks",
            "Twelve layers each read back their own rows, and the length grows once, not twelve times.",
            "deep",
            different(8),
            [5, 3],
            as_one_chunk=True,
        ),
        Pass(
            "Forward.StoryPrefill",
            "The bundled model on the beginning of a story, every intermediate tensor.",
            "story",
            these(story),
            [len(story)],
            trace_chunk=0,
        ),
        Pass(
            "Forward.StoryDecode",
            "The last token of that beginning on a cache that holds the others, every intermediate tensor.",
            "story",
            these(story),
            [len(story) - 1, 1],
            trace_chunk=1,
            as_one_chunk=True,
        ),
    ]


def transformers_own(model: Model, each: Pass, tokens: Sequence[int]) -> dict[str, Tensor]:
    result = llama.forward(model, tokens, each.chunks, each.trace_chunk)
    return result | ({CUT_LOGITS: llama.cut_logits(model, tokens)} if each.cuts else {})


def our_cut_logits(numerics: Numerics, model: Model, tokens: Sequence[int]) -> Tensor:
    """What llama.cut_logits gives, by our own model of it."""
    whole = Config.of(model.config)
    cuts = [replace(whole, n_layers=n) for n in range(1, whole.n_layers + 1)]

    def logits(config: Config) -> Tensor:
        cache = Cache.filled(config, len(tokens), 0, numerics.dtype)
        return forward.forward(numerics, tokens, cache, config, model.weights, Trace())

    return torch.stack([logits(config) for config in cuts])


def ours(numerics: Numerics, model: Model, each: Pass, tokens: Sequence[int]) -> dict[str, Tensor]:
    """What transformers_own gives, by our own model of it."""
    config = Config.of(model.config)
    cache = Cache.filled(config, len(tokens), 0, numerics.dtype)
    trace = Trace()
    logits = []
    begin = 0
    for index, chunk in enumerate(each.chunks):
        recording = trace if index == each.trace_chunk else Trace()
        now = tokens[begin : begin + chunk]
        logits.append(forward.forward(numerics, now, cache, config, model.weights, recording))
        begin += chunk
    return {
        "logits": torch.stack(logits),
        "cache.k": torch.stack(cache.k),
        "cache.v": torch.stack(cache.v),
        **{f"trace/{name}": value for name, value in trace.points.items()},
        **({CUT_LOGITS: our_cut_logits(numerics, model, tokens)} if each.cuts else {}),
    }


def predict_forward(
    case: Case, models: Mapping[str, Model], switches: Switches, numerics: Numerics
) -> Predicted:
    if case.name not in PREDICTED:
        raise Unpredictable(f"{case.name} is left out, since others tell the same mistakes")
    model = small_model(case, models)
    config = Config.of(model.config)
    tokens, logits = case.args["tokens"], case.before["logits"]
    cache = Cache.filled(config, case.args["capacity"], CACHE_DIRT, numerics.dtype)
    chunks = [chunk.tolist() for chunk in torch.split(torch.tensor(tokens), case.args["chunks"])]
    after = [
        forward.forward(numerics, chunk, cache, config, model.weights, Trace(), switches, before)
        for chunk, before in zip(chunks, logits, strict=True)
    ]
    k, v = (torch.stack(storages)[:, : len(tokens)] for storages in (cache.k, cache.v))
    return Predicted(
        {"logits": torch.stack(after), "cache.k": k, "cache.v": v}, {"cache_length": cache.length}
    )


def check_against_one_chunk(
    model: Model, tokens: Sequence[int], golden: Mapping[str, Tensor], bounds: Mapping[str, float]
) -> None:
    """Raises MismatchError if transformers gets other results when it is fed all tokens at once."""
    whole = llama.forward(model, tokens, [len(tokens)])
    whole["logits"] = whole["logits"][-1]
    chunked = {**golden, "logits": golden["logits"][-1]}
    for name, expected in whole.items():
        apart = deviation(chunked[name], expected)
        if apart > bounds[name]:
            raise MismatchError(f"{name}: transformers gives {apart:.3g} more or less in chunks than at once")


def pass_case(each: Pass, model: Model, gen: torch.Generator) -> Case:
    tokens = each.tokens(model.config["vocab_size"], gen)
    golden = transformers_own(model, each, tokens)
    wide = llama.in_float64(model)
    with float64():
        truth = transformers_own(wide, each, tokens)
    measured = measure(lambda numerics: ours(numerics, model, each, tokens), golden, truth)
    if each.as_one_chunk:
        check_against_one_chunk(model, tokens, golden, measured.bounds)
    args: dict[str, Any] = {
        "tokens": tokens,
        "chunks": list(each.chunks),
        "capacity": len(tokens) + each.spare,
        "cache_dirt": CACHE_DIRT,
    }
    if each.trace_chunk is not None:
        args["trace_chunk"] = each.trace_chunk
    return Case(
        each.name,
        "forward",
        each.purpose,
        before={"logits": dirt(golden["logits"].shape, gen)},
        after=golden,
        args=args,
        bounds=measured.bounds,
        noise=measured.noise,
        expect={"cache_length": len(tokens)},
        model=each.model,
    )


def forward_recipes(models: Mapping[str, Model], story_prompt: Sequence[int], seed: int) -> list[Recipe]:
    # The same nine tokens in every case that is about chunks.
    *nine, another = different(10)(
        models["grouped"].config["vocab_size"], generator(seed, "Forward.NineTokens")
    )

    def recipe(each: Pass) -> Recipe:
        return Recipe(each.name, lambda gen: pass_case(each, models[each.model], gen))

    return [recipe(each) for each in passes(nine, another, story_prompt)]

"""Golden cases of sampling_distribution."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import torch
from torch import Tensor

from reference.case import Case, Model, dirt
from reference.numerics import Numerics, measure
from reference.precision import float64
from reference.recipe import Recipe
from reference.redraw import TooClose
from reference.step3.generation import distribution
from reference.step3.sampling import sampling_distribution
from reference.switches import Predicted, Switches

# How far a cumulative sum stays away from top_p: far more than rounding, less than a likely token's share.
TOP_P_MARGIN = 0.005


@dataclass
class Distribution:
    """How a case is drawn. top_p is given by what it shall cut, so that it never lies close to a sum."""

    name: str
    purpose: str
    logits: Callable[[torch.Generator], Tensor]
    temperature: float = 1
    top_k: int = 0
    top_p: float | Callable[[Tensor], float] = 1
    dirty: Callable[[torch.Generator, int], Tensor] = lambda gen, n: dirt([n], gen)


def ladder(n: int, top: float = 2, step: float = 0.5) -> Callable[[torch.Generator], Tensor]:
    """Logits with clear gaps in a random order that neither begins nor ends with the likeliest."""

    def draw(gen: torch.Generator) -> Tensor:
        falling = top - step * (torch.arange(n) + 0.4 * torch.rand(n, generator=gen))
        logits = falling[torch.randperm(n, generator=gen)]
        if n > 2 and int(logits.argmax()) in (0, n - 1):
            raise TooClose
        return logits

    return draw


def with_ties(values: Sequence[float]) -> Callable[[torch.Generator], Tensor]:
    """These logits, and all equally far off them, so that what ties stays a tie."""
    return lambda gen: torch.tensor(values) + torch.randint(-8, 9, [1], generator=gen) / 16


def sums(logits: Tensor, temperature: float = 1, top_k: int | None = None) -> list[float]:
    """Probability of the likeliest, the two likeliest, …, of the top k."""
    likeliest = (logits.double() / temperature).sort(descending=True).values[:top_k]
    return [0.0, *likeliest.softmax(0).cumsum(0).tolist()]


def crossed_by(n: int, temperature: float = 1, top_k: int | None = None) -> Callable[[Tensor], float]:
    """A top_p that the n-th likeliest token crosses, half way between the sums without it and with it."""

    def top_p(logits: Tensor) -> float:
        below, above = sums(logits, temperature, top_k)[n - 1 : n + 1]
        return round((below + above) / 2, 4)

    return top_p


def crossed_in_order_only(n: int, temperature: float, top_k: int | None) -> Callable[[Tensor], float]:
    """A top_p that the n-th token crosses after temperature and top-k, but doesn't cross before them."""

    def top_p(logits: Tensor) -> float:
        after, before = sums(logits, temperature, top_k)[n], sums(logits)[n]
        if after - before < 0.02:
            raise TooClose
        return round((before + after) / 2, 4)

    return top_p


def check_top_p(logits: Tensor, temperature: float, top_k: int | None, top_p: float) -> None:
    """Raises TooClose if rounding could change what is kept, or if going by ids would keep the same."""
    likeliest = sums(logits, temperature, top_k)
    if any(abs(total - top_p) < TOP_P_MARGIN for total in likeliest[1:]):
        raise TooClose
    if len(logits) == 1:
        return
    probs = (logits.double() / temperature).softmax(0)
    by_id = (probs.cumsum(0) - probs < top_p).nonzero().flatten().tolist()
    n_kept = sum(total < top_p for total in likeliest[:-1])
    if by_id == logits.argsort(descending=True)[:n_kept].sort().values.tolist():
        raise TooClose


DISTRIBUTIONS = [
    Distribution(
        "SamplingDistribution.PlainSoftmax",
        "With the default options, the distribution is the softmax of the logits: none is left out.",
        ladder(11),
    ),
    Distribution(
        "SamplingDistribution.LowTemperatureSharpens",
        "Temperature 0.5 doubles the logits; multiplying by it, or using it on the probabilities, doesn't.",
        ladder(11),
        temperature=0.5,
    ),
    Distribution(
        "SamplingDistribution.HighTemperatureFlattens",
        "Temperature 2 halves the logits; the opposite direction, or no temperature, is far off.",
        ladder(11),
        temperature=2,
    ),
    Distribution(
        "SamplingDistribution.TemperatureZeroIsArgmax",
        "Temperature 0 means the likeliest token with certainty, not a division by 0.",
        ladder(11),
        temperature=0,
    ),
    Distribution(
        "SamplingDistribution.TemperatureZeroTakesLowestIdOnTies",
        "Of equal largest logits the first one counts, as in transformers' greedy search.",
        with_ties([-1, 0.5, 2.5, 1, 2.5, -0.5, 2.5, 0]),
        temperature=0,
    ),
    Distribution(
        "SamplingDistribution.TemperatureZeroOfNegativeLogits",
        "A search for the maximum that starts at 0 finds none among negative logits and yields token 0.",
        ladder(11, top=-3),
        temperature=0,
    ),
    Distribution(
        "SamplingDistribution.TemperatureZeroWithTopKAndTopP",
        "At temperature 0 the other options change nothing.",
        ladder(11),
        temperature=0,
        top_k=4,
        top_p=0.75,
    ),
    Distribution(
        "SamplingDistribution.TopKKeepsTheLikeliest",
        "Top-k keeps the k largest logits, wherever they stand, and renormalizes them.",
        ladder(11),
        top_k=4,
    ),
    Distribution(
        "SamplingDistribution.TopKOne",
        "The smallest k leaves exactly one token, with probability 1.",
        ladder(11),
        top_k=1,
    ),
    Distribution(
        "SamplingDistribution.TopKKeepsTiesWithTheKth",
        "Tokens that tie with the k-th all stay; keeping exactly k drops one of them.",
        with_ties([-0.5, 1, 0.25, 2, -1.5, 1, 1, 0.5, 1.5]),
        top_k=3,
    ),
    Distribution(
        "SamplingDistribution.TopKZeroKeepsAll",
        "k = 0 switches top-k off; read as a number of candidates it leaves none, also beside top-p.",
        ladder(11),
        temperature=1.5,
        top_p=crossed_by(7, temperature=1.5),
    ),
    Distribution(
        "SamplingDistribution.TopKEqualToVocabularyKeepsAll",
        "k as large as the vocabulary keeps all; an off-by-one reads or drops one too many.",
        ladder(7),
        top_k=7,
    ),
    Distribution(
        "SamplingDistribution.TopKBeyondVocabularyKeepsAll",
        "k larger than the vocabulary keeps all instead of reading beyond the end.",
        ladder(7),
        top_k=40,
    ),
    Distribution(
        "SamplingDistribution.TopPKeepsTheCrossingToken",
        "The token at which the sum crosses top_p stays; stopping before it leaves one too few.",
        ladder(11),
        top_p=crossed_by(4),
    ),
    Distribution(
        "SamplingDistribution.TopPSortsByProbability",
        "The sum runs from likely to unlikely, not in the order of the ids; the likeliest come last here.",
        lambda gen: (torch.arange(10) * 0.4 - 3 + 0.1 * torch.rand(10, generator=gen)).roll(-1),
        top_p=crossed_by(3),
    ),
    Distribution(
        "SamplingDistribution.TopPTinyKeepsOne",
        "The likeliest token stays even though it alone exceeds top_p.",
        ladder(11),
        top_p=0.001,
    ),
    Distribution(
        "SamplingDistribution.TopPZeroKeepsOne",
        "top_p = 0 still keeps the likeliest token; adding up as long as the sum is below 0 keeps none.",
        ladder(11),
        top_p=0,
    ),
    Distribution(
        "SamplingDistribution.TopPOneKeepsAll",
        "top_p = 1 keeps the unlikeliest token too.",
        ladder(11, top=3, step=0.7),
        temperature=0.9,
    ),
    Distribution(
        "SamplingDistribution.TopKBeforeTopP",
        "Top-p counts the probabilities that top-k left; in the other order one more token stays.",
        ladder(11, step=0.15),
        top_k=5,
        top_p=crossed_in_order_only(3, 1, 5),
    ),
    Distribution(
        "SamplingDistribution.TemperatureBeforeTopP",
        "Top-p counts the probabilities at this temperature; at temperature 1 one more token stays.",
        ladder(11, step=0.3),
        temperature=0.5,
        top_p=crossed_in_order_only(3, 0.5, None),
    ),
    Distribution(
        "SamplingDistribution.HugeLogitsDoNotOverflow",
        "e^300 is infinite in float32; the largest logit must be subtracted first.",
        ladder(11, top=300),
        top_p=crossed_by(6),
    ),
    Distribution(
        "SamplingDistribution.FarNegativeLogitsDoNotUnderflow",
        "e^-300 is 0 in float32, and so would be the sum by which it is divided.",
        ladder(11, top=-300),
        top_k=6,
    ),
    Distribution(
        "SamplingDistribution.EqualLogits",
        "Equal logits are equally likely, and top-k keeps them all, since they all tie.",
        with_ties([0.75] * 9),
        temperature=0.8,
        top_k=2,
    ),
    Distribution(
        "SamplingDistribution.VocabularyOfOne",
        "A single token has probability 1 under every option.",
        ladder(1),
        temperature=0.7,
        top_k=3,
        top_p=0.6,
    ),
    Distribution(
        "SamplingDistribution.NanInTheOutputBuffer",
        "The output is overwritten, so what stood there must not be read.",
        ladder(11),
        temperature=0.8,
        top_k=6,
        top_p=0.9,
        dirty=lambda gen, n: torch.full([n], float("nan")),
    ),
    Distribution(
        "SamplingDistribution.LargerVocabulary",
        "All options together on a vocabulary that no vector width divides.",
        ladder(203, top=3, step=0.12),
        temperature=0.8,
        top_k=40,
        top_p=crossed_by(9, temperature=0.8, top_k=40),
    ),
]


def distribution_case(recipe: Distribution, gen: torch.Generator) -> Case:
    logits = recipe.logits(gen)
    top_p = recipe.top_p(logits) if callable(recipe.top_p) else recipe.top_p
    options: dict[str, Any] = {"temperature": recipe.temperature, "top_k": recipe.top_k, "top_p": top_p}
    if recipe.temperature != 0 and 0 < top_p < 1:
        check_top_p(logits, recipe.temperature, recipe.top_k or None, top_p)
    probs = distribution(logits, **options)
    wide = logits.double()
    with float64():
        truth = distribution(wide, **options)
    measured = measure(
        lambda numerics: {"probs": sampling_distribution(numerics, logits, **options)},
        {"probs": probs},
        {"probs": truth},
    )
    return Case(
        recipe.name,
        "sampling_distribution",
        recipe.purpose,
        before={"probs": recipe.dirty(gen, len(logits)), "logits": logits},
        after={"probs": probs},
        args=options,
        bounds=measured.bounds,
        noise=measured.noise,
        expect={"kept": truth.nonzero().flatten().tolist()},
    )


def predict_sampling_distribution(
    case: Case, _: Mapping[str, Model], switches: Switches, numerics: Numerics
) -> Predicted:
    probs = sampling_distribution(numerics, case.before["logits"], **case.args, switches=switches)
    return Predicted({"probs": probs}, {"kept": probs.nonzero().flatten().tolist()})


def distribution_recipes() -> list[Recipe]:
    return [Recipe(each.name, partial(distribution_case, each)) for each in DISTRIBUTIONS]

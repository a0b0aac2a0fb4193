"""Golden cases of sample."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor

from reference.case import Case, Model, normal
from reference.numerics import MismatchError, Numerics
from reference.recipe import Recipe
from reference.redraw import TooClose
from reference.step3.generation import DRAW_MARGIN, invert
from reference.step3.sampling import sample
from reference.switches import Predicted, Switches
from reference.variation import Variation

JUST_BELOW_ONE = 1 - 2**-24  # the largest float32 below 1


@dataclass
class Sample:
    """How a case is drawn: probabilities, and the numbers for which a token is drawn from them."""

    name: str
    purpose: str
    probs: Callable[[torch.Generator], Tensor]
    uniforms: Callable[[Tensor, torch.Generator], Sequence[float]]
    exact: bool = True  # every order of summation is exact in float32, so u may lie on a boundary
    moves: bool = True  # with a private seed, behind tokens that are impossible


def dyadic(*sixteenths: float) -> Callable[[torch.Generator], Tensor]:
    """These probabilities, the positive ones in a random order; zeros stay where they are."""

    def draw(gen: torch.Generator) -> Tensor:
        probs = torch.tensor(sixteenths) / 16
        possible = probs.nonzero().flatten()
        probs[possible] = probs[possible[torch.randperm(len(possible), generator=gen)]]
        return probs

    return draw


def some_left_out(gen: torch.Generator) -> Tensor:
    logits = 2 * normal([37], gen)
    return logits.masked_fill(torch.rand(37, generator=gen) < 0.3, float("-inf")).softmax(0)


def always(*values: float) -> Callable[[Tensor, torch.Generator], Sequence[float]]:
    return lambda probs, gen: values


def from_end_to_end(probs: Tensor, gen: torch.Generator) -> Sequence[float]:
    return [0.0, *torch.rand(3, generator=gen).tolist(), JUST_BELOW_ONE]


def boundaries(probs: Tensor, gen: torch.Generator) -> Sequence[float]:
    """Where one possible token ends and the next one begins."""
    positive: list[float] = probs.cumsum(0)[probs > 0].tolist()
    return positive[:-1]


def middles(probs: Tensor, gen: torch.Generator) -> Sequence[float]:
    """One number for each token; unless the probabilities happen to be sorted."""
    if probs.tolist() in (probs.sort().values.tolist(), probs.sort(descending=True).values.tolist()):
        raise TooClose
    between: list[float] = (probs.cumsum(0) - probs / 2).tolist()
    return between


A_LITTLE_LESS = 4 - 2**-19  # in sixteenths; with 12 more the sum is the second largest float32 below 1

SAMPLES = [
    Sample(
        "Sample.ZeroDrawsTheFirstToken",
        "The smallest u there is draws the first token.",
        dyadic(3, 5, 2, 6),
        always(0),
        moves=False,
    ),
    Sample(
        "Sample.ZeroSkipsWhatIsImpossible",
        "u = 0 must not draw a token of probability 0: the sum has to exceed u, not to reach it.",
        dyadic(0, 0, 4, 7, 5),
        always(0),
    ),
    Sample(
        "Sample.ImpossibleTokensInTheMiddleAreSkipped",
        "On a boundary followed by probabilities of 0, the next possible token is drawn.",
        dyadic(4, 0, 0, 9, 0, 3),
        boundaries,
    ),
    Sample(
        "Sample.JustBelowOneDrawsTheLastToken",
        "The largest u there is draws the last token, not one beyond it.",
        dyadic(6, 2, 7, 1),
        always(JUST_BELOW_ONE),
    ),
    Sample(
        "Sample.SumBelowOneFallsBackToTheLastToken",
        "Where rounding lets the sum end below u, the last token is drawn instead of none or the first.",
        dyadic(4, 8, A_LITTLE_LESS),
        always(JUST_BELOW_ONE),
    ),
    Sample(
        "Sample.SumBelowOneFallsBackToAPossibleToken",
        "The token of last resort has a probability above 0, though it isn't the last of all.",
        dyadic(4, 0, 8, A_LITTLE_LESS, 0, 0),
        always(JUST_BELOW_ONE),
    ),
    Sample(
        "Sample.CertainToken",
        "A token of probability 1 is drawn by every u.",
        dyadic(0, 0, 0, 16, 0),
        from_end_to_end,
    ),
    Sample(
        "Sample.BoundaryBelongsToTheNextToken",
        "The sum has to exceed u: where both are equal, the next token is drawn.",
        dyadic(4, 2, 6, 1, 3),
        boundaries,
    ),
    Sample(
        "Sample.OrderOfIdsNotOfProbability",
        "The sum runs in the order of the ids; sorted by probability, the same u draw other tokens.",
        dyadic(1, 3, 7, 2, 3),
        middles,
    ),
    Sample(
        "Sample.VocabularyOfOne",
        "There is only one token to draw.",
        dyadic(16),
        from_end_to_end,
        moves=False,
    ),
    Sample(
        "Sample.ManyDraws",
        "Random draws from a random distribution with tokens left out, one after the other.",
        some_left_out,
        lambda probs, gen: torch.rand(24, generator=gen).tolist(),
        exact=False,
    ),
]


def sample_case(recipe: Sample, vary: Variation, gen: torch.Generator) -> Case:
    """Few probabilities are exact, and u is where something happens, so a private seed varies where they
    stand; otherwise the tokens would be the same."""
    probs = recipe.probs(gen)
    if recipe.moves:
        probs = torch.cat([torch.zeros(vary.one_of(gen, 0, 1, 2, 3, 4, 5, 6)), probs])
    uniforms = recipe.uniforms(probs, gen)
    margin = 0 if recipe.exact else DRAW_MARGIN
    tokens = [invert(probs, u, margin) for u in uniforms]
    if [sample(probs, u) for u in uniforms] != tokens:
        raise MismatchError(f"{recipe.name}: our model draws other tokens")
    return Case(
        recipe.name,
        "sample",
        recipe.purpose,
        before={"probs": probs},
        args={"u": list(uniforms)},
        expect={"tokens": tokens},
    )


def predict_sample(
    case: Case, _models: Mapping[str, Model], switches: Switches, _numerics: Numerics
) -> Predicted:
    return Predicted(expect={"tokens": [sample(case.before["probs"], u, switches) for u in case.args["u"]]})


def sample_recipes(vary: Variation) -> list[Recipe]:
    return [Recipe(each.name, partial(sample_case, each, vary)) for each in SAMPLES]

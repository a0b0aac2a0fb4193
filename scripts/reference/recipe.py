"""How the cases of a step are made.

A step's module has `def step(seed: int, data: Path) -> Step`; `data` is the folder that holds models/.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import torch

from reference.case import Case, Model
from reference.redraw import redrawn
from reference.switches import Predictor


@dataclass(frozen=True)
class Recipe:
    """Makes the case `name` from random numbers. Raises redraw.TooClose if it needs others."""

    name: str
    build: Callable[[torch.Generator], Case]


@dataclass
class Step:
    """The recipes of a step, the models that its cases use, and what predicts a function's wrong outcomes."""

    recipes: list[Recipe]
    models: dict[str, Model] = field(default_factory=dict)
    predictors: dict[str, Predictor] = field(default_factory=dict)


def build(recipe: Recipe, seed: int, round: int = 0) -> Case:
    """Another `round` draws another case."""
    case = redrawn(recipe.name, seed, recipe.build, round)
    if case.name != recipe.name:
        raise ValueError(f"the recipe of {recipe.name} made the case {case.name}")
    return case

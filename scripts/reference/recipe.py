"""How the cases of a step are made.

A step's package, stepN, has `def step(seed: int, data: Path) -> Step`; `data` is the folder with models/.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import steps
import torch

from reference import progress
from reference.case import Case, Model
from reference.numerics import MismatchError
from reference.redraw import redrawn
from reference.switches import Predictor


@dataclass(frozen=True)
class Recipe:
    """Makes the case `name` from random numbers. Raises redraw.TooClose if it needs others."""

    name: str
    build: Callable[[torch.Generator], Case]
    ticks: int = 1  # of progress; a case that takes long makes all but the last itself


@dataclass
class Step:
    """The recipes of a step, the models that its cases use, and what predicts a function's wrong outcomes."""

    recipes: list[Recipe]
    models: dict[str, Model] = field(default_factory=dict)
    predictors: dict[str, Predictor] = field(default_factory=dict)


def definition(name: str, seed: int, data: Path) -> Step:
    """What scripts/reference has for a step. Raises ValueError if that isn't what its step.json says."""
    package, described = f"reference.{name}", steps.folder_of(name).relative_to(steps.ROOT)
    module = import_module(package) if find_spec(package) else None
    if module is None or not hasattr(module, "step"):
        raise ValueError(
            f"scripts/reference/{name}: expected a package with step(seed, data), since {described} holds a "
            f"{steps.DESCRIPTION}; found none"
        )
    step: Step = module.step(seed, data)
    names = Counter(each.name for each in step.recipes)
    if twice := [case for case, n in names.items() if n > 1]:
        raise ValueError(f"scripts/reference/{name}: expected one case of each name; found {twice[0]} twice")
    predicted, contract = sorted(step.predictors), sorted(steps.functions_of(name))
    if predicted != contract:
        raise ValueError(
            f"scripts/reference/{name}: expected predictors of {', '.join(contract)}, as {described} says; "
            f"found {', '.join(predicted) or 'none'}"
        )
    return step


def build(recipe: Recipe, seed: int, round: int = 0) -> Case:
    """Another `round` draws another case."""
    try:
        case = redrawn(recipe.name, seed, recipe.build, round)
    except MismatchError as error:
        raise MismatchError(f"{recipe.name}: {error}") from error
    if case.name != recipe.name:
        raise ValueError(f"the recipe of {recipe.name} made the case {case.name}")
    progress.tick()
    return case

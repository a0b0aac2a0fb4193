"""Golden cases of step 9: add_embedding (suite AddEmbedding), one call each."""

from __future__ import annotations

from pathlib import Path

import torch
from reference import hooks, operators
from reference.calls import Args, Call, Function, Tensors, predictors, recipe
from reference.case import dirt, normal
from reference.numerics import Numerics
from reference.recipe import Step
from reference.switches import Switches
from torch import Generator, Tensor


def _by_torch(p: Tensors, a: Args) -> dict[str, Tensor]:
    rows = hooks.gather(p["table"], a["indices"])
    return {"residual": torch.add(p["residual"], rows, alpha=a["scale"]), "rows": rows}


def _model(numerics: Numerics, p: Tensors, a: Args, switches: Switches) -> dict[str, Tensor]:
    rows = operators.gather(numerics, p["table"], a["indices"])
    old = numerics.cast(p["residual"])
    if switches.get("residual") == "overwritten":
        old = torch.zeros_like(old)
    scale = torch.full_like(rows, a["scale"])
    numerics.track(old.abs() + (scale * rows).abs())
    return {"residual": numerics.multiply_add(scale, rows, old), "rows": rows}


ADD_EMBEDDING = Function("add_embedding", ["residual", "rows"], _by_torch, _model)


def _by_hand(gen: Generator) -> Call:
    residual = torch.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    table = torch.tensor([[10.0, 20.0, 30.0], [40.0, 50.0, 60.0], [70.0, 80.0, 90.0], [0.0, 0.0, 0.0]])
    parameters = {"residual": residual, "rows": dirt((2, 3), gen), "table": table}
    return Call(parameters, {"indices": [2, 0], "scale": 0.5})


def _repeated_indices(gen: Generator) -> Call:
    parameters = {"residual": normal((5, 7), gen), "rows": dirt((5, 7), gen), "table": normal((9, 7), gen)}
    return Call(parameters, {"indices": [3, 3, 8, 0, 3], "scale": -1.5})


def _in_a_wider_buffer(gen: Generator) -> Call:
    residual = normal((4, 11), gen)[:, 3:9]
    parameters = {"residual": residual, "rows": dirt((4, 6), gen), "table": normal((7, 6), gen)}
    return Call(parameters, {"indices": [5, 0, 3, 6], "scale": 2.0})


def step(_seed: int, _data: Path) -> Step:
    cases = [
        ("ByHand", "Half of rows 2 and 0 is added: 1 + 70/2 is 36.", _by_hand),
        ("RepeatedIndices", "A row may be picked twice; each token gets it.", _repeated_indices),
        (
            "ResidualIsPartOfAWiderBuffer",
            "The residual's rows lie further apart than they are wide, and what lies between them stays.",
            _in_a_wider_buffer,
        ),
    ]
    return Step(
        [recipe(f"AddEmbedding.{name}", purpose, ADD_EMBEDDING, draw) for name, purpose, draw in cases],
        predictors=predictors([ADD_EMBEDDING]),
    )

"""Small reference data that the tests here compare and merge."""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from typing import Any

from reference.stored import Mistake, Part, Separation, StepData
from reference.tensor_file import Array

BY_HAND, WIDE = "RmsNorm.ByHand", "RmsNorm.Wide"


def tensor(*values: float, shape: Sequence[int] | None = None) -> Array:
    return Array(tuple(shape or (len(values),)), array("f", values).tobytes())


def case(
    name: str = BY_HAND,
    x: Sequence[float] = (3.0, 4.0),
    out: Sequence[float] = (1.0, 2.0),
    bound: float = 1e-3,
    **described: Any,  # noqa: ANN401
) -> Part:
    description = {
        "name": name,
        "function": "rms_norm",
        "purpose": "What it would catch.",
        "args": {"eps": 1e-5},
        "bounds": {"out": bound},
        **described,
    }
    return Part(description, {"before/x": tensor(*x), "after/out": tensor(*out)})


def wrong(*out: float, bound: float = 2e-3) -> Part:
    """What a mistake makes of a case."""
    return Part({"bounds": {"out": bound}}, {"out": tensor(*out)})


def mistake(id: str, cases: Mapping[str, Part], separation: Separation | None = None) -> Mistake:
    sentence = {"en": f"This is {id}.", "zh": f"这是 {id}。"}
    told = {"id": id, "function": "rms_norm", "sentence": sentence, "section": "3"}
    return Mistake(told, cases, separation or Separation(next(iter(cases)), 100.0))


def pair(a: str, b: str, number: int | None, part: Part, case: str = BY_HAND) -> Mistake:
    """`number`: none where it is made anew."""
    id = "" if number is None else f"rms_norm+{number}"
    return Mistake({"id": id, "function": "rms_norm", "pair": [a, b]}, {case: part})


def step(cases: Sequence[Part], mistakes: Sequence[Mistake] = (), noise: float = 1e-4) -> StepData:
    by_name = {part.description["name"]: part for part in cases}
    model = Part({"config": {"hidden_size": 2}}, {"lm_head.weight": tensor(0.5, -0.5)})
    return StepData(
        by_name,
        {name: {"out": noise} for name in by_name},
        {"grouped": model},
        {each.name: each for each in mistakes},
    )

"""The trace points of a forward pass, as the step.json of forward's step lists them: their one home."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import steps


@dataclass(frozen=True)
class Point:
    """A tensor that a forward pass records."""

    name: str
    axes: tuple[str, ...]
    last_row: bool  # of the tokens alone, since only its logits are asked for


_TRACE: dict[str, Any] = next(
    description["trace"] for description in map(steps.describe, steps.STEPS) if "trace" in description
)


def _group(name: str) -> list[Point]:
    return [Point(each["point"], tuple(each["axes"]), name == "last") for each in _TRACE[name]]


FIRST = _group("first")
EACH_LAYER = _group("each_layer")
LAST = _group("last")


def layer_prefix(index: int) -> str:
    return f"model.layers.{index}."


def of_model(n_layers: int) -> Iterator[tuple[str, Point]]:
    """Every point of a model under its full name, in the order of the pass."""
    for point in FIRST:
        yield point.name, point
    for index in range(n_layers):
        for point in EACH_LAYER:
            yield layer_prefix(index) + point.name, point
    for point in LAST:
        yield point.name, point

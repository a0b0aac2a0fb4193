"""Inputs are drawn again where a decision would hinge on rounding, so that every seed makes good cases."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import torch

from reference.case import generator

ATTEMPTS = 50
T = TypeVar("T")


class TooClose(Exception):  # noqa: N818 - no error, but a reason to draw again
    """A decision hinges on rounding, or a mistake would not show."""


def redrawn(name: str, seed: int, draw: Callable[[torch.Generator], T], round: int = 0) -> T:
    """The first draw that isn't TooClose. Raises RuntimeError if there is none."""
    for attempt in range(round * ATTEMPTS, (round + 1) * ATTEMPTS):
        try:
            return draw(generator(seed, name, attempt))
        except TooClose:
            continue
    raise RuntimeError(f"{name}: none of {ATTEMPTS} draws is clear enough")

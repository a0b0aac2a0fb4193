"""What a wrong call yields: the switches of the PyTorch models, and how a predicted outcome looks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, TypeVar

from torch import Tensor

from reference.case import Case, Model
from reference.numerics import Numerics

# Decisions of a model by name, with the choice that is made; transformers makes those that aren't named.
Switches = Mapping[str, Any]
OFF: Switches = MappingProxyType({})
T = TypeVar("T")


def choice(switches: Switches, name: str, otherwise: T, **ways: T) -> T:
    """What the switch says; transformers' way if it says nothing."""
    return ways.get(switches.get(name, ""), otherwise)


class Raised(Exception):  # noqa: N818 - the outcome of a wrong call, no error of ours
    """The wrong call ends in an exception of this kind, as a case's `raises` names it."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


class Unpredictable(Exception):  # noqa: N818
    """What comes out depends on what lies in memory around the tensors, or writes there."""


@dataclass(frozen=True)
class Predicted:
    """Storages after the call, under the names of a case's `after` (those of trace points aren't needed),
    and all facts of the outcome; None: those of the golden one."""

    storages: dict[str, Tensor] = field(default_factory=dict)
    expect: dict[str, Any] | None = None


# What a case yields with these switches; `Raised` and `Unpredictable` are caught by the caller.
Predictor = Callable[[Case, Mapping[str, Model], Switches, Numerics], Predicted]

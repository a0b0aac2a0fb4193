"""A golden case as it is made; reference_data/README.md tells how it is stored."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import torch
from torch import Tensor

from reference.stored import Part, as_json
from reference.tensor_file import Array

Number = int | float


def array_of(tensor: Tensor) -> Array:
    """What a file holds of a tensor: int32, or float32 for all others."""
    dtype, name = (torch.int32, "I32") if tensor.dtype == torch.int32 else (torch.float32, "F32")
    values = tensor.detach().to(dtype).contiguous().numpy()
    return Array(tuple(tensor.shape), values.tobytes(), name)


def tensor_of(array: Array) -> Tensor:
    """The float32 tensor that a file holds."""
    return torch.frombuffer(bytearray(array.data), dtype=torch.float32).reshape(array.shape)


@dataclass
class View:
    """The part of a storage that a parameter sees; everything counts elements."""

    storage: str
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]

    @staticmethod
    def of(view: Tensor, storage: str) -> View:
        """The view that the PyTorch tensor `view` is of its own (contiguous) base tensor."""
        return View(storage, int(view.storage_offset()), tuple(view.shape), tuple(view.stride()))


@dataclass
class Case:
    """One call, or sequence of calls, of a contract function and what must come out of it."""

    name: str
    function: str
    purpose: str
    before: dict[str, Tensor] = field(default_factory=dict)
    after: dict[str, Tensor] = field(default_factory=dict)
    args: dict[str, Any] = field(default_factory=dict)
    views: dict[str, View] = field(default_factory=dict)
    bounds: dict[str, float] = field(default_factory=dict)
    noise: dict[str, float] = field(default_factory=dict)
    expect: dict[str, Any] = field(default_factory=dict)
    model: str | None = None

    def description(self) -> dict[str, Any]:
        """What goes into the file's metadata; noise goes into the manifest only."""
        result: dict[str, Any] = {"name": self.name, "function": self.function, "purpose": self.purpose}
        if self.args:
            result["args"] = self.args
        if self.views:
            result["views"] = {name: vars(view) for name, view in self.views.items()}
        if self.bounds:
            result["bounds"] = self.bounds
        if self.expect:
            result["expect"] = self.expect
        if self.model:
            result["model"] = self.model
        return result

    def part(self) -> Part:
        """The case as it is stored. Raises ValueError for an output without a bound."""
        if without := self.after.keys() - self.bounds.keys():
            raise ValueError(f"{self.name}: {', '.join(sorted(without))} in after has no bound")
        tensors = {f"before/{name}": array_of(tensor) for name, tensor in self.before.items()}
        tensors |= {f"after/{name}": array_of(tensor) for name, tensor in self.after.items()}
        return Part(as_json(self.description()), tensors)

    def kept(self, part: Part, noise: Mapping[str, float]) -> Case:
        """The same case as it is stored already, in `part`."""

        def stage(name: str) -> dict[str, Tensor]:
            prefix = f"{name}/"
            return {
                key.removeprefix(prefix): tensor_of(tensor)
                for key, tensor in part.tensors.items()
                if key.startswith(prefix)
            }

        before, after = stage("before"), stage("after")
        return replace(
            self,
            before={name: before[name] for name in self.before},
            after={name: after[name] for name in self.after},
            bounds=dict(part.bounds),
            noise=dict(noise),
            expect=dict(part.description.get("expect", {})),
        )


@dataclass
class Model:
    """A small random model that the cases of a step share: config.json's fields and the weights by name."""

    config: dict[str, Any]
    weights: dict[str, Tensor]

    def part(self) -> Part:
        """The model as it is stored."""
        weights = {name: array_of(weight) for name, weight in self.weights.items()}
        return Part(as_json({"config": self.config}), weights)


def generator(seed: int, name: str, attempt: int = 0) -> torch.Generator:
    """Random numbers of their own for every case, so that adding a case leaves the others as they were.

    `attempt` counts redraws, where a draw lies too close to a decision (a tie, a threshold).
    """
    digest = hashlib.sha256(f"{seed}/{name}/{attempt}".encode()).digest()
    return torch.Generator().manual_seed(int.from_bytes(digest[:7], "little"))


def normal(shape: Sequence[int], gen: torch.Generator) -> Tensor:
    """Nearly normal numbers, the same ones on every machine.

    torch.randn is rounded differently by different vector units. A sum of whole numbers isn't.
    """
    draws = torch.randint(0, 1 << 16, (12, *shape), generator=gen)
    return (draws.sum(0) - 6 * ((1 << 16) - 1)).to(torch.float32) / (1 << 16)


def dirt(shape: Sequence[int], gen: torch.Generator) -> Tensor:
    """What an output buffer holds before the call: finite, irregular, as large as real values."""
    return normal(shape, gen) * 3 + 1

"""A golden case and the file that holds a step's cases. The format is told in reference_data/README.md."""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save
from torch import Tensor

Number = int | float


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


@dataclass
class Model:
    """A small random model that the cases of a step share: config.json's fields and the weights by name."""

    config: dict[str, Any]
    weights: dict[str, Tensor]


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


def write(path: Path, cases: Sequence[Case], models: Mapping[str, Model]) -> None:
    """Writes a step's file. Raises ValueError for two cases of one name or an output without a bound."""
    tensors: dict[str, Tensor] = {}
    for case in cases:
        for stage, group in (("before", case.before), ("after", case.after)):
            for parameter, tensor in group.items():
                key = f"{case.name}/{stage}/{parameter}"
                if key in tensors:
                    raise ValueError(f"{case.name} stands twice among the cases of {path.name}")
                if stage == "after" and parameter not in case.bounds:
                    raise ValueError(f"{key} has no bound")
                tensors[key] = tensor.detach().to(torch.float32).clone().contiguous()
    for name, model in models.items():
        for weight, tensor in model.weights.items():
            tensors[f"model.{name}/{weight}"] = tensor.detach().to(torch.float32).clone().contiguous()
    metadata = {
        "cases": json.dumps([case.description() for case in cases], ensure_ascii=False),
        "models": json.dumps({name: {"config": model.config} for name, model in models.items()}),
    }
    path.write_bytes(sorted_metadata(save(tensors, metadata)))


def sorted_metadata(content: bytes) -> bytes:
    """A safetensors file with its metadata in order: the library writes them in a random one."""
    (length,) = struct.unpack_from("<Q", content)
    header = json.loads(content[8 : 8 + length])
    header["__metadata__"] = dict(sorted(header["__metadata__"].items()))
    text = json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode().ljust(length)
    if len(text) != length:
        raise ValueError("sorting the metadata of a safetensors file changed its header's length")
    return content[:8] + text + content[8 + length :]

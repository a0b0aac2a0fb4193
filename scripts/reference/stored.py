"""What a folder of reference data holds of a step, as plain data, to be compared and merged without PyTorch.

The formats are told in reference_data/README.md and misconceptions/README.md.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from reference import manifest
from reference.tensor_file import Array, decode, encode


@dataclass(frozen=True)
class Part:
    """A case, a model, or what a known mistake makes of a case: its description and its tensors."""

    description: Mapping[str, Any]
    tensors: Mapping[str, Array] = field(default_factory=dict)

    @property
    def bounds(self) -> Mapping[str, float]:
        bounds: Mapping[str, float] = self.description.get("bounds", {})
        return bounds


@dataclass(frozen=True)
class Separation:
    """The case that shows a mistake most clearly, and how many bounds off it is there."""

    case: str
    bounds: float

    def entry(self) -> dict[str, Any]:
        """As it stands in the manifest; null: where nothing may be."""
        return {
            "case": self.case,
            "bounds": float(f"{self.bounds:.2e}") if math.isfinite(self.bounds) else None,
        }

    @staticmethod
    def of(entry: Mapping[str, Any]) -> Separation:
        return Separation(entry["case"], math.inf if entry["bounds"] is None else entry["bounds"])


@dataclass(frozen=True)
class Mistake:
    """A known mistake, or a pair of them: what is told of it, and what it makes of the cases that show it."""

    told: Mapping[str, Any]
    cases: Mapping[str, Part]
    separation: Separation | None = None  # of a pair: none

    @property
    def id(self) -> str:
        result: str = self.told["id"]
        return result

    @property
    def pair(self) -> list[str]:
        """The ids of the two, or of none."""
        result: list[str] = self.told.get("pair", [])
        return result

    @property
    def name(self) -> str:
        """By which it is known again: a pair's id is but a number."""
        return " + ".join(self.pair) or self.id


@dataclass(frozen=True)
class StepData:
    """All data of a step, in the order of its files."""

    cases: Mapping[str, Part] = field(default_factory=dict)
    noise: Mapping[str, Mapping[str, float]] = field(default_factory=dict)  # by case
    models: Mapping[str, Part] = field(default_factory=dict)
    mistakes: Mapping[str, Mistake] = field(default_factory=dict)  # by name

    def diagnosing_cases(self) -> dict[str, str]:
        """By function, the case for which pairs of its mistakes are computed."""
        return {each.told["function"]: next(iter(each.cases)) for each in self.mistakes.values() if each.pair}


def as_json(description: object) -> Any:  # noqa: ANN401
    """What comes out where a description is written and read: lists for tuples."""
    return json.loads(json.dumps(description))


def files(step: str, data: StepData) -> dict[str, bytes]:
    """The two files of a step by name."""
    of_cases = _tensors({**data.cases, **{f"model.{name}": model for name, model in data.models.items()}})
    of_mistakes = {
        f"{each.id}/{key}": tensor
        for each in data.mistakes.values()
        for key, tensor in _tensors(each.cases).items()
    }
    listed = [
        {**each.told, "cases": {name: part.description for name, part in each.cases.items()}}
        for each in data.mistakes.values()
    ]
    models = {name: model.description for name, model in data.models.items()}
    return {
        manifest.case_file(step): encode(
            of_cases,
            {
                "format": str(manifest.FORMAT),
                "cases": json.dumps([case.description for case in data.cases.values()], ensure_ascii=False),
                "models": json.dumps(models),
            },
        ),
        manifest.misconceptions_file(step): encode(
            of_mistakes,
            {"format": str(manifest.FORMAT), "misconceptions": json.dumps(listed, ensure_ascii=False)},
        ),
    }


def read(folder: Path, step: str, of_manifest: Mapping[str, Any]) -> StepData:
    """The data of a step, of which the folder's manifest knows noise and separations.

    A step that isn't there has no data. Raises ValueError for files of another format.
    """
    if step not in of_manifest["cases"]:
        return StepData()
    tensors, metadata = _open(folder / manifest.case_file(step))
    described = {case["name"]: case for case in json.loads(metadata["cases"])}
    noise = {name: entry["noise"] for name, entry in of_manifest["cases"][step].items()}
    models = {
        name.removeprefix("model."): part
        for name, part in _parts(
            {f"model.{name}": model for name, model in json.loads(metadata["models"]).items()}, tensors
        ).items()
    }

    of_mistakes, metadata = _open(folder / manifest.misconceptions_file(step))
    separations = of_manifest["misconceptions"][step]
    mistakes = [
        _mistake(entry, of_mistakes.get(entry["id"], {}), separations.get(entry["id"]))
        for entry in json.loads(metadata["misconceptions"])
    ]
    return StepData(_parts(described, tensors), noise, models, {each.name: each for each in mistakes})


Grouped = dict[str, dict[str, Array]]  # by the first part of their names


def _grouped(tensors: Mapping[str, Array]) -> Grouped:
    groups: Grouped = {}
    for name, tensor in tensors.items():
        first, _, rest = name.partition("/")
        groups.setdefault(first, {})[rest] = tensor
    return groups


def _tensors(parts: Mapping[str, Part]) -> dict[str, Array]:
    return {f"{name}/{key}": tensor for name, part in parts.items() for key, tensor in part.tensors.items()}


def _parts(descriptions: Mapping[str, Mapping[str, Any]], tensors: Grouped) -> dict[str, Part]:
    return {name: Part(description, tensors.get(name, {})) for name, description in descriptions.items()}


def _mistake(
    entry: Mapping[str, Any], tensors: Mapping[str, Array], separation: Mapping[str, Any] | None
) -> Mistake:
    told = {name: value for name, value in entry.items() if name != "cases"}
    cases = _parts(entry["cases"], _grouped(tensors))
    return Mistake(told, cases, Separation.of(separation) if separation else None)


def _open(path: Path) -> tuple[Grouped, dict[str, str]]:
    try:
        tensors, metadata = decode(path.read_bytes())
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error
    manifest.check_format(path, metadata.get("format"))
    return _grouped(tensors), metadata

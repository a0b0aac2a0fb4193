"""manifest.json: what made the reference data, the hash of every file, noise and bounds of every case."""

from __future__ import annotations

import hashlib
import json
import math
import platform
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from reference.case import Case
from reference.misconceptions import Entry
from reference.numerics import BOUND_FACTOR

NAME = "manifest.json"
TOOLS = ("numpy", "safetensors", "tokenizers", "torch", "transformers")
# Folders that other scripts write; their files are hashed as they are found.
FOLDERS = ("models", "tokenizers")


def compose(
    data: Path,
    seed: int,
    steps: Mapping[str, Sequence[Case]],
    mistakes: Mapping[str, Sequence[Entry]],
) -> dict[str, Any]:
    """The manifest of the files in `data`. `steps`, `mistakes`: cases and predictions by step."""
    return {
        "versions": {"python": platform.python_version(), **{tool: version(tool) for tool in TOOLS}},
        "seed": seed,
        "bound_factor": BOUND_FACTOR,
        "files": hashes(data, [*map(case_file, steps), *map(misconceptions_file, mistakes)]),
        "cases": {
            step: {case.name: {"noise": case.noise, "bounds": case.bounds} for case in cases}
            for step, cases in steps.items()
        },
        "misconceptions": {
            step: {entry.id: _separation(entry) for entry in of_step if "pair" not in entry.told}
            for step, of_step in mistakes.items()
        },
    }


def case_file(step: str) -> str:
    return f"{step}.safetensors"


def misconceptions_file(step: str) -> str:
    return f"{step}_misconceptions.safetensors"


def _separation(entry: Entry) -> dict[str, Any]:
    """The case that shows a mistake most clearly, and how far off it is there; null: where nothing may be."""
    case, bounds = entry.farthest()
    return {"case": case, "bounds": float(f"{bounds:.2e}") if math.isfinite(bounds) else None}


def hashes(data: Path, step_files: Sequence[str]) -> dict[str, str]:
    """SHA-256 by path relative to `data`: the steps' files and all that stands in FOLDERS."""
    files = [data / name for name in step_files]
    for folder in FOLDERS:
        files += [path for path in (data / folder).rglob("*") if path.is_file() and path.name != ".DS_Store"]
    return {
        path.relative_to(data).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(files)
    }


def write(data: Path, manifest: Mapping[str, Any]) -> None:
    (data / NAME).write_text(json.dumps(manifest, indent=1) + "\n")


def read(data: Path) -> dict[str, Any]:
    try:
        manifest: dict[str, Any] = json.loads((data / NAME).read_text())
    except (OSError, ValueError) as error:
        raise ValueError(f"{NAME} can't be read ({error}); it is made with the reference data") from error
    return manifest

"""manifest.json: what made the reference data, the hash of every file, noise and bounds of every case."""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from reference.case import Case
from reference.numerics import BOUND_FACTOR

NAME = "manifest.json"
TOOLS = ("numpy", "safetensors", "tokenizers", "torch", "transformers")
# Folders that other scripts write; their files are hashed as they are found.
FOLDERS = ("models", "tokenizers")


def compose(data: Path, seed: int, steps: Mapping[str, Sequence[Case]]) -> dict[str, Any]:
    """The manifest of the files in `data`. `steps`: the cases by the name of their step."""
    return {
        "versions": {"python": platform.python_version(), **{tool: version(tool) for tool in TOOLS}},
        "seed": seed,
        "bound_factor": BOUND_FACTOR,
        "files": hashes(data, [f"{step}.safetensors" for step in steps]),
        "cases": {
            step: {case.name: {"noise": case.noise, "bounds": case.bounds} for case in cases}
            for step, cases in steps.items()
        },
    }


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
    manifest: dict[str, Any] = json.loads((data / NAME).read_text())
    return manifest

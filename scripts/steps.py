"""The steps: the folders labs/stepN_name that hold a step.json, N = 0..9, and what each says of itself.

Standard library only, so that every script can read it. A fault in a folder ends the script with one line.
"""

from __future__ import annotations

import json
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
DESCRIPTION = "step.json"


class StepError(ValueError):
    """A folder that can't be a step, in one line."""


@dataclass(frozen=True)
class Step:
    """One folder, and its step.json."""

    folder: Path
    description: dict[str, Any]


def find(labs: Path) -> dict[str, Step]:
    """The steps below `labs` by name ("step0"), in order."""
    found: dict[str, Step] = {}
    for path in sorted(labs.glob(f"step*/{DESCRIPTION}")):
        folder = path.parent
        match = re.fullmatch(r"(step[0-9])_[a-z0-9_]+", folder.name)
        if not match:
            raise StepError(
                f"{folder}: expected a name from step0_… to step9_…, since ten steps are all there are"
            )
        name = match[1]
        if name in found:
            raise StepError(
                f"{folder}: {found[name].folder.name} is {name} already; give one of them another number"
            )
        try:
            description = json.loads(path.read_text(encoding="utf-8"))
        except ValueError as error:
            raise StepError(f"{path}: expected valid JSON; found: {error}") from error
        if not isinstance(description, dict) or not isinstance(description.get("functions"), dict):
            raise StepError(f"{path}: expected an object with an object `functions`, as in the other steps")
        found[name] = Step(folder, description)
    if not found:
        raise StepError(f"{labs}: expected folders step0_… to step9_… with a {DESCRIPTION}; found none")
    return found


try:
    _FOUND = find(ROOT / "labs")
except StepError as _error:
    sys.exit(str(_error))

STEPS: tuple[str, ...] = tuple(_FOUND)


def folder_of(step: str) -> Path:
    """The folder in labs of a step; those in solutions and tests bear the same name."""
    return _FOUND[step].folder


def describe(step: str) -> dict[str, Any]:
    """What a step's step.json says."""
    return _FOUND[step].description


def functions_of(step: str) -> tuple[str, ...]:
    """The contract functions of a step, in its handout's order."""
    return tuple(describe(step)["functions"])

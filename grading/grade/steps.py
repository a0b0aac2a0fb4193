"""The steps: the folders labs/stepN_name that hold a step.json, N from 0 to 9.

Standard library only. A fault in a folder ends the program with one line.
"""

from __future__ import annotations

import json
import re
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


class StepError(ValueError):
    """A folder of labs/ that can't be a step. The message is one line."""


@dataclass(frozen=True)
class Step:
    folder: str  # its name in labs/ and solutions/
    title: str  # "Step 0: operators"


def find(labs: Path) -> dict[str, Step]:
    """The steps below `labs` by name ("step0"), in order."""
    found: dict[str, Step] = {}
    for path in sorted(labs.glob("step*/step.json")):
        folder = path.parent.name
        match = re.fullmatch(r"(step([0-9]))_[a-z0-9_]+", folder)
        if match is None:
            raise StepError(f"{path.parent}: expected stepN_name with N from 0 to 9; rename the folder")
        name, number = match.groups()
        if name in found:
            raise StepError(f"{path.parent}: {found[name].folder} is {name} already; renumber one of them")
        try:
            title = json.loads(path.read_text(encoding="utf-8"))["title"]["en"]
        except (ValueError, KeyError, TypeError) as error:
            raise StepError(f"{path}: expected JSON with title.en, found {error!r}") from error
        found[name] = Step(folder, f"Step {number}: {title}")
    if not found:
        raise StepError(f"{labs}: expected folders stepN_name that hold a step.json, found none")
    return found


try:
    _FOUND = find(ROOT / "labs")
except StepError as _error:
    sys.exit(f"lab: {_error}")

STEPS = tuple(_FOUND)
FOLDERS = {name: step.folder for name, step in _FOUND.items()}
TITLES = {name: step.title for name, step in _FOUND.items()}

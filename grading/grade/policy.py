"""grading.toml: points, visibility, hints, limits."""

from __future__ import annotations

import fnmatch
import hashlib
import json
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .sandbox import Limits
from .steps import FOLDERS

DEFAULT = Path(__file__).with_name("grading.toml")
HINTS = ("off", "locate", "name")
ISOLATION = ("own", "isolated", "better")
VISIBILITY = ("full", "verdict", "hidden")
LANGUAGES = ("en", "zh")
UNITS = 10_000  # of a point; all sums are of whole units, so that none comes to more than its maximum


class PolicyError(Exception):
    """grading.toml is not as it should be. The message is one line."""


@dataclass(frozen=True)
class StepPolicy:
    points: float
    visibility: str
    weights: dict[str, float]
    case_visibility: dict[str, str]

    @property
    def units(self) -> int:
        return round(self.points * UNITS)

    def weight(self, case: str) -> float:
        return next((value for name, value in self.weights.items() if fnmatch.fnmatchcase(case, name)), 1.0)

    def visibility_of(self, case: str) -> str:
        patterns = self.case_visibility.items()
        return next((value for name, value in patterns if fnmatch.fnmatchcase(case, name)), self.visibility)


@dataclass(frozen=True)
class Policy:
    hints: str
    language: str
    isolation: str
    speed_board: bool
    function_share: float
    steps: dict[str, StepPolicy]
    limits: dict[str, int]
    digest: str

    def compiling(self) -> Limits:
        seconds, memory = self.limits["compile_cpu_s"], self.limits["compile_memory_mb"]
        return Limits(seconds, 2 * seconds + 20, memory, 16, 256, 64 * 1024)

    def working(self) -> Limits:
        seconds = self.limits["step_s"]
        memory, processes = self.limits["worker_memory_mb"], self.limits["worker_processes"]
        return Limits(seconds, seconds + 20, memory, processes, 1, 0)

    @property
    def max_score(self) -> float:
        return sum(step.units for step in self.steps.values()) / UNITS


def read(path: Path | None) -> Policy:
    values = parse(DEFAULT)
    check_steps(values["steps"])
    given = parse(path) if path else {}
    merge(values, given, path or DEFAULT, "")
    return check(values, path or DEFAULT)


def parse(path: Path) -> dict[str, Any]:
    try:
        values: dict[str, Any] = tomllib.loads(path.read_text())
        return values
    except (OSError, ValueError) as error:
        raise PolicyError(f"{path}: {error}") from error


def check_steps(steps: dict[str, Any]) -> None:
    """A step that nobody gave points must not be graded for nothing, nor silently left out. A course's own
    file names only what the kit's has."""
    for name in FOLDERS.keys() - steps.keys():
        raise PolicyError(
            f"{DEFAULT}: expected [steps.{name}] for labs/{FOLDERS[name]}; points = 0 if it gives none"
        )
    for name in steps.keys() - FOLDERS.keys():
        raise PolicyError(
            f"{DEFAULT}: found [steps.{name}], but labs/ has no folder {name}_… with a step.json"
        )


def merge(values: dict[str, Any], given: dict[str, Any], path: Path, where: str) -> None:
    """Puts what was given over the defaults; a key that the defaults lack is a slip of the pen."""
    open_tables = ("weights", "case_visibility")
    for key, value in given.items():
        known = key in values or (where.startswith("steps.") and key in (*open_tables, "visibility"))
        if not known:
            raise PolicyError(f"{path}: {where}{key} is no setting; see grading/grade/grading.toml")
        if isinstance(values.get(key), dict) and key not in open_tables:
            if not isinstance(value, dict):
                raise PolicyError(f"{path}: {where}{key} must be a table")
            merge(values[key], value, path, f"{where}{key}.")
        else:
            values[key] = value


def check(values: dict[str, Any], path: Path) -> Policy:
    def one_of(name: str, value: object, choices: tuple[str, ...]) -> str:
        if not isinstance(value, str) or value not in choices:
            raise PolicyError(f"{path}: {name} must be one of {', '.join(choices)}, found {value!r}")
        return value

    def number(name: str, value: object) -> float:
        if not isinstance(value, (int, float)) or isinstance(value, bool) or not 0 <= value < 1e6:
            raise PolicyError(f"{path}: {name} must be a number from 0 on, found {value!r}")
        return value

    def points(name: str, value: object) -> float:
        found = number(name, value)
        if round(found * UNITS) / UNITS != found:
            raise PolicyError(f"{path}: {name} must have four decimals at most, found {value!r}")
        return found

    steps = {}
    for name, step in values["steps"].items():
        where = f"steps.{name}"
        steps[name] = StepPolicy(
            points=points(f"{where}.points", step["points"]),
            visibility=one_of(f"{where}.visibility", step.get("visibility", "full"), VISIBILITY),
            weights={
                key: number(f"{where}.weights.{key}", value) for key, value in step.get("weights", {}).items()
            },
            case_visibility={
                key: one_of(f"{where}.case_visibility.{key}", value, VISIBILITY)
                for key, value in step.get("case_visibility", {}).items()
            },
        )
    limits = {}
    for name, value in values["limits"].items():
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            raise PolicyError(f"{path}: limits.{name} must be a whole number from 1 on, found {value!r}")
        limits[name] = value
    if not isinstance(values["speed_board"], bool):
        raise PolicyError(f"{path}: speed_board must be true or false")
    return Policy(
        hints=one_of("hints", values["hints"], HINTS),
        language=one_of("language", values["language"], LANGUAGES),
        isolation=one_of("isolation", values["isolation"], ISOLATION),
        speed_board=values["speed_board"],
        function_share=number("function_share", values["function_share"]),
        steps=steps,
        limits=limits,
        digest=hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest(),
    )

"""What the tests of grading/grade share. Importing it makes `grade` importable."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "grading"))

OPERATORS = "labs/step0_operators/operators.cpp"
HASH = "0123456789abcdef" * 4


def case(name: str = "RmsNorm.ByHand", step: str = "step0", **changes: Any) -> dict[str, Any]:  # noqa: ANN401
    entry = {
        "name": name,
        "step": step,
        "verdict": "passed",
        "points": 25,
        "max_points": 25,
        "visibility": "full",
        "message": "",
        "misconceptions": [],
        "killed": False,
    }
    return entry | changes


def step(name: str = "step0", **changes: Any) -> dict[str, Any]:  # noqa: ANN401
    entry = {
        "step": name,
        "state": "graded",
        "mix": "own",
        "score": 25,
        "max_score": 25,
        "passed": 1,
        "cases": 1,
        "passed_by_mix": {"own": 1},
        "message": "",
    }
    return entry | changes


def result(**changes: Any) -> dict[str, Any]:  # noqa: ANN401
    limits = dict.fromkeys(["cpu_s", "wall_s", "memory_mb", "processes", "file_size_mb", "output_bytes"], 1)
    entry = {
        "format": 1,
        "status": "graded",
        "reason": None,
        "official": True,
        "score": 25,
        "max_score": 25,
        "steps": [step()],
        "cases": [case()],
        "hints": "name",
        "speed": None,
        "submission": {"name": "alice", "files": [], "left_out": [], "left_out_count": 0},
        "sandbox": {"tier": "namespaces", "compile_limits": limits, "worker_limits": limits},
        "provenance": {
            "submission": HASH,
            "kit": HASH,
            "data": HASH,
            "policy": HASH,
            "public_data": False,
            "compiler": "c++ 12",
            "python": "3.11",
            "system": "Linux",
        },
        "times": {"started": "2026-01-01T00:00:00Z", "wall_s": 1.5, "cpu_s": 2.5, "compile_cpu_s": 2},
    }
    return entry | changes

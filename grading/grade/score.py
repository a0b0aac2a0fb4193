"""From verdicts to points."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from .policy import Policy
from .trusted import CaseVerdict


@dataclass
class StepGrade:
    step: str
    state: str  # graded, not_compiled, not_linked or not_handed_in
    # By mix (`own`, on the student's earlier steps, or `isolated`, on the reference's) and case.
    verdicts: dict[str, dict[str, CaseVerdict]] = field(default_factory=dict)
    error: str = ""  # the compiler's or the linker's words
    mix: str | None = None  # the one that counts

    def passed_all(self, mix: str) -> bool:
        return mix in self.verdicts and all(verdict.passed for verdict in self.verdicts[mix].values())


def points_of(
    policy: Policy, step: str, cases: list[str], public: frozenset[str] = frozenset()
) -> dict[str, float]:
    """The points of each case: the step's, shared out by weight among those whose answers aren't public."""
    weights = {case: 0.0 if case in public else policy.steps[step].weight(case) for case in cases}
    total = sum(weights.values())
    return {
        case: policy.steps[step].points * weight / total if total else 0.0 for case, weight in weights.items()
    }


def choose_mix(grade: StepGrade, points: dict[str, float]) -> None:
    """Of the mixes that ran, the one with more points; the one that ran first where they are equal."""

    def score(mix: str) -> float:
        return sum(points[name] for name, verdict in grade.verdicts[mix].items() if verdict.passed)

    grade.mix = max(grade.verdicts, key=score, default=None)


def step_as_json(
    policy: Policy, grade: StepGrade, cases: list[str], public: frozenset[str] = frozenset()
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The result's entry of a step, and those of its cases."""
    points = points_of(policy, grade.step, cases, public)
    choose_mix(grade, points)
    verdicts = grade.verdicts[grade.mix] if grade.mix else {}
    entries = [case_as_json(policy, grade, name, points[name], verdicts.get(name)) for name in cases]
    passed = sum(entry["verdict"] == "passed" for entry in entries)
    full = passed == len(cases)  # sums of shares may miss the whole by a rounding
    score = policy.steps[grade.step].points if full else sum(entry["points"] for entry in entries)
    step = {
        "step": grade.step,
        "state": grade.state,
        "mix": grade.mix,
        "score": round(score, 4),
        "max_score": policy.steps[grade.step].points,
        "passed": passed,
        "cases": len(cases),
        "passed_by_mix": {
            mix: sum(verdict.passed for verdict in verdicts.values())
            for mix, verdicts in grade.verdicts.items()
        },
        "message": grade.error,
    }
    return step, entries


def case_as_json(
    policy: Policy, grade: StepGrade, name: str, points: float, verdict: CaseVerdict | None
) -> dict[str, Any]:
    passed = verdict is not None and verdict.passed
    return {
        "name": name,
        "step": grade.step,
        "verdict": "passed" if passed else "failed" if verdict else "not_run",
        "points": round(points, 4) if passed else 0,
        "max_points": round(points, 4),
        "visibility": policy.steps[grade.step].visibility_of(name),
        "message": verdict.message if verdict else "",
        "misconceptions": verdict.misconceptions if verdict else [],
    }

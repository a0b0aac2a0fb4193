"""From verdicts to points."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from .policy import UNITS, Policy
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


def weights_of(
    policy: Policy, step: str, cases: Iterable[str], public: frozenset[str] = frozenset()
) -> dict[str, Fraction]:
    """What each case counts within its step: nothing where everybody has the answer."""
    return {case: Fraction(0 if case in public else policy.steps[step].weight(case)) for case in cases}


def units_of(
    policy: Policy, step: str, cases: Iterable[str], public: frozenset[str] = frozenset()
) -> dict[str, int]:
    """The step's points shared out by weight, in whole units, so that those of all cases are all of them.
    Units that are left over go where rounding down took most."""
    return shared_out(policy.steps[step].units, weights_of(policy, step, cases, public))


def shared_out(whole: int, weights: Mapping[str, Fraction]) -> dict[str, int]:
    total = sum(weights.values())
    if not total:
        return dict.fromkeys(weights, 0)
    shares = {name: whole * weight / total for name, weight in weights.items()}
    units = {name: int(share) for name, share in shares.items()}
    by_loss = sorted(shares, key=lambda name: units[name] - shares[name])
    for name in by_loss[: whole - sum(units.values())]:
        units[name] += 1
    return units


def shares_of(weights: Mapping[str, Fraction], functions: Mapping[str, str]) -> dict[str, Fraction]:
    """Which part of all weight the cases of each function have."""
    shares: dict[str, Fraction] = {}
    total = sum(weights.values()) or Fraction(1)
    for case, function in functions.items():
        shares[function] = shares.get(function, Fraction(0)) + weights[case] / total
    return shares


def choose_mix(grade: StepGrade, units: Mapping[str, int]) -> None:
    """Of the mixes that ran, the one with more points; the one that ran first where they are equal."""

    def score(mix: str) -> int:
        return sum(units[name] for name, verdict in grade.verdicts[mix].items() if verdict.passed)

    grade.mix = max(grade.verdicts, key=score, default=None)


def step_as_json(
    policy: Policy, grade: StepGrade, cases: Iterable[str], public: frozenset[str] = frozenset()
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The result's entry of a step, and those of its cases."""
    units = units_of(policy, grade.step, cases, public)
    choose_mix(grade, units)
    verdicts = grade.verdicts[grade.mix] if grade.mix else {}
    entries = [case_as_json(policy, grade, name, units[name], verdicts.get(name)) for name in units]
    passed = [entry["name"] for entry in entries if entry["verdict"] == "passed"]
    step = {
        "step": grade.step,
        "state": grade.state,
        "mix": grade.mix,
        "score": sum(units[name] for name in passed) / UNITS,
        "max_score": policy.steps[grade.step].units / UNITS,
        "passed": len(passed),
        "cases": len(entries),
        "passed_by_mix": {
            mix: sum(verdict.passed for verdict in verdicts.values())
            for mix, verdicts in grade.verdicts.items()
        },
        "message": grade.error,
    }
    return step, entries


def verdict_name(verdict: CaseVerdict | None) -> str:
    if verdict is None:
        return "not_run"
    if verdict.passed:
        return "passed"
    return "not_written" if verdict.end == "not_written" else "failed"


def case_as_json(
    policy: Policy, grade: StepGrade, name: str, units: int, verdict: CaseVerdict | None
) -> dict[str, Any]:
    passed = verdict is not None and verdict.passed
    return {
        "name": name,
        "step": grade.step,
        "verdict": verdict_name(verdict),
        "points": units / UNITS if passed else 0,
        "max_points": units / UNITS,
        "visibility": policy.steps[grade.step].visibility_of(name),
        "message": verdict.message if verdict else "",
        "misconceptions": verdict.misconceptions if verdict else [],
        "killed": verdict is not None and verdict.killed,
    }

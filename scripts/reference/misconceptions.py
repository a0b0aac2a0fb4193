"""Known mistakes, read from misconceptions/, and what each yields for the cases of its function.

The format of the files and of the data is told in misconceptions/README.md.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from reference import progress
from reference.case import Case, Model, array_of
from reference.numerics import Numerics, bound, rounded_up, variants
from reference.stored import Mistake, Part, Separation, as_json
from reference.switches import Predictor, Raised, Switches, Unpredictable

# A mistake must lie this many bounds away from the golden outcome in some case.
SEPARATION = 20
# Pairs are many, so the case on which they are computed must be small.
DIAGNOSING_ELEMENTS = 64


class NotSeparatedError(RuntimeError):
    """Mistakes that no case tells from rounding."""

    def __init__(self, functions: set[str], message: str) -> None:
        super().__init__(message)
        self.functions = functions


@dataclass(frozen=True)
class Misconception:
    id: str
    function: str
    sentence: Mapping[str, str]
    section: str
    switches: Switches


@dataclass
class Wrong:
    """How a case comes out with a mistake, where that isn't the golden outcome."""

    tensors: dict[str, Tensor] = field(default_factory=dict)
    bounds: dict[str, float] = field(default_factory=dict)
    expect: dict[str, Any] | None = None
    changes: dict[str, Any] | None = None  # of `expect` against the case's, as a JSON merge patch
    unpredictable: bool = False
    distance: float = math.inf  # from the golden outcome, in bounds

    def description(self) -> dict[str, Any]:
        if self.unpredictable:
            return {"unpredictable": True}
        return {
            **({"bounds": self.bounds} if self.bounds else {}),
            **({"expect": self.changes} if self.changes is not None else {}),
        }

    def part(self) -> Part:
        """As it is stored."""
        tensors = {name: array_of(tensor) for name, tensor in self.tensors.items()}
        return Part(as_json(self.description()), tensors)


def merge_patch(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """What RFC 7396 has to merge into `old` so that it becomes `new`, which holds no None."""
    patch: dict[str, Any] = {name: None for name in old if name not in new}
    for name, value in new.items():
        if isinstance(value, dict) and isinstance(old.get(name), dict):
            if value != old[name]:
                patch[name] = merge_patch(old[name], value)
        elif name not in old or value != old[name]:
            patch[name] = value
    return patch


@dataclass
class Entry:
    """A mistake, or a pair of them, with the cases that show it."""

    id: str
    function: str
    told: dict[str, Any]
    wrong: dict[str, Wrong]
    same_as: list[str] = field(default_factory=list)

    def farthest(self) -> tuple[str, float]:
        """The case that shows the mistake most clearly, and by how many bounds."""
        distances = {name: wrong.distance for name, wrong in self.wrong.items() if not wrong.unpredictable}
        if not distances:
            return "", 0.0
        name = max(distances, key=lambda name: distances[name])
        return name, distances[name]

    def mistake(self) -> Mistake:
        """As it is stored."""
        told = {"id": self.id, "function": self.function, **self.told}
        if self.same_as:
            told["same_as"] = self.same_as
        cases = {name: wrong.part() for name, wrong in self.wrong.items()}
        return Mistake(told, cases, None if "pair" in self.told else Separation(*self.farthest()))


def read(folder: Path, functions: Collection[str]) -> list[Misconception]:
    """The misconceptions of a step with these functions. Raises ValueError if one isn't as README.md says."""
    result = []
    for path in sorted(folder.glob("*.json")):
        entry = json.loads(path.read_text())
        missing = {"id", "function", "sentence", "section", "switches", "mutant"} - entry.keys()
        if missing or entry["id"] != path.stem or not {"en", "zh"} <= entry["sentence"].keys():
            raise ValueError(f"{path.name} isn't as misconceptions/README.md says")
        if entry["function"] not in functions:
            raise ValueError(f"{path.name}: expected a function of {folder.name}; found {entry['function']}")
        result.append(
            Misconception(
                entry["id"], entry["function"], entry["sentence"], entry["section"], entry["switches"]
            )
        )
    for a in result:
        for b in result:
            for language in ("en", "zh"):
                if a is not b and a.sentence[language] in b.sentence[language]:
                    raise ValueError(f"{a.id}: its {language} sentence stands in that of {b.id}")
    return result


def n_predictions(known: Sequence[Misconception], cases: Sequence[Case]) -> int:
    """How many outcomes `entries` works out; it ticks after each."""
    mistakes = Counter(misconception.function for misconception in known)
    of_function = Counter(case.function for case in cases)
    return sum(n * of_function[function] + n * (n - 1) // 2 for function, n in mistakes.items())


def entries(
    known: Sequence[Misconception],
    cases: Sequence[Case],
    models: Mapping[str, Model],
    predictors: Mapping[str, Predictor],
    diagnosing: Mapping[str, str],
) -> list[Entry]:
    """What each mistake yields, and each pair. Raises NotSeparatedError if one is too close to right.

    `diagnosing`: by function, the case on which its pairs are computed, where that is settled already.
    """
    result = []
    too_close: dict[str, str] = {}
    for function in dict.fromkeys(misconception.function for misconception in known):
        of_function = [case for case in cases if case.function == function]
        mistakes = [misconception for misconception in known if misconception.function == function]
        singles = [_single(each, of_function, models, predictors[function]) for each in mistakes]
        for single in singles:
            name, distance = single.farthest()
            if _only_raises(single, of_function):
                raise ValueError(f"{single.id}: every case ends in an exception; add one that doesn't")
            if distance < SEPARATION:
                too_close[f"{single.id} ({distance:.3g} bounds, {name or 'in no case'})"] = function
        _note_same(singles, of_function)
        case = _diagnosing_case(singles, of_function, diagnosing.get(function))
        result += [*singles, *_pairs(mistakes, singles, case, models, predictors[function])]
    if too_close:
        raise NotSeparatedError(
            set(too_close.values()),
            f"no case tells these from rounding by {SEPARATION} bounds; add one that exposes them: "
            + ", ".join(too_close),
        )
    return result


def apart(a: Tensor, b: Tensor) -> float:
    """Largest absolute difference; NaN is like NaN, infinity like itself."""
    if a.shape != b.shape:
        return math.inf
    a, b = a.double(), b.double()
    same = (a == b) | (a.isnan() & b.isnan())
    difference = torch.where(same, 0.0, (a - b).abs()).nan_to_num(math.inf, math.inf)
    return float(difference.max()) if difference.numel() else 0.0


def _single(
    misconception: Misconception,
    cases: Sequence[Case],
    models: Mapping[str, Model],
    predictor: Predictor,
) -> Entry:
    wrong = {}
    for case in cases:
        outcome = _wrong(case, models, predictor, misconception.switches)
        progress.tick()
        if outcome:
            wrong[case.name] = outcome
    told = {"sentence": dict(misconception.sentence), "section": misconception.section}
    return Entry(misconception.id, misconception.function, told, wrong)


def _wrong(case: Case, models: Mapping[str, Model], predictor: Predictor, switches: Switches) -> Wrong | None:
    """None if the case comes out right."""
    first, others = Numerics(torch.float32), variants()[1:]  # the first of which is the same, untracked
    try:
        predicted = predictor(case, models, switches, first)
        expect = None if predicted.expect == case.expect else predicted.expect
        distances = {name: _distance(predicted.storages[name], case, name) for name in _compared(case)}
        showing = [name for name, distance in distances.items() if distance > 1]
        if expect is None and not showing:
            return None
        noise = dict.fromkeys(showing, 0.0)
        for numerics in others if showing else []:
            again = predictor(case, models, switches, numerics)
            for name in showing:
                noise[name] = max(noise[name], apart(again.storages[name], predicted.storages[name]))
    except Raised as raised:
        return _with_facts(case, Wrong(expect={"raises": raised.kind}))
    except Unpredictable:
        return Wrong(unpredictable=True)
    bounds = {name: rounded_up(bound(noise[name], first.largest_terms)) for name in showing}
    if not all(map(math.isfinite, bounds.values())):
        return Wrong(unpredictable=True)
    tensors = {name: predicted.storages[name] for name in showing}
    farthest = math.inf if expect is not None else max(distances.values())
    return _with_facts(case, Wrong(tensors, bounds, expect, distance=farthest))


def _with_facts(case: Case, wrong: Wrong) -> Wrong:
    if wrong.expect is not None:
        wrong.changes = merge_patch(case.expect, wrong.expect)
    return wrong


def _compared(case: Case) -> list[str]:
    """Intermediate tensors depend on how the code is written, so nothing is predicted for trace points."""
    return [name for name in case.after if not name.startswith("trace/")]


def _distance(tensor: Tensor, case: Case, name: str) -> float:
    """From the golden outcome, in bounds."""
    difference = apart(tensor, case.after[name])
    if difference == 0:
        return 0.0
    return difference / case.bounds[name] if case.bounds[name] else math.inf


def _note_same(singles: Sequence[Entry], cases: Sequence[Case]) -> None:
    for a, b in combinations(singles, 2):
        if all(_alike(a.wrong.get(case.name), b.wrong.get(case.name), case) for case in cases):
            a.same_as.append(b.id)
            b.same_as.append(a.id)


def _alike(a: Wrong | None, b: Wrong | None, case: Case) -> bool:
    """Whether the outcome of one could be taken for the other's. None is the golden outcome."""
    if (a and a.unpredictable) or (b and b.unpredictable) or (a is None and b is None):
        return True
    facts_a, facts_b = (each.expect if each and each.expect is not None else case.expect for each in (a, b))
    if _as_named(facts_a) != _as_named(facts_b):
        return False
    if "raises" in facts_a:
        return True
    for name in _compared(case):
        largest = max(_bound(a, case, name), _bound(b, case, name))
        if apart(_tensor(a, case, name), _tensor(b, case, name)) > largest:
            return False
    return True


def _as_named(facts: dict[str, Any]) -> dict[str, Any]:
    """With one kind for both by which a view refuses: testing/diagnosis takes them for each other."""
    refused = facts.get("raises") in ("out_of_range", "invalid_argument")
    return facts | {"raises": "refused"} if refused else facts


def _tensor(wrong: Wrong | None, case: Case, name: str) -> Tensor:
    return wrong.tensors[name] if wrong and name in wrong.tensors else case.after[name]


def _bound(wrong: Wrong | None, case: Case, name: str) -> float:
    """A mistake too small to show moves the golden outcome by up to its bound, and rounding once more."""
    return wrong.bounds[name] if wrong and name in wrong.bounds else 2 * case.bounds[name]


def _pairs(
    mistakes: Sequence[Misconception],
    singles: Sequence[Entry],
    case: Case,
    models: Mapping[str, Model],
    predictor: Predictor,
) -> list[Entry]:
    """Two mistakes at once, on the one case that shows most of them; where one hides the other, none."""
    result: list[Entry] = []
    for (mistake_a, a), (mistake_b, b) in combinations(zip(mistakes, singles, strict=True), 2):
        progress.tick()
        of_a, of_b = a.wrong.get(case.name), b.wrong.get(case.name)
        if not _has_tensors(of_a) or not _has_tensors(of_b) or _conflict(mistake_a, mistake_b):
            continue
        both = _wrong(case, models, predictor, {**mistake_a.switches, **mistake_b.switches})
        if both is None or not _has_tensors(both) or _alike(both, of_a, case) or _alike(both, of_b, case):
            continue
        if both.expect is None and _is_untouched(both, case):
            continue  # two mistakes are a poor account of a call that does nothing
        # The merge gives it a number: short, since it stands in front of each tensor's name.
        result.append(Entry("", a.function, {"pair": [a.id, b.id]}, {case.name: both}))
    return result


def _is_untouched(wrong: Wrong, case: Case) -> bool:
    """Whether what stood there before the call could be taken for the outcome."""
    return all(apart(wrong.tensors[name], case.before[name]) <= wrong.bounds[name] for name in wrong.tensors)


def _only_raises(single: Entry, cases: Sequence[Case]) -> bool:
    """Any other mistake that ends in the same kind of exception would be taken for this one."""
    outcomes = [single.wrong.get(case.name) for case in cases]
    return all(
        each is not None and (each.unpredictable or "raises" in (each.expect or {})) for each in outcomes
    )


def _has_tensors(wrong: Wrong | None) -> bool:
    return wrong is not None and bool(wrong.tensors or (wrong.expect and "raises" not in wrong.expect))


def _conflict(a: Misconception, b: Misconception) -> bool:
    return any(a.switches[name] != b.switches[name] for name in a.switches.keys() & b.switches.keys())


def _diagnosing_case(singles: Sequence[Entry], cases: Sequence[Case], settled: str | None) -> Case:
    """The case that tells most mistakes from each other, the smaller one of equals.

    Where one is settled it stays: for another one, all pairs of the function would change.
    """
    for case in cases:
        if case.name == settled:
            return case

    def size(case: Case) -> int:
        return sum(case.after[name].numel() for name in _compared(case))

    def told_apart(case: Case) -> int:
        shown = [each.wrong[case.name] for each in singles if _has_tensors(each.wrong.get(case.name))]
        return len(shown) + sum(not _alike(a, b, case) for a, b in combinations(shown, 2))

    small = [case for case in cases if size(case) <= DIAGNOSING_ELEMENTS] or [min(cases, key=size)]
    return max(small, key=lambda case: (told_apart(case), -size(case)))

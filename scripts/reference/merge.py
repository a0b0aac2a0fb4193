"""Fresh data merged with those that are committed: what counts as the same stays as it is, byte for byte.

So a new case changes what is its own, and not all that another processor rounds in another way.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import count
from typing import Any

from reference.compare import Difference, differences
from reference.stored import Mistake, Part, Separation, StepData

# A separation is measured in bounds, which stay; what differs beyond this is another one.
SAME_SEPARATION = 1.1


class Kind(StrEnum):
    """Of what changes, in the order in which it is told."""

    FILE = "file"
    MODEL = "model"
    CASE = "case"
    MISTAKE = "misconception"
    SEPARATION = "separation"
    PAIR = "pair"


@dataclass(frozen=True)
class Change:
    kind: Kind
    name: str
    what: str  # "new", "gone" or "changed"
    details: Sequence[Difference] = ()


def merged(old: StepData, new: StepData) -> tuple[StepData, list[Change]]:
    """`new`, of which every part that equals its counterpart in `old` is that one, and what changed."""
    changes: list[Change] = []
    models = _parts(Kind.MODEL, old.models, new.models, changes)
    cases = _parts(Kind.CASE, old.cases, new.cases, changes)
    kept = {name for name, part in cases.items() if part is old.cases.get(name)}
    noise = {name: (old if name in kept else new).noise[name] for name in cases}
    mistakes = {}
    for name, mistake in new.mistakes.items():
        before = old.mistakes.get(name)
        if before is None:
            changes.append(Change(_kind(mistake), name, "new", _first_separation(mistake)))
            mistakes[name] = mistake
        else:
            mistakes[name] = _mistake(before, mistake, old, kept, changes)
    changes += [
        Change(_kind(each), name, "gone") for name, each in old.mistakes.items() if name not in mistakes
    ]
    _order(Kind.MISTAKE, old.mistakes, mistakes, changes)
    return StepData(cases, noise, models, _numbered(old, mistakes)), _with_what_new_cases_show(changes, new)


def _parts(
    kind: Kind, old: Mapping[str, Part], new: Mapping[str, Part], changes: list[Change]
) -> dict[str, Part]:
    result = {}
    for name, part in new.items():
        before = old.get(name)
        found = [] if before is None else differences(before, part)
        result[name] = part if before is None or found else before
        if before is None or found:
            changes.append(Change(kind, name, "new" if before is None else "changed", found))
    changes += [Change(kind, name, "gone") for name in old if name not in new]
    _order(kind, old, new, changes)
    return result


def _order(kind: Kind, old: Mapping[str, Any], new: Mapping[str, Any], changes: list[Change]) -> None:
    if [name for name in old if name in new] != [name for name in new if name in old]:
        changes.append(Change(kind, "their order", "changed"))


def _kind(mistake: Mistake) -> Kind:
    return Kind.PAIR if mistake.pair else Kind.MISTAKE


def _mistake(
    before: Mistake, mistake: Mistake, old: StepData, kept: set[str], changes: list[Change]
) -> Mistake:
    """`mistake` with what it has in common with `before`. `kept`: the golden cases that stay as they are."""
    told = differences(Part(_unnumbered(before)), Part(_unnumbered(mistake)))
    found = list(told)
    parts = {}
    for case, part in mistake.cases.items():
        committed = before.cases.get(case)
        apart = [] if committed is None else differences(committed, part)
        parts[case] = part if committed is None or apart else committed
        found += [replace(each, what=f"{case}: {each.what}") for each in apart]
        if committed is None and case in old.cases:  # that a new case shows it is the case's own news
            found.append(Difference(f"{case} shows it now"))
    found += [
        Difference(f"{case} shows it no more") for case in before.cases if case not in parts and case in kept
    ]
    if found:
        changes.append(Change(_kind(mistake), mistake.name, "changed", found))
    separation = _separation(before.separation, mistake.separation, before.cases, parts, kept)
    if separation != before.separation:
        changes.append(Change(Kind.SEPARATION, mistake.name, "changed", _separations(before, separation)))
    return Mistake(mistake.told if told else before.told, parts, separation)


def _unnumbered(mistake: Mistake) -> dict[str, Any]:
    return {name: value for name, value in mistake.told.items() if name != "id"}


def _separation(
    old: Separation | None,
    new: Separation | None,
    before: Mapping[str, Part],
    parts: Mapping[str, Part],
    kept: set[str],
) -> Separation | None:
    """The committed one while it holds, unless another case now shows the mistake more clearly."""
    if old is None or new is None:
        return new
    holds = old.case in kept and old.case in parts and parts[old.case] is before.get(old.case)
    return old if holds and new.bounds <= SAME_SEPARATION * old.bounds else new


def _first_separation(mistake: Mistake) -> list[Difference]:
    if mistake.separation is None:
        return []
    return [Difference(f"shown by {len(mistake.cases)} cases, most clearly by {_told(mistake.separation)}")]


def _separations(before: Mistake, separation: Separation | None) -> list[Difference]:
    was = before.separation and _told(before.separation)
    return [Difference(f"was {was}, is {separation and _told(separation)}")]


def _told(separation: Separation) -> str:
    return f"{separation.case} ({separation.bounds:.3g} bounds)"


def _numbered(old: StepData, mistakes: Mapping[str, Mistake]) -> dict[str, Mistake]:
    """Pairs with the numbers that they have; new ones with the first that are free."""
    numbers = {name: each.id for name, each in old.mistakes.items() if each.pair and name in mistakes}
    taken = set(numbers.values())
    result = {}
    for name, mistake in mistakes.items():
        if mistake.pair:
            if name not in numbers:
                ids = (f"{mistake.told['function']}+{number}" for number in count())
                numbers[name] = next(id for id in ids if id not in taken)
                taken.add(numbers[name])
            mistake = replace(mistake, told={**mistake.told, "id": numbers[name]})
        result[name] = mistake
    return result


def _with_what_new_cases_show(changes: Sequence[Change], new: StepData) -> list[Change]:
    singles = [mistake for mistake in new.mistakes.values() if not mistake.pair]

    def told(change: Change) -> Change:
        if change.kind is not Kind.CASE or change.what != "new":
            return change
        function = new.cases[change.name].description["function"]
        of_function = [mistake for mistake in singles if mistake.told["function"] == function]
        showing = sum(change.name in mistake.cases for mistake in of_function)
        line = f"shows {showing} of {len(of_function)} known mistakes of {function}"
        return replace(change, details=[Difference(line)])

    return [told(change) for change in changes]

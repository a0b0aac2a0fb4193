"""The account of what changed, for a person to read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from reference.merge import Change, Kind

LINES = 40
WIDTH = 200


def account(changes: Mapping[str, Sequence[Change]]) -> list[str]:
    """At most LINES lines on the changes by step; none if nothing changed. The largest stand first."""
    changed = {step: of_step for step, of_step in changes.items() if of_step}
    lines = [f"{step}: {_counts(of_step)}" for step, of_step in changed.items()]
    details = [
        _line(step, change)
        for step, of_step in changed.items()
        for change in sorted(of_step, key=_rank)
        # Pairs that come or go do so with one of the two: that they are counted is enough.
        if change.kind is not Kind.PAIR or change.what == "changed"
    ]
    room = LINES - len(lines)
    if len(details) > room:
        details[room - 1 :] = [f"  and {len(details) - room + 1} more"]
    return lines + details


def _counts(changes: Sequence[Change]) -> str:
    """2 cases new, 1 case changed, …"""
    counts = Counter((change.kind, change.what) for change in changes)
    kinds = list(Kind)
    ordered = sorted(counts, key=lambda key: (kinds.index(key[0]), key[1] != "new", key[1] != "gone"))
    return ", ".join(f"{counts[key]} {key[0]}{'s' if counts[key] > 1 else ''} {key[1]}" for key in ordered)


def _rank(change: Change) -> tuple[int, bool, bool, float]:
    largest = max((each.tolerances for each in change.details), default=0.0)
    return (list(Kind).index(change.kind), change.what != "new", change.what != "gone", -largest)


def _line(step: str, change: Change) -> str:
    line = f"  {step} {change.kind} {change.name}: {change.what}"
    if change.details:
        first = max(change.details, key=lambda each: each.tolerances)
        line += f"; {first.what}"
    if len(line) > WIDTH:
        line = f"{line[:WIDTH]}…"
    if len(change.details) > 1:
        line += f" (and {len(change.details) - 1} more)"
    return line

"""When two versions of a case, a model or a predicted outcome count as the same, and how they differ if not.

`--check` and the merge of fresh data with committed ones ask the same question here.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from reference.stored import Part
from reference.tensor_file import Array

# Inputs and weights are drawn anew: another machine may round their last digit differently.
INPUT_TOLERANCE = 1e-6
# Noise depends on the machine's vector width, and so do facts such as margins.
SAME_BOUND = 2.0
SAME_FACT = 1e-3
LONGEST_VALUE = 60  # characters of a value that a line shows


@dataclass(frozen=True)
class Difference:
    """One thing that differs; for numbers, by how many tolerances."""

    what: str
    tolerances: float = 0.0


def differences(old: Part, new: Part) -> list[Difference]:
    """None at all if `old` may stay where `new` was made."""
    found = []
    for part in dict.fromkeys([*old.description, *new.description]):
        same = {"bounds": _same_bound, "expect": _same_fact}.get(part, _equal)
        before, after = old.description.get(part), new.description.get(part)
        found += [Difference(line) for line in _leaves(part, before, after, same)]
    for key in dict.fromkeys([*old.tensors, *new.tensors]):
        found += _of_tensors(key, old.tensors.get(key), new.tensors.get(key), old.bounds)
    return found


def _leaves(path: str, old: object, new: object, same: Callable[[object, object], bool]) -> Iterator[str]:
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for name in dict.fromkeys([*old, *new]):
            yield from _leaves(f"{path}.{name}", old.get(name), new.get(name), same)
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for i, (before, after) in enumerate(zip(old, new, strict=True)):
            yield from _leaves(f"{path}[{i}]", before, after, same)
    elif not same(old, new):
        yield f"{path} was {_shown(old)}, is {_shown(new)}"


def _equal(old: object, new: object) -> bool:
    return old == new


def _same_bound(old: object, new: object) -> bool:
    if isinstance(old, float) and isinstance(new, float):
        return old <= SAME_BOUND * new and new <= SAME_BOUND * old
    return old == new


def _same_fact(old: object, new: object) -> bool:
    """Tokens and transcripts are the same exactly; fractions, such as margins, nearly."""
    if isinstance(old, float) and isinstance(new, float):
        return math.isclose(old, new, rel_tol=SAME_FACT, abs_tol=SAME_FACT**2)
    return old == new


def _shown(value: object) -> str:
    text = "nothing" if value is None else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}…"


def _of_tensors(
    key: str, old: Array | None, new: Array | None, bounds: Mapping[str, float]
) -> Iterator[Difference]:
    if old is None or new is None:
        yield Difference(f"{key} is {'gone' if new is None else 'new'}")
    elif old.shape != new.shape:
        yield Difference(f"the shape of {key} was {old.shape}, is {new.shape}")
    elif old.data != new.data:
        yield from _of_values(key, old, new, bounds.get(key.removeprefix("after/")))


def _of_values(key: str, old: Array, new: Array, bound: float | None) -> Iterator[Difference]:
    """`bound`: none for inputs and weights."""
    before, after = old.values(), new.values()
    if bound is None:
        bound = INPUT_TOLERANCE * max(1.0, max((abs(x) for x in before if math.isfinite(x)), default=0.0))
    apart = [_apart(x, y) for x, y in zip(before, after, strict=True)]
    beyond = [i for i, difference in enumerate(apart) if difference > bound]
    if not beyond:
        return
    tolerances = max(apart) / bound if bound else math.inf
    much = (
        f"by up to {tolerances:.3g} tolerances of {bound:.3g}"
        if math.isfinite(tolerances)
        else "which can't be rounding"
    )
    first = beyond[0]
    yield Difference(
        f"{key}: {len(beyond)} of {len(apart)} elements differ, {much}; "
        f"the first at {_index(first, old.shape)}: was {before[first]:.9g}, is {after[first]:.9g}",
        tolerances,
    )


def _apart(x: float, y: float) -> float:
    """NaN is like NaN, infinity like itself."""
    if x == y or (math.isnan(x) and math.isnan(y)):
        return 0.0
    difference = abs(x - y)
    return math.inf if math.isnan(difference) else difference


def _index(flat: int, shape: tuple[int, ...]) -> tuple[int, ...]:
    index: tuple[int, ...] = ()
    for size in reversed(shape):
        flat, here = divmod(flat, size)
        index = (here, *index)
    return index

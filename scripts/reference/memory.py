"""The storages of a call as the tests hand them over, and mistakes in how they are read and written."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from reference.case import Case, View
from reference.numerics import Numerics
from reference.switches import Raised, Switches, Unpredictable

GUARD = 16  # elements of NaN on both sides of each storage, as testing/golden/golden.cpp has them


class Memory:
    """Fresh copies of a case's storages between guards. Parameters are views, and may be read as others."""

    def __init__(self, case: Case) -> None:
        self.shapes = {name: tensor.shape for name, tensor in case.before.items()}
        self.guarded = {
            name: torch.nn.functional.pad(tensor.flatten().to(torch.float32), (GUARD, GUARD), value=math.nan)
            for name, tensor in case.before.items()
        }
        views = {name: View.of(tensor, name) for name, tensor in case.before.items()} | case.views
        self.parameters = {
            name: self.guarded[view.storage].as_strided(view.shape, view.strides, GUARD + view.offset)
            for name, view in views.items()
        }

    def storage(self, name: str) -> Tensor:
        """What lies in a storage now. Raises Unpredictable if something was written beside it."""
        guarded = self.guarded[name]
        if not torch.cat([guarded[:GUARD], guarded[-GUARD:]]).isnan().all():
            raise Unpredictable(f"written outside of {name}")
        return guarded[GUARD:-GUARD].reshape(self.shapes[name])


def same_storage(a: Tensor, b: Tensor) -> bool:
    return a.untyped_storage().data_ptr() == b.untyped_storage().data_ptr()


def at(view: Tensor, shape: Sequence[int], strides: Sequence[int], offset: int = 0) -> Tensor:
    """Other elements of a view's memory, counted from its first. Beyond the guards nobody knows what lies."""
    try:
        return view.as_strided(tuple(shape), tuple(strides), view.storage_offset() + offset)
    except RuntimeError as error:
        raise Unpredictable(str(error)) from error


def row_major(shape: Sequence[int]) -> list[int]:
    return [math.prod(shape[dim + 1 :]) for dim in range(len(shape))]


# How a parameter is read or written where its strides should be: the switch PARAMETER_layout.
_LAYOUTS: dict[str, Callable[[Tensor], list[int]]] = {
    "contiguous": lambda view: row_major(view.shape),
    "rows_apart": lambda view: [view.shape[0], 1],
    # of (length, heads, head_dim)
    "head_blocks": lambda view: [view.shape[2], view.shape[0] * view.shape[2], 1],
    "heads_then_elements": lambda view: [1, view.shape[2] * view.shape[0], view.shape[0]],
}


def laid_out(name: str, view: Tensor, switches: Switches) -> Tensor:
    """The parameter as the switches have it read or written."""
    layout = switches.get(f"{name}_layout")
    if layout is None or view.dim() < 2:
        return view
    if layout == "reshaped_to_head_blocks":
        if not view.is_contiguous():
            raise Raised("invalid_argument")
        layout = "head_blocks"
    return at(view, view.shape, _LAYOUTS[layout](view))


def stored(numerics: Numerics, name: str, old: Tensor, new: Tensor, switches: Switches) -> Tensor:
    """What stands in the output after `new` was written, or not quite, over what had stood there."""
    old = numerics.cast(old)
    if switches.get(f"{name}_stored") == "added":
        numerics.track(old.abs() + new.abs())
        new = old + new
    kept = torch.zeros(new.shape, dtype=torch.bool)
    skipped = switches.get(f"{name}_skipped")
    if skipped == "last_row":
        kept[-1] = True
    elif skipped == "last_column":
        kept[..., -1:] = True
    elif skipped == "rows_after_first" and new.dim() > 1:
        kept[1:] = True
    elif skipped == "remainder":  # of a loop that takes four elements at once
        kept[..., new.shape[-1] - new.shape[-1] % 4 :] = True
    return torch.where(kept, old, new)

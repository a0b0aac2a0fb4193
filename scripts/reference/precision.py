"""The float64 truth of transformers' modules."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode
from torch.utils._pytree import tree_leaves, tree_map


class PrecisionError(RuntimeError):
    """Something inside `float64()` was computed in less than float64."""


class _CastsToFloat64(TorchFunctionMode):
    """Turns casts to float32 into casts to float64, and refuses results of lower precision."""

    def __torch_function__(
        self,
        func: Callable[..., object],
        types: object,
        args: tuple[object, ...] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> object:
        if func is torch.Tensor.float:
            func = torch.Tensor.double
        result = func(*tree_map(_widened, args), **tree_map(_widened, kwargs or {}))
        for leaf in tree_leaves(result):
            if isinstance(leaf, Tensor) and leaf.is_floating_point() and leaf.dtype != torch.float64:
                raise PrecisionError(f"{func} gave {leaf.dtype} where float64 was asked for")
        return result


def _widened(value: object) -> object:
    return torch.float64 if value is torch.float32 else value


@contextmanager
def float64() -> Iterator[None]:
    """Runs transformers in float64 altogether, without gradients.

    `model.double()` is not enough: RMSNorm, softmax and RoPE cast to float32. Those casts become casts to
    float64 here, and any result of lower precision raises PrecisionError. Make the model in here too: that is
    when RoPE's frequencies are computed.
    """
    default = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    try:
        with torch.no_grad(), _CastsToFloat64():
            yield
    finally:
        torch.set_default_dtype(default)

"""The contract functions of step 0: what gives their golden tensors, and their PyTorch models."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from reference import attention, hooks, operators
from reference.calls import Args, Function, Tensors
from reference.memory import same_storage
from reference.numerics import Numerics
from reference.switches import Switches, Unpredictable


def _matmul_by_torch(p: Tensors, a: Args) -> dict[str, Tensor]:
    return {"c": torch.addmm(p["c"], p["a"], p["b"], alpha=a["alpha"], beta=a["beta"])}


def _matmul_transb_by_torch(p: Tensors, a: Args) -> dict[str, Tensor]:
    if a["alpha"] == 1 and a["beta"] == 0:
        return {"c": nn.functional.linear(p["a"], p["b"])}
    return {"c": torch.addmm(p["c"], p["a"], p["b"].T, alpha=a["alpha"], beta=a["beta"])}


def _narrow_copy_by_torch(p: Tensors, a: Args) -> dict[str, Tensor]:
    return {"out": torch.narrow_copy(p["x"], a["dim"], a["start"], p["out"].shape[a["dim"]])}


# Models with mistakes that depend on what the outputs held before, or on what they share memory with.


def _gather(numerics: Numerics, p: Tensors, a: Args, s: Switches) -> dict[str, Tensor]:
    if s.get("row") == "scattered":
        out = numerics.cast(p["out"]).clone()
        sources = operators.in_range(range(len(a["indices"])), len(p["table"]))
        for source, target in zip(sources, operators.in_range(a["indices"], len(out)), strict=True):
            out[target] = p["table"][source]
        return {"out": out}
    return {"out": operators.gather(numerics, p["table"], a["indices"], s)}


def _rms_norm(numerics: Numerics, p: Tensors, a: Args, s: Switches) -> dict[str, Tensor]:
    x = p["x"]
    if s.get("out") == "cleared_first" and same_storage(p["out"], x):
        x = torch.zeros_like(x)
    overlap = x.dim() > 1 and x.stride(0) < x.shape[1]
    if same_storage(p["out"], x) and (overlap or x.stride() != p["out"].stride()):
        raise Unpredictable("rows are read where elements of another row are written at the same time")
    return {"out": operators.rms_norm(numerics, x, p["weight"], a["eps"], s)}


def _swiglu(numerics: Numerics, p: Tensors, _: Args, s: Switches) -> dict[str, Tensor]:
    up = p["up"]
    if s.get("passes") == "two" and same_storage(p["out"], up):
        up = operators.activation(numerics.cast(p["gate"]), s)
    return {"out": operators.swiglu(numerics, p["gate"], up, s)}


def _narrow_copy(numerics: Numerics, p: Tensors, a: Args, s: Switches) -> dict[str, Tensor]:
    dim, length = a["dim"], p["out"].shape[a["dim"]]
    result = operators.narrow_copy(numerics, p["x"], dim, a["start"], length, s)
    if s.get("block") == "without_its_last":
        result = torch.cat(
            [result.narrow(dim, 0, length - 1), numerics.cast(p["out"]).narrow(dim, length - 1, 1)], dim
        )
    return {"out": result}


GATHER = Function(
    "gather",
    ["out"],
    lambda p, a: {"out": hooks.gather(p["table"], a["indices"])},
    _gather,
    is_copy=True,
)
RMS_NORM = Function(
    "rms_norm",
    ["out"],
    lambda p, a: {"out": hooks.rms_norm(p["x"], p["weight"], a["eps"])},
    _rms_norm,
)
MATMUL_TRANSB = Function(
    "matmul_transb",
    ["c"],
    _matmul_transb_by_torch,
    lambda numerics, p, a, s: {
        "c": operators.matmul_transb(numerics, p["c"], p["a"], p["b"], **a, switches=s)
    },
)
ROPE_FREQUENCIES = Function(
    "rope_frequencies",
    ["inv_freq"],
    lambda p, a: {"inv_freq": hooks.rope_frequencies(2 * len(p["inv_freq"]), a["theta"])},
    lambda numerics, p, a, s: {
        "inv_freq": operators.rope_frequencies(numerics, 2 * len(p["inv_freq"]), a["theta"], s)
    },
)
ROPE = Function(
    "rope",
    ["x"],
    lambda p, a: {"x": hooks.rope(p["x"], a["start_pos"], p["inv_freq"])},
    lambda numerics, p, a, s: {"x": operators.rope(numerics, p["x"], a["start_pos"], p["inv_freq"], s)},
)
MASKED_SOFTMAX = Function(
    "masked_softmax",
    ["scores"],
    lambda p, _: {"scores": hooks.masked_softmax(p["scores"])},
    lambda numerics, p, _, s: {"scores": attention.masked_softmax(numerics, p["scores"], s)},
)
MATMUL = Function(
    "matmul",
    ["c"],
    _matmul_by_torch,
    lambda numerics, p, a, s: {
        "c": operators.matmul(numerics, p["c"], p["a"], p["b"], a["alpha"], a["beta"], s)
    },
)
SWIGLU = Function(
    "swiglu",
    ["out"],
    lambda p, _: {"out": hooks.swiglu(p["gate"], p["up"])},
    _swiglu,
)
NARROW_COPY = Function(
    "narrow_copy",
    ["out"],
    _narrow_copy_by_torch,
    _narrow_copy,
    is_copy=True,
)

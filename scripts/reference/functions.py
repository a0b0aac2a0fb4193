"""The contract functions of steps 0 and 1: what gives their golden tensors, and their PyTorch models."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from reference import attention, hooks, operators
from reference.calls import Args, Function, Tensors


def _matmul_by_torch(p: Tensors, a: Args) -> dict[str, Tensor]:
    return {"c": torch.addmm(p["c"], p["a"], p["b"], alpha=a["alpha"], beta=a["beta"])}


def _matmul_transb_by_torch(p: Tensors, a: Args) -> dict[str, Tensor]:
    if a["alpha"] == 1 and a["beta"] == 0:
        return {"c": nn.functional.linear(p["a"], p["b"])}
    return {"c": torch.addmm(p["c"], p["a"], p["b"].T, alpha=a["alpha"], beta=a["beta"])}


def _narrow_copy_by_torch(p: Tensors, a: Args) -> dict[str, Tensor]:
    return {"out": torch.narrow_copy(p["x"], a["dim"], a["start"], p["out"].shape[a["dim"]])}


GATHER = Function(
    "gather",
    ["out"],
    lambda p, a: {"out": hooks.gather(p["table"], a["indices"])},
    lambda numerics, p, a, s: {"out": operators.gather(numerics, p["table"], a["indices"])},
    is_copy=True,
)
RMS_NORM = Function(
    "rms_norm",
    ["out"],
    lambda p, a: {"out": hooks.rms_norm(p["x"], p["weight"], a["eps"])},
    lambda numerics, p, a, s: {"out": operators.rms_norm(numerics, p["x"], p["weight"], a["eps"], s)},
)
MATMUL_TRANSB = Function(
    "matmul_transb",
    ["c"],
    _matmul_transb_by_torch,
    lambda numerics, p, a, s: {"c": operators.matmul_transb(numerics, p["c"], p["a"], p["b"], **a)},
)
ROPE_FREQUENCIES = Function(
    "rope_frequencies",
    ["inv_freq"],
    lambda p, a: {"inv_freq": hooks.rope_frequencies(2 * len(p["inv_freq"]), a["theta"])},
    lambda numerics, p, a, s: {
        "inv_freq": operators.rope_frequencies(numerics, 2 * len(p["inv_freq"]), a["theta"])
    },
)
ROPE = Function(
    "rope",
    ["x"],
    lambda p, a: {"x": hooks.rope(p["x"], a["start_pos"], p["inv_freq"])},
    lambda numerics, p, a, s: {"x": operators.rope(numerics, p["x"], a["start_pos"], p["inv_freq"])},
)
MASKED_SOFTMAX = Function(
    "masked_softmax",
    ["scores"],
    lambda p, _: {"scores": hooks.masked_softmax(p["scores"])},
    lambda numerics, p, _, s: {"scores": attention.masked_softmax(numerics, p["scores"])},
)
MATMUL = Function(
    "matmul",
    ["c"],
    _matmul_by_torch,
    lambda numerics, p, a, s: {"c": operators.matmul(numerics, p["c"], p["a"], p["b"], **a)},
)
SWIGLU = Function(
    "swiglu",
    ["out"],
    lambda p, _: {"out": hooks.swiglu(p["gate"], p["up"])},
    lambda numerics, p, _, s: {"out": operators.swiglu(numerics, p["gate"], p["up"])},
)
NARROW_COPY = Function(
    "narrow_copy",
    ["out"],
    _narrow_copy_by_torch,
    lambda numerics, p, a, s: {
        "out": operators.narrow_copy(numerics, p["x"], a["dim"], a["start"], p["out"].shape[a["dim"]])
    },
    is_copy=True,
)
SELF_ATTENTION = Function(
    "self_attention",
    ["out", "scores"],
    lambda p, _: hooks.self_attention(p["q"], p["k"], p["v"]),
    lambda numerics, p, _, s: attention.self_attention(numerics, p["q"], p["k"], p["v"]),
)

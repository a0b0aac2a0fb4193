"""The PyTorch models of masked_softmax and self_attention; operators.py has those of the other operators."""

from __future__ import annotations

import torch
from torch import Tensor

from reference.numerics import Numerics
from reference.operators import running_sum
from reference.switches import OFF, Switches


def masked_softmax(numerics: Numerics, scores: Tensor, switches: Switches = OFF) -> Tensor:
    """scores (n_heads, seq_len, total_len)"""
    old = numerics.cast(scores)
    seq_len, total_len = old.shape[-2:]
    seen = visible(seq_len, total_len, switches.get("mask", "causal"))
    hidden = torch.tensor(float("-inf"), dtype=numerics.dtype)
    kept = torch.where(seen, old, hidden)
    if switches.get("hidden") == "score_of_zero":
        kept = torch.where(seen, old, torch.zeros_like(hidden))
        seen = torch.ones_like(seen)

    axis = -2 if switches.get("normalised") == "over_queries" else -1
    largest = _largest(old, kept, axis, switches)
    exponential = torch.where(seen, _power(kept - largest, switches), 0.0)
    weights = exponential / _total(numerics, old - largest, exponential, axis, switches)
    weights = torch.where(seen, weights, 0.0)
    numerics.track(weights)
    if switches.get("tail") == "kept":
        weights = torch.where(seen, weights, old)
    return weights


def _power(x: Tensor, switches: Switches) -> Tensor:
    return x.exp2() if switches.get("base") == "two" else x.exp()


def _largest(old: Tensor, kept: Tensor, axis: int, switches: Switches) -> Tensor:
    """What is subtracted before the exponential."""
    kind = switches.get("largest", "of_visible")
    largest = kept.max(dim=axis, keepdim=True).values
    if kind == "none":
        return torch.zeros_like(largest)
    if kind == "at_least_zero":
        return largest.clamp(min=0)
    if kind == "of_all":  # a comparison with NaN is false, so NaN is never the largest
        return old.nan_to_num(float("-inf"), float("inf")).max(dim=axis, keepdim=True).values
    return largest


def _total(numerics: Numerics, shifted: Tensor, exponential: Tensor, axis: int, switches: Switches) -> Tensor:
    """By what the exponentials are divided."""
    kind = switches.get("total", "of_visible")
    if kind == "none":
        return torch.ones((), dtype=numerics.dtype)
    if kind == "of_all":
        exponential = _power(shifted, switches)
    total = numerics.sum(exponential.transpose(axis, -1), tracked=False).unsqueeze(-1).transpose(axis, -1)
    if kind == "of_head":
        return total.sum(dim=-2, keepdim=True)
    if kind == "carried_over_rows":
        return running_sum(total)
    return total


def visible(seq_len: int, total_len: int, mask: str = "causal") -> Tensor:
    """Which keys a query sees, (seq_len, total_len): the new tokens are the last ones."""
    key = torch.arange(total_len)
    last = torch.arange(seq_len) + total_len - seq_len
    if mask == "top_left":
        last = torch.arange(seq_len)
    elif mask == "without_itself":
        last = last - 1
    elif mask == "with_the_next":
        last = last + 1
    elif mask == "none":
        last = torch.full_like(last, total_len)
    return key <= last[:, None]


def self_attention(numerics: Numerics, q: Tensor, k: Tensor, v: Tensor) -> dict[str, Tensor]:
    """q (seq_len, n_heads, head_dim), k and v (total_len, n_kv_heads, head_dim).

    Gives out (seq_len, n_heads, head_dim) and scores, the weights (n_heads, seq_len, total_len).
    """
    kv_head = kv_heads(q.shape[1], k.shape[1])
    queries = numerics.cast(q).transpose(0, 1)
    keys = numerics.cast(k).transpose(0, 1)[kv_head]
    values = numerics.cast(v).transpose(0, 1)[kv_head]
    scale = q.shape[-1] ** -0.5
    scores = numerics.matmul(queries * scale, keys.transpose(1, 2))
    weights = masked_softmax(numerics, scores)
    out = numerics.matmul(weights, values)
    return {"out": out.transpose(0, 1).contiguous(), "scores": weights}


def kv_heads(n_heads: int, n_kv_heads: int) -> list[int]:
    """Which KV head each query head uses."""
    group = n_heads // n_kv_heads
    return [head // group for head in range(n_heads)]

"""The PyTorch models of masked_softmax and self_attention, as operators.py has them for the other operators."""

from __future__ import annotations

import torch
from torch import Tensor

from reference.numerics import Numerics


def masked_softmax(numerics: Numerics, scores: Tensor) -> Tensor:
    """scores (n_heads, seq_len, total_len)"""
    scores = numerics.cast(scores)
    seen = visible(scores.shape[-2], scores.shape[-1])
    hidden = torch.tensor(float("-inf"), dtype=numerics.dtype)
    kept = torch.where(seen, scores, hidden)
    largest = kept.max(dim=-1, keepdim=True).values
    exponential = (kept - largest).exp()
    total = numerics.sum(exponential, tracked=False)
    weights = exponential / total.unsqueeze(-1)
    numerics.track(weights)
    return weights


def visible(seq_len: int, total_len: int) -> Tensor:
    """Which keys a query sees, (seq_len, total_len): the new tokens are the last ones."""
    key = torch.arange(total_len)
    last = torch.arange(seq_len) + total_len - seq_len
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

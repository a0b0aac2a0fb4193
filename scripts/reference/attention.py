"""The PyTorch models of masked_softmax and self_attention; operators.py has those of the other operators."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

from reference.memory import at
from reference.numerics import Numerics
from reference.operators import running_sum
from reference.switches import OFF, Raised, Switches


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


def self_attention(
    numerics: Numerics,
    q: Tensor,
    k: Tensor,
    v: Tensor,
    switches: Switches = OFF,
    old: Mapping[str, Tensor] | None = None,
) -> dict[str, Tensor]:
    """q (seq_len, n_heads, head_dim), k and v (total_len, n_kv_heads, head_dim).

    Gives out (seq_len, n_heads, head_dim) and scores, the weights (n_heads, seq_len, total_len). Some
    mistakes leave something of what stood in these, `old`.
    """
    old = old or {}
    if switches.get("keys"):
        return _over_some_keys(numerics, q, k, v, switches, old)
    key_head = kv_heads(q.shape[1], k.shape[1], switches.get("key_head", "grouped"))
    value_head = kv_heads(q.shape[1], k.shape[1], switches.get("value_head", "grouped"))
    if switches.get("k_rows_apart") == "width_of_q":
        k = at(k, k.shape, [q.shape[1] * q.shape[2], k.shape[2], 1])
    of_keys = v if switches.get("keys_from") == "v" else k
    of_values = k if switches.get("values_from") == "k" else v

    queries = numerics.cast(q).transpose(0, 1)
    keys = numerics.cast(of_keys).transpose(0, 1)[key_head]
    values = numerics.cast(of_values).transpose(0, 1)[value_head]
    scale = _scale(q, k, switches)
    scale_of_scores = 1.0 if switches.get("scaled") == "weights" else scale
    scores = numerics.matmul(queries * scale_of_scores, keys.transpose(1, 2))
    if switches.get("heads") == "summed":
        scores = scores.sum(dim=0, keepdim=True).expand(scores.shape)
    elif switches.get("heads") == "first_only":
        scores = torch.cat([scores[:1], numerics.cast(old["scores"])[1:]])
    if switches.get("scores_start") == "old":
        scores = scores + numerics.cast(old["scores"])

    weights, multiplied = _weights(numerics, scores, switches, old)
    if switches.get("scaled") == "weights":
        weights = multiplied = weights * scale
    out = (
        _weighted(numerics, multiplied, values, of_values, value_head, switches).transpose(0, 1).contiguous()
    )
    if switches.get("scaled") == "scores_and_out":
        out = out * scale
    if switches.get("heads") == "first_only":
        out = torch.cat([out[:, :1], numerics.cast(old["out"])[:, 1:]], dim=1)
    return {"out": out, "scores": weights}


def _over_some_keys(
    numerics: Numerics, q: Tensor, k: Tensor, v: Tensor, switches: Switches, old: Mapping[str, Tensor]
) -> dict[str, Tensor]:
    """As many keys as there are queries: this call's own, or the first ones."""
    seq_len, past = len(q), len(k) - len(q)
    first = past if switches["keys"] == "of_this_call" else 0
    part = slice(first, first + seq_len)
    rest = {name: value for name, value in switches.items() if name != "keys"}
    beside = numerics.cast(old["scores"])
    result = self_attention(numerics, q, k[part], v[part], rest, {**old, "scores": old["scores"][..., part]})
    if first:
        scores = torch.cat([torch.zeros_like(beside[..., :past]), result["scores"]], dim=-1)
    else:
        scores = torch.cat([result["scores"], beside[..., seq_len:]], dim=-1)
    return {"out": result["out"], "scores": scores}


def _scale(q: Tensor, k: Tensor, switches: Switches) -> float:
    (_, n_heads, head_dim), total_len = q.shape, len(k)
    kind = switches.get("scale", "1/sqrt(head_dim)")
    return float(
        {
            "1/sqrt(head_dim)": head_dim**-0.5,
            "none": 1,
            "1/head_dim": 1 / head_dim,
            "sqrt(head_dim)": head_dim**0.5,
            "1/8": 1 / 8,
            "1/sqrt(width)": (n_heads * head_dim) ** -0.5,
            "1/sqrt(total_len)": total_len**-0.5,
        }[kind]
    )


def _weights(
    numerics: Numerics, scores: Tensor, switches: Switches, old: Mapping[str, Tensor]
) -> tuple[Tensor, Tensor]:
    """What stands in scores in the end, and the weights with which each head multiplies its values."""
    blocks = switches.get("score_blocks", "of_each_head")
    if blocks == "first_for_all":
        weights = masked_softmax(
            numerics, torch.cat([scores[-1:], numerics.cast(old["scores"])[1:]]), switches
        )
        return weights, weights[:1].expand(weights.shape)
    if blocks == "head_times_query":
        n_heads, seq_len, total_len = scores.shape
        rows = at(old["scores"], [n_heads * seq_len, total_len], [total_len, 1])
        row_of = torch.arange(n_heads)[:, None] * torch.arange(seq_len)
        for head, query in torch.cartesian_prod(torch.arange(n_heads), torch.arange(seq_len)).tolist():
            rows[row_of[head, query]] = scores[head, query]
        weights = masked_softmax(numerics, old["scores"], switches)
        old["scores"].copy_(weights)
        return weights, rows[row_of].clone()
    softmax = switches.get("softmax", "every_head")
    if softmax == "none":
        return scores, scores
    weights = masked_softmax(numerics, scores, switches)
    if softmax == "first_head":
        weights = torch.cat([weights[:1], scores[1:]])
    return weights, weights


def _weighted(
    numerics: Numerics,
    weights: Tensor,
    values: Tensor,
    v: Tensor,
    value_head: list[int],
    switches: Switches,
) -> Tensor:
    """weights (n_heads, seq_len, total_len) times values, v's by head: (n_heads, seq_len, head_dim)"""
    total_len, head_dim = values.shape[1:]
    product = switches.get("weighted", "values")
    if product == "rows_of_values":  # with matmul_transb
        if head_dim > total_len:
            raise Raised("out_of_range")
        rows = [at(v, [head_dim, total_len], [v.stride(0), 1], head * v.stride(1)) for head in value_head]
        return numerics.matmul(weights, numerics.cast(torch.stack(rows)).transpose(1, 2))
    if product == "all_but_last_value":
        weights, values = weights[..., :-1], values[:, :-1]
    if product == "values_of_all_heads":
        return numerics.matmul(weights, numerics.cast(v).transpose(0, 1).sum(dim=0).expand(values.shape))
    return numerics.matmul(weights, values)


def kv_heads(n_heads: int, n_kv_heads: int, kind: str = "grouped") -> list[int]:
    """Which KV head each query head uses."""
    group = n_heads // n_kv_heads
    heads = [
        {
            "grouped": head // group,
            "modulo": head % n_kv_heads,
            "divided_by_kv_heads": head // n_kv_heads,
            "pairs": head // 2,
            "first": 0,
            "from_the_end": n_kv_heads - 1 - head // group,
        }[kind]
        for head in range(n_heads)
    ]
    if max(heads) >= n_kv_heads:
        raise Raised("invalid_argument")
    return heads

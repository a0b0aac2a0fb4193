"""What transformers itself computes: its modules run with hooks and its functions wrapped.

Everything here works in the type of its arguments: float32 gives golden tensors, float64 within
precision.float64 the truth. Shapes are the contracts': (seq_len, n_heads, head_dim).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

import torch
from torch import Tensor, nn
from transformers import DynamicCache, LlamaConfig, LlamaModel
from transformers.models.llama import modeling_llama

from reference.numerics import MismatchError


@dataclass
class FunctionCall:
    """One call of a wrapped function."""

    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    result: Any


@contextmanager
def wrapped(function: str) -> Iterator[list[FunctionCall]]:
    """Records every call of a function of transformers' Llama. Raises MismatchError if there was none."""
    original: Callable[..., Any] = getattr(modeling_llama, function)
    calls: list[FunctionCall] = []

    def recording(*args: object, **kwargs: object) -> object:
        result = original(*args, **kwargs)
        calls.append(FunctionCall(args, kwargs, result))
        return result

    with patch.object(modeling_llama, function, recording):
        yield calls
    if not calls:
        raise MismatchError(f"transformers' Llama did not call {function}")


@contextmanager
def outputs_replaced(replacements: dict[nn.Module, object]) -> Iterator[None]:
    """Lets each module return the given output, whatever it is fed."""
    handles = [
        module.register_forward_hook(lambda _module, _args, _output, value=value: value)
        for module, value in replacements.items()
    ]
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()


def rms_norm(x: Tensor, weight: Tensor, eps: float) -> Tensor:
    """LlamaRMSNorm on x (…, width)."""
    norm = modeling_llama.LlamaRMSNorm(len(weight), eps=eps)
    norm.weight = nn.Parameter(weight, requires_grad=False)
    out: Tensor = norm(x)
    return out


def swiglu(gate: Tensor, up: Tensor) -> Tensor:
    """What LlamaMLP hands to down_proj, (rows, width)."""
    config = LlamaConfig(hidden_size=1, intermediate_size=gate.shape[-1], num_attention_heads=1)
    mlp = modeling_llama.LlamaMLP(config).requires_grad_(False)
    received: list[Tensor] = []
    mlp.down_proj.register_forward_pre_hook(lambda _module, args: received.append(args[0]))
    with outputs_replaced({mlp.gate_proj: gate, mlp.up_proj: up}):
        mlp(torch.zeros(len(gate), 1))
    (out,) = received
    return out


def gather(table: Tensor, indices: Sequence[int]) -> Tensor:
    """nn.Embedding with table (rows, width) as its weight, as LlamaModel's embed_tokens."""
    rows, width = table.shape
    rows_picked: Tensor = nn.Embedding(rows, width, _weight=table)(torch.tensor(indices))
    return rows_picked.detach()


def rope_frequencies(head_dim: int, theta: float) -> Tensor:
    """LlamaRotaryEmbedding's inv_freq, (head_dim / 2)."""
    rotary = modeling_llama.LlamaRotaryEmbedding(_one_layer(1, 1, head_dim, theta))
    inv_freq: Tensor = rotary.inv_freq
    return inv_freq


def rope(x: Tensor, start_pos: int, inv_freq: Tensor) -> Tensor:
    """The queries that apply_rotary_pos_emb gives back to a LlamaModel whose q_proj returned x."""
    seq_len, n_heads, head_dim = x.shape
    config = _one_layer(n_heads, 1, head_dim)
    model = LlamaModel(config).eval().requires_grad_(False)
    model.rotary_emb.inv_freq = inv_freq
    position = torch.arange(start_pos, start_pos + seq_len)
    with (
        wrapped("apply_rotary_pos_emb") as calls,
        outputs_replaced({model.layers[0].self_attn.q_proj: x.reshape(1, seq_len, n_heads * head_dim)}),
    ):
        model(inputs_embeds=torch.zeros(1, seq_len, config.hidden_size), position_ids=position[None])
    (call,) = calls
    rotated: Tensor = call.result[0][0]
    return rotated.transpose(0, 1).contiguous()


def masked_softmax(scores: Tensor) -> Tensor:
    """The weights that eager attention makes of scores (n_heads, seq_len, total_len) under its own mask.

    With the unit matrix for keys and no scaling, the scores are the queries.
    """
    total_len = scores.shape[-1]
    head_dim = total_len + total_len % 2  # transformers takes no odd one
    # 0 · NaN would carry what stands in one column into others; such values only stand where no query looks.
    finite = torch.where(scores.isfinite(), scores, torch.zeros_like(scores))
    queries = nn.functional.pad(finite, (0, head_dim - total_len)).transpose(0, 1)
    units = torch.eye(total_len, head_dim)[:, None, :]
    return self_attention(queries, units, torch.zeros_like(units), scaling=1.0)["scores"]


def self_attention(q: Tensor, k: Tensor, v: Tensor, scaling: float | None = None) -> dict[str, Tensor]:
    """Output and weights of eager attention in a LlamaModel whose cache holds all but the new tokens' keys.

    q (seq_len, n_heads, head_dim); k, v (total_len, n_kv_heads, head_dim). Its projections return the new
    tokens' rows of q, k and v; its rotation is by no angle, since they are rotated already.
    """
    (seq_len, n_heads, head_dim), (total_len, n_kv_heads, _) = q.shape, k.shape
    past = total_len - seq_len
    config = _one_layer(n_heads, n_kv_heads, head_dim)
    model = LlamaModel(config).eval().requires_grad_(False)
    attention = model.layers[0].self_attn
    if scaling is not None:
        attention.scaling = scaling
    cache = DynamicCache(config=config)
    if past > 0:
        cache.update(k[None, :past].transpose(1, 2), v[None, :past].transpose(1, 2), 0)
    ones = torch.ones(1, seq_len, head_dim)
    replaced = {
        attention.q_proj: q.reshape(1, seq_len, n_heads * head_dim),
        attention.k_proj: k[past:].reshape(1, seq_len, n_kv_heads * head_dim),
        attention.v_proj: v[past:].reshape(1, seq_len, n_kv_heads * head_dim),
        model.rotary_emb: (ones, torch.zeros_like(ones)),
    }
    with wrapped("eager_attention_forward") as calls, outputs_replaced(replaced):
        model(
            inputs_embeds=torch.zeros(1, seq_len, config.hidden_size), past_key_values=cache, use_cache=True
        )
    (call,) = calls
    for given, expected in zip(call.args[1:4], (q, k, v), strict=True):
        if not torch.equal(given[0].transpose(0, 1), expected):
            raise MismatchError("transformers' attention got other queries, keys or values than were given")
    out, weights = call.result
    return {"out": out[0].contiguous(), "scores": weights[0].contiguous()}


def _one_layer(n_heads: int, n_kv_heads: int, head_dim: int, theta: float = 10000.0) -> Any:  # noqa: ANN401
    """A LlamaConfig that is no larger than its heads ask for."""
    return LlamaConfig(
        vocab_size=1,
        hidden_size=n_heads,
        intermediate_size=1,
        num_hidden_layers=1,
        num_attention_heads=n_heads,
        num_key_value_heads=n_kv_heads,
        head_dim=head_dim,
        rope_parameters={"rope_type": "default", "rope_theta": theta},
        attn_implementation="eager",
        bos_token_id=None,
        eos_token_id=None,
        pad_token_id=None,
    )

"""One PyTorch model for each contract function of step 2, as operators.py has them for steps 0 and 1."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

from reference.attention import self_attention
from reference.numerics import Numerics
from reference.operators import gather, matmul_transb, rms_norm, rope, rope_frequencies, swiglu

Weights = Mapping[str, Tensor]


@dataclass(frozen=True)
class Config:
    """The fields of config.json that the functions read, under the kit's names."""

    n_layers: int
    n_heads: int
    n_kv_heads: int
    head_dim: int
    rms_norm_eps: float
    rope_theta: float
    rope_scaling: Mapping[str, Any] | None
    tie_word_embeddings: bool

    @staticmethod
    def of(config: Mapping[str, Any]) -> Config:
        n_heads = config["num_attention_heads"]
        rope = config["rope_parameters"]
        return Config(
            n_layers=config["num_hidden_layers"],
            n_heads=n_heads,
            n_kv_heads=config["num_key_value_heads"],
            head_dim=config.get("head_dim") or config["hidden_size"] // n_heads,
            rms_norm_eps=config["rms_norm_eps"],
            rope_theta=rope["rope_theta"],
            rope_scaling=rope if rope["rope_type"] == "llama3" else None,
            tie_word_embeddings=config["tie_word_embeddings"],
        )


@dataclass
class Cache:
    """Keys and values of one layer, (length, n_kv_heads, head_dim)."""

    k: Tensor
    v: Tensor

    @staticmethod
    def empty(config: Config, dtype: torch.dtype) -> Cache:
        rows = torch.zeros(0, config.n_kv_heads, config.head_dim, dtype=dtype)
        return Cache(rows, rows)

    def append(self, k: Tensor, v: Tensor) -> None:
        self.k, self.v = torch.cat([self.k, k]), torch.cat([self.v, v])


@dataclass
class Trace:
    """Intermediate tensors by name, as kit/trace.h names them."""

    points: dict[str, Tensor] = field(default_factory=dict)
    prefix: str = ""

    def record(self, point: str, value: Tensor) -> None:
        self.points[self.prefix + point] = value

    def layer(self, index: int) -> Trace:
        return Trace(self.points, f"{self.prefix}model.layers.{index}.")


def layer_weights(weights: Weights, index: int) -> dict[str, Tensor]:
    """Weights of one layer under the names that LayerParams has for them."""
    prefix = f"model.layers.{index}."
    return {
        name.removeprefix(prefix).removesuffix(".weight").split(".")[-1]: weight
        for name, weight in weights.items()
        if name.startswith(prefix)
    }


def scale_rope_frequencies(inv_freq: Tensor, scaling: Mapping[str, Any] | None) -> Tensor:
    """inv_freq (head_dim / 2), slowed down as Llama 3 does it; this is the kit's, not the student's."""
    if scaling is None:
        return inv_freq
    context, low, high = (
        scaling["original_max_position_embeddings"],
        scaling["low_freq_factor"],
        scaling["high_freq_factor"],
    )
    wavelength = 2 * math.pi / inv_freq
    smooth = ((context / wavelength - low) / (high - low)).clamp(0, 1)
    scaled: Tensor = (1 - smooth) * inv_freq / scaling["factor"] + smooth * inv_freq
    return scaled


def linear(numerics: Numerics, x: Tensor, weight: Tensor) -> Tensor:
    """x (rows, width), weight (out, width)"""
    overwritten = torch.zeros(len(x), len(weight), dtype=numerics.dtype)
    return matmul_transb(numerics, overwritten, x, weight)


def split_heads(x: Tensor, head_dim: int) -> Tensor:
    """(seq_len, heads * head_dim) to (seq_len, heads, head_dim)"""
    return x.reshape(len(x), -1, head_dim)


def attention_block(
    numerics: Numerics,
    residual: Tensor,
    cache: Cache,
    config: Config,
    layer: Weights,
    inv_freq: Tensor,
    trace: Trace,
) -> Tensor:
    """residual (seq_len, hidden_size) to the residual after attention; appends the new rows to the cache."""
    past_len = len(cache.k)

    hidden = rms_norm(numerics, residual, layer["input_layernorm"], config.rms_norm_eps)
    trace.record("input_layernorm", hidden)
    q = linear(numerics, hidden, layer["q_proj"])
    k = linear(numerics, hidden, layer["k_proj"])
    v = linear(numerics, hidden, layer["v_proj"])
    trace.record("self_attn.q_proj", q)
    trace.record("self_attn.k_proj", k)
    trace.record("self_attn.v_proj", v)

    q_rotated = rope(numerics, split_heads(q, config.head_dim), past_len, inv_freq)
    k_rotated = rope(numerics, split_heads(k, config.head_dim), past_len, inv_freq)
    trace.record("self_attn.q_rotated", q_rotated)
    trace.record("self_attn.k_rotated", k_rotated)
    cache.append(k_rotated, split_heads(v, config.head_dim))

    attention = self_attention(numerics, q_rotated, cache.k, cache.v)
    output = attention["out"].flatten(1)
    trace.record("self_attn.weights", attention["scores"])
    trace.record("self_attn.output", output)

    residual = matmul_transb(numerics, residual, output, layer["o_proj"], alpha=1, beta=1)
    trace.record("residual_after_attention", residual)
    return residual


def mlp(numerics: Numerics, residual: Tensor, config: Config, layer: Weights, trace: Trace) -> Tensor:
    """residual (seq_len, hidden_size) to the residual at the end of the layer."""
    hidden = rms_norm(numerics, residual, layer["post_attention_layernorm"], config.rms_norm_eps)
    trace.record("post_attention_layernorm", hidden)
    gate = linear(numerics, hidden, layer["gate_proj"])
    up = linear(numerics, hidden, layer["up_proj"])
    trace.record("mlp.gate_proj", gate)
    trace.record("mlp.up_proj", up)

    activated = swiglu(numerics, gate, up)
    trace.record("mlp.swiglu", activated)

    residual = matmul_transb(numerics, residual, activated, layer["down_proj"], alpha=1, beta=1)
    trace.record("residual", residual)
    return residual


def forward(
    numerics: Numerics,
    tokens: Sequence[int],
    caches: Sequence[Cache],
    config: Config,
    weights: Weights,
    trace: Trace,
) -> Tensor:
    """The logits (vocab_size) after the last of `tokens`; `caches`, one for each layer, get longer."""
    frequencies = rope_frequencies(numerics, config.head_dim, config.rope_theta)
    inv_freq = scale_rope_frequencies(frequencies, config.rope_scaling)
    embed_tokens = weights["model.embed_tokens.weight"]
    lm_head = embed_tokens if config.tie_word_embeddings else weights["lm_head.weight"]

    residual = gather(numerics, embed_tokens, tokens)
    trace.record("model.embed_tokens", residual)
    for index in range(config.n_layers):
        layer = layer_weights(weights, index)
        layer_trace = trace.layer(index)
        residual = attention_block(numerics, residual, caches[index], config, layer, inv_freq, layer_trace)
        residual = mlp(numerics, residual, config, layer, layer_trace)

    last = rms_norm(numerics, residual[-1:], weights["model.norm.weight"], config.rms_norm_eps)
    trace.record("model.norm", last)
    logits = linear(numerics, last, lm_head)
    trace.record("lm_head", logits)
    return logits[0]

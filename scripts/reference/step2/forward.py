"""One PyTorch model for each contract function of step 2, as operators.py has them for steps 0 and 1.

`switches` are the decisions of the function that gets them; those it calls get none.
"""

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
from reference.switches import OFF, Raised, Switches, choice
from reference.trace_points import layer_prefix

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
    """Keys and values by layer, (capacity, n_kv_heads, head_dim) each, of which `length` rows hold tokens."""

    k: list[Tensor]
    v: list[Tensor]
    length: int = 0

    @staticmethod
    def filled(config: Config, capacity: int, value: float, dtype: torch.dtype) -> Cache:
        shape = (capacity, config.n_kv_heads, config.head_dim)
        k, v = ([torch.full(shape, value, dtype=dtype) for _ in range(config.n_layers)] for _ in "kv")
        return Cache(k, v)


def rows(storage: Tensor, begin: int, end: int) -> Tensor:
    """A slice as the kit's views give it. Raises Raised if it reaches beyond the capacity."""
    if end > len(storage):
        raise Raised("invalid_argument")
    return storage[begin:end]


@dataclass
class Trace:
    """Intermediate tensors by the name of their trace point."""

    points: dict[str, Tensor] = field(default_factory=dict)
    prefix: str = ""

    def record(self, point: str, value: Tensor) -> None:
        self.points[self.prefix + point] = value

    def layer(self, index: int) -> Trace:
        return Trace(self.points, self.prefix + layer_prefix(index))


def layer_weights(weights: Weights, index: int) -> dict[str, Tensor]:
    """Weights of one layer under the names that LayerParams has for them."""
    prefix = layer_prefix(index)
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


def normed(
    numerics: Numerics, x: Tensor, layer: Weights, weight: str, config: Config, switches: Switches
) -> Tensor:
    """What a block hands to its projections."""
    eps = switches.get("eps", config.rms_norm_eps)
    norm = layer[switches.get("norm_weight", weight)]
    if switches.get("norm") in ("none", "after"):
        return numerics.cast(x)
    hidden = rms_norm(numerics, x, norm, eps)
    return rms_norm(numerics, hidden, norm, eps) if switches.get("norm") == "twice" else hidden


def added(
    numerics: Numerics,
    residual: Tensor,
    hidden: Tensor,
    projected: tuple[Tensor, Tensor],
    norm: tuple[Tensor, float],
    switches: Switches,
) -> Tensor:
    """The residual after a block whose last product is that of `projected`; `norm` is the block's."""
    kept = hidden if switches.get("norm") == "in_place" else residual
    beta = choice(switches, "residual", 1, overwritten=0, added_twice=2)
    after = matmul_transb(numerics, numerics.cast(kept), *projected, alpha=1, beta=beta)
    return rms_norm(numerics, after, *norm) if switches.get("norm") == "after" else after


def attention_block(
    numerics: Numerics,
    residual: Tensor,
    cache: Cache,
    index: int,
    config: Config,
    layer: Weights,
    inv_freq: Tensor,
    trace: Trace,
    switches: Switches = OFF,
    scores_len: int | None = None,
) -> Tensor:
    """residual (seq_len, hidden_size) to the residual after attention; writes the new rows of the cache.

    scores_len: how many keys the workspace has room for, if that isn't the number of tokens so far.
    """
    seq_len, past_len = len(residual), cache.length
    total_len = past_len + seq_len
    storages = [cache.k[index], cache.v[index]]
    if switches.get("cache") == "exchanged":
        storages.reverse()
    k_all, v_all = (rows(storage, 0, total_len) for storage in storages)
    from_end = len(storages[0]) - seq_len
    begin = choice(
        switches,
        "rows",
        past_len,
        from_zero=0,
        one_early=max(past_len - 1, 0),
        one_late=past_len + 1,
        from_end=from_end,
    )
    k_new, v_new = (rows(storage, begin, begin + seq_len) for storage in storages)

    hidden = normed(numerics, residual, layer, "input_layernorm", config, switches)
    trace.record("input_layernorm", hidden)
    names = choice(switches, "weights", ("k_proj", "v_proj"), k_v_exchanged=("v_proj", "k_proj"))
    q, k, v = (linear(numerics, hidden, layer[name]) for name in ("q_proj", *names))
    trace.record("self_attn.q_proj", q)
    trace.record("self_attn.k_proj", k)
    trace.record("self_attn.v_proj", v)

    if switches.get("frequencies") == "scaled_again":
        inv_freq = scale_rope_frequencies(inv_freq, config.rope_scaling)
    position = choice(switches, "positions", past_len, from_zero=0, from_one=past_len + 1)
    rotated = switches.get("rotated", "qk")

    def turned(name: str, x: Tensor) -> Tensor:
        heads = split_heads(x, config.head_dim)
        return rope(numerics, heads, position, inv_freq) if name in rotated else heads

    q_rotated, k_rotated = turned("q", q), turned("k", k)
    trace.record("self_attn.q_rotated", q_rotated)
    trace.record("self_attn.k_rotated", k_rotated)
    k_new.copy_(k_rotated)
    v_new.copy_(turned("v", v))
    if switches.get("cached_keys") == "rotated_again":
        k_all[:past_len] = rope(numerics, k_all[:past_len], 0, inv_freq)

    seen = slice(None, scores_len)
    if switches.get("keys") == "new_only":
        seen = slice(begin, begin + seq_len)
    values = k_all if switches.get("values") == "keys" else v_all
    attention = self_attention(numerics, q_rotated, k_all[seen], values[seen])
    output = attention["out"].flatten(1)
    trace.record("self_attn.weights", attention["scores"])
    trace.record("self_attn.output", output)

    norm = (layer["input_layernorm"], config.rms_norm_eps)
    residual = added(numerics, residual, hidden, (output, layer["o_proj"]), norm, switches)
    trace.record("residual_after_attention", residual)
    if switches.get("cache_length") == "advanced":
        cache.length += seq_len
    return residual


def mlp(
    numerics: Numerics,
    residual: Tensor,
    config: Config,
    layer: Weights,
    trace: Trace,
    switches: Switches = OFF,
) -> Tensor:
    """residual (seq_len, hidden_size) to the residual at the end of the layer."""
    hidden = normed(numerics, residual, layer, "post_attention_layernorm", config, switches)
    trace.record("post_attention_layernorm", hidden)
    names = choice(
        switches,
        "weights",
        ("gate_proj", "up_proj"),
        exchanged=("up_proj", "gate_proj"),
        gate_twice=("gate_proj", "gate_proj"),
    )
    gate, up = (linear(numerics, hidden, layer[name]) for name in names)
    trace.record("mlp.gate_proj", gate)
    trace.record("mlp.up_proj", up)

    activated = product(numerics, gate, up, switches)
    trace.record("mlp.swiglu", activated)

    norm = (layer["post_attention_layernorm"], config.rms_norm_eps)
    residual = added(numerics, residual, hidden, (activated, layer["down_proj"]), norm, switches)
    trace.record("residual", residual)
    return residual


def product(numerics: Numerics, gate: Tensor, up: Tensor, switches: Switches) -> Tensor:
    """What goes into down_proj."""
    way = switches.get("product")
    if way == "gate_only":
        return gate
    if way == "up_only":
        return up
    if way == "silu_of_gate_only":
        return swiglu(numerics, gate, torch.ones_like(up))
    if way == "no_activation":
        numerics.track(gate * up)
        return gate * up
    return swiglu(numerics, up, gate) if way == "silu_of_up" else swiglu(numerics, gate, up)


def forward(
    numerics: Numerics,
    tokens: Sequence[int],
    cache: Cache,
    config: Config,
    weights: Weights,
    trace: Trace,
    switches: Switches = OFF,
    logits_before: Tensor | None = None,
) -> Tensor:
    """The logits (vocab_size) after the last of `tokens`, whose rows come into the cache.

    logits_before: what the buffer held.
    """
    seq_len = len(tokens)
    frequencies = rope_frequencies(numerics, config.head_dim, switches.get("theta", config.rope_theta))
    scaling = None if switches.get("scaling") == "none" else config.rope_scaling
    inv_freq = scale_rope_frequencies(frequencies, scaling)

    growth = choice(
        switches,
        "length",
        seq_len,
        never=0,
        by_one=1,
        twice=2 * seq_len,
        by_layer=0,
        before=0,
        set=seq_len - cache.length,
    )
    if switches.get("length") == "before":
        cache.length += seq_len
    embedded = embedding(numerics, tokens, config, weights, switches)
    trace.record("model.embed_tokens", embedded)
    residual = embedded
    scores_len = cache.length + seq_len
    for index in range(switches.get("n_layers", config.n_layers - switches.get("layers_left_out", 0))):
        if index >= config.n_layers:
            raise Raised("out_of_range")  # the cache has no such layer
        layer = layer_weights(weights, choice(switches, "weights", index, first_layer=0))
        cached = choice(switches, "cache", index, first_layer=0)
        layer_trace = trace.layer(index)
        if switches.get("layer_input") == "embedding":
            residual = embedded
        for block in switches.get("blocks", ("attention", "mlp")):
            if block == "mlp":
                residual = mlp(numerics, residual, config, layer, layer_trace)
            else:
                residual = attention_block(
                    numerics, residual, cache, cached, config, layer, inv_freq, layer_trace, OFF, scores_len
                )
        if switches.get("length") == "by_layer":
            cache.length += seq_len
    cache.length += growth

    row = choice(switches, "row", seq_len - 1, first=0, at_cache_length=cache.length - 1)
    last = final_norm(numerics, rows(residual, row, row + 1), config, weights, switches)
    trace.record("model.norm", last)
    tied = config.tie_word_embeddings or switches.get("lm_head") == "embedding"
    lm_head = weights["model.embed_tokens.weight" if tied else "lm_head.weight"]
    logits = linear(numerics, last, lm_head)
    if logits_before is not None and switches.get("logits") == "added":
        logits = matmul_transb(numerics, numerics.cast(logits_before)[None], last, lm_head, alpha=1, beta=1)
    trace.record("lm_head", logits)
    return logits[0]


def embedding(
    numerics: Numerics, tokens: Sequence[int], config: Config, weights: Weights, switches: Switches
) -> Tensor:
    """The residual (seq_len, hidden_size) before the first layer."""
    rows_of_tokens = gather(numerics, weights["model.embed_tokens.weight"], tokens)
    if switches.get("embedding") == "scaled":
        return rows_of_tokens * torch.tensor(rows_of_tokens.shape[1], dtype=numerics.dtype).sqrt()
    if switches.get("embedding") == "normed":
        weight = weights["model.layers.0.input_layernorm.weight"]
        return rms_norm(numerics, rows_of_tokens, weight, config.rms_norm_eps)
    return rows_of_tokens


def final_norm(
    numerics: Numerics, last: Tensor, config: Config, weights: Weights, switches: Switches
) -> Tensor:
    if switches.get("final_norm") == "none":
        return last
    name = f"model.layers.{config.n_layers - 1}.post_attention_layernorm"
    weight = weights[choice(switches, "final_norm", "model.norm", of_last_layer=name) + ".weight"]
    return rms_norm(numerics, last, weight, switches.get("eps", config.rms_norm_eps))

"""Whole models in transformers, with every intermediate tensor under the names of kit/trace.h.

Works in the type that torch has as its default: float32 gives golden tensors, precision.float64 the truth.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from transformers import AutoModelForCausalLM, DynamicCache, LlamaConfig, LlamaForCausalLM
from transformers.utils import logging

from reference.case import Model
from reference.hooks import outputs_replaced, wrapped
from reference.numerics import MismatchError

# Modules whose output is a trace point of the same name; the rest come from inputs and functions.
TOP_MODULES = ("model.embed_tokens", "model.norm", "lm_head")
LAST_ROW_ONLY = ("model.norm", "lm_head")
LAYER_MODULES = (
    "input_layernorm",
    "self_attn.q_proj",
    "self_attn.k_proj",
    "self_attn.v_proj",
    "post_attention_layernorm",
    "mlp.gate_proj",
    "mlp.up_proj",
)
LAYER_INPUTS = {"post_attention_layernorm": "residual_after_attention", "mlp.down_proj": "mlp.swiglu"}


def load(folder: Path) -> Model:
    """A model folder, in float32."""
    logging.disable_progress_bar()  # loading takes no time, and the cases have a bar of their own
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
    tied = model.config.tie_word_embeddings
    weights = {
        name: weight for name, weight in model.state_dict().items() if not (tied and name == "lm_head.weight")
    }
    return Model(model.config.to_dict(), weights)


def in_float64(model: Model) -> Model:
    return Model(model.config, {name: weight.double() for name, weight in model.weights.items()})


def build(model: Model) -> Any:  # noqa: ANN401
    """The LlamaForCausalLM with these weights, in torch's default type."""
    config = LlamaConfig.from_dict(model.config, attn_implementation="eager")
    llama = LlamaForCausalLM(config).eval().requires_grad_(False)
    missing, unexpected = llama.load_state_dict(model.weights, strict=False)
    tied = ["lm_head.weight"] if config.tie_word_embeddings else []
    if missing != tied or unexpected:
        raise MismatchError(f"transformers misses {missing} and doesn't know {unexpected}")
    return llama


def inv_freq(model: Model) -> Tensor:
    """The frequencies of transformers' rotary embedding, scaled already, (head_dim / 2)."""
    frequencies: Tensor = build(model).model.rotary_emb.inv_freq
    return frequencies


@contextmanager
def traced(llama: Any) -> Iterator[dict[str, Tensor]]:  # noqa: ANN401
    """Records every trace point of the one forward pass that is made within; read them afterwards."""
    points: dict[str, Tensor] = {}

    def output_to(name: str, last_row: bool) -> Callable[..., None]:
        def hook(_module: nn.Module, _args: object, output: Tensor) -> None:
            points[name] = output[0, -1:] if last_row else output[0]

        return hook

    def input_to(name: str) -> Callable[..., None]:
        def hook(_module: nn.Module, args: tuple[Tensor, ...]) -> None:
            points[name] = args[0][0]

        return hook

    handles = [
        llama.get_submodule(name).register_forward_hook(output_to(name, name in LAST_ROW_ONLY))
        for name in TOP_MODULES
    ]
    for index, layer in enumerate(llama.model.layers):
        prefix = f"model.layers.{index}."
        handles += [
            layer.get_submodule(name).register_forward_hook(output_to(prefix + name, False))
            for name in LAYER_MODULES
        ]
        handles += [
            layer.get_submodule(name).register_forward_pre_hook(input_to(prefix + point))
            for name, point in LAYER_INPUTS.items()
        ]
        handles.append(layer.register_forward_hook(output_to(prefix + "residual", False)))
    try:
        with wrapped("apply_rotary_pos_emb") as rotations, wrapped("eager_attention_forward") as attentions:
            yield points
    finally:
        for handle in handles:
            handle.remove()
    for index, (rotation, attention) in enumerate(zip(rotations, attentions, strict=True)):
        prefix = f"model.layers.{index}.self_attn."
        points[prefix + "q_rotated"], points[prefix + "k_rotated"] = (
            x[0].transpose(0, 1) for x in rotation.result
        )
        output, weights = attention.result
        points[prefix + "weights"] = weights[0]
        points[prefix + "output"] = output[0].flatten(1)


def forward(
    model: Model, tokens: Sequence[int], chunks: Sequence[int], trace_chunk: int | None = None
) -> dict[str, Tensor]:
    """Feeds the tokens in chunks on one DynamicCache.

    Gives logits (n_chunks, vocab_size), cache.k and cache.v (n_layers, total_len, n_kv_heads, head_dim), and
    trace/NAME for the points of one of the chunks.
    """
    llama = build(model)
    cache = DynamicCache(config=llama.config)
    logits, trace = [], {}
    for index, chunk in enumerate(torch.split(torch.tensor(tokens), list(chunks))):
        with ExitStack() as stack:
            if index == trace_chunk:
                trace = stack.enter_context(traced(llama))
            logits.append(llama(chunk[None], past_key_values=cache, use_cache=True).logits[0, -1])
    return {
        "logits": torch.stack(logits),
        "cache.k": torch.stack([layer.keys[0].transpose(0, 1) for layer in cache.layers]),
        "cache.v": torch.stack([layer.values[0].transpose(0, 1) for layer in cache.layers]),
        **{f"trace/{name}": value for name, value in trace.items()},
    }


def cut_to(model: Model, n_layers: int) -> Model:
    """The model without the layers after its first n_layers."""

    def kept(name: str) -> bool:
        parts = name.split(".")
        return parts[1] != "layers" or int(parts[2]) < n_layers

    weights = {name: weight for name, weight in model.weights.items() if kept(name)}
    return Model({**model.config, "num_hidden_layers": n_layers}, weights)


def cut_logits(model: Model, tokens: Sequence[int]) -> Tensor:
    """The last token's logits of the model cut to 1 … n_layers layers, (n_layers, vocab_size)."""
    n_layers = model.config["num_hidden_layers"]
    return torch.cat(
        [forward(cut_to(model, n), tokens, [len(tokens)])["logits"] for n in range(1, n_layers + 1)]
    )


def attention_block(
    model: Model, index: int, residual: Tensor, k: Tensor, v: Tensor, inv_freq: Tensor
) -> dict[str, Tensor]:
    """The residual (seq_len, hidden_size) in the middle of layer `index`, and the new rows of its cache.

    A LlamaModel with this layer alone runs on a cache that holds k and v, (past_len, n_kv_heads, head_dim).
    """
    llama = build(model).model
    cache = DynamicCache(config=llama.config)
    if len(k) > 0:
        for layer in range(len(llama.layers)):  # transformers takes the positions from the first layer's
            cache.update(k[None].transpose(1, 2), v[None].transpose(1, 2), layer)
    llama.rotary_emb.inv_freq = inv_freq
    layer = llama.layers[index]
    llama.layers = nn.ModuleList([layer])
    received: list[Tensor] = []
    layer.post_attention_layernorm.register_forward_pre_hook(
        lambda _module, args: received.append(args[0][0])
    )
    llama(inputs_embeds=residual[None], past_key_values=cache, use_cache=True)
    (after,) = received
    rows = cache.layers[index]
    return {
        "residual": after,
        "cache.k": rows.keys[0].transpose(0, 1)[len(k) :],
        "cache.v": rows.values[0].transpose(0, 1)[len(v) :],
    }


def mlp(model: Model, index: int, residual: Tensor) -> dict[str, Tensor]:
    """The residual (seq_len, hidden_size) at the end of layer `index` if its attention adds nothing to it."""
    llama = build(model).model
    layer = llama.layers[index]
    llama.layers = nn.ModuleList([layer])
    returned: list[Tensor] = []
    layer.register_forward_hook(lambda _module, _args, output: returned.append(output[0]))
    with outputs_replaced({layer.self_attn: (torch.zeros_like(residual[None]), None)}):
        llama(inputs_embeds=residual[None], use_cache=False)
    (after,) = returned
    return {"residual": after}


def fields(model: Model) -> dict[str, str]:
    """From each field of Params to the name of the checkpoint's tensor that transformers uses for it."""
    llama = build(model)
    tensors = {weight.data_ptr(): name for name, weight in llama.named_parameters()}
    result = {}
    for path, weight in llama.named_parameters(remove_duplicate=False):
        parts = path.removesuffix(".weight").removeprefix("model.").split(".")
        field = ".".join([*parts[:2], parts[-1]] if parts[0] == "layers" else parts)
        result[field] = tensors[weight.data_ptr()]
    return result

"""Whole models in transformers, with every intermediate tensor under the name of its trace point.

Works in the type that torch has as its default: float32 gives golden tensors, precision.float64 the truth.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from transformers import AutoModelForCausalLM, DynamicCache, LlamaConfig, LlamaForCausalLM
from transformers.utils import logging

from reference import trace_points
from reference.case import Model
from reference.hooks import outputs_replaced, wrapped
from reference.numerics import MismatchError
from reference.trace_points import Point

# A trace point is the output of the module of its name, except for what a module is given, what a layer
# returns, and what functions return.
INPUT_OF = {"residual_after_attention": "post_attention_layernorm", "mlp.swiglu": "mlp.down_proj"}
OUTPUT_OF = {"residual": ""}
OF_FUNCTIONS = ("self_attn.q_rotated", "self_attn.k_rotated", "self_attn.weights", "self_attn.output")


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
    wanted = dict(trace_points.of_model(len(llama.model.layers)))
    handles = [
        _hooked(llama, name, point, points)
        for name, point in wanted.items()
        if point.name not in OF_FUNCTIONS
    ]
    try:
        with wrapped("apply_rotary_pos_emb") as rotations, wrapped("eager_attention_forward") as attentions:
            yield points
    finally:
        for handle in handles:
            handle.remove()
    for index, (rotation, attention) in enumerate(zip(rotations, attentions, strict=True)):
        output, weights = attention.result
        q_rotated, k_rotated = (x[0].transpose(0, 1) for x in rotation.result)
        results = (q_rotated, k_rotated, weights[0], output[0].flatten(1))
        for name, value in zip(OF_FUNCTIONS, results, strict=True):
            points[trace_points.layer_prefix(index) + name] = value
    recorded = dict(points)
    points.clear()
    for name, point in wanted.items():  # in their order
        if name not in recorded or recorded[name].dim() != len(point.axes):
            raise MismatchError(f"{name}: expected a trace point with the axes {', '.join(point.axes)}")
        points[name] = recorded.pop(name)
    if recorded:
        raise MismatchError(f"no trace points, or not listed as such: {', '.join(recorded)}")


def _hooked(llama: Any, name: str, point: Point, points: dict[str, Tensor]) -> Any:  # noqa: ANN401
    """Lets `points` have this one when the model runs."""
    layer = name.removesuffix(point.name)

    def module(of: str) -> nn.Module:
        try:
            found: nn.Module = llama.get_submodule((layer + of).removesuffix("."))
        except AttributeError as error:
            raise MismatchError(
                f"{name}: no module of transformers gives this trace point: {error}"
            ) from error
        return found

    def returned(_module: nn.Module, _args: object, output: Tensor) -> None:
        points[name] = output[0, -1:] if point.last_row else output[0]

    def received(_module: nn.Module, args: tuple[Tensor, ...]) -> None:
        points[name] = args[0][0]

    if point.name in INPUT_OF:
        return module(INPUT_OF[point.name]).register_forward_pre_hook(received)
    return module(OUTPUT_OF.get(point.name, point.name)).register_forward_hook(returned)


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

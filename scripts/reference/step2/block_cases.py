"""Golden cases of mlp and attention_block."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import torch
from torch import Tensor

from reference import llama
from reference.case import Case, Model, normal
from reference.numerics import Numerics, measure
from reference.precision import float64
from reference.recipe import Recipe
from reference.step2 import forward
from reference.step2.blocks import ATTENTION_BLOCKS, MLPS, Block
from reference.step2.forward import Cache, Config, Trace, layer_weights
from reference.step2.small_models import small_model
from reference.switches import Predicted, Switches


def residual_of(block: Block, width: int, gen: torch.Generator) -> Tensor:
    residual = normal((block.seq_len, width), gen) * block.scale
    if block.uneven_rows:
        residual *= 0.1 * 3 ** torch.arange(block.seq_len)[:, None]
    return residual


def layer_of(block: Block, config: Config) -> int:
    return block.layer % config.n_layers


def mlp_case(block: Block, model: Model, gen: torch.Generator) -> Case:
    config = Config.of(model.config)
    index = layer_of(block, config)
    residual = residual_of(block, model.config["hidden_size"], gen)
    golden = llama.mlp(model, index, residual)
    wide_model, wide_residual = llama.in_float64(model), residual.double()
    with float64():
        truth = llama.mlp(wide_model, index, wide_residual)

    def ours(numerics: Numerics) -> dict[str, Tensor]:
        layer = layer_weights(model.weights, index)
        return {"residual": forward.mlp(numerics, residual, config, layer, Trace())}

    measured = measure(ours, golden, truth)
    widths = {
        "hidden": model.config["hidden_size"],
        "gate": model.config["intermediate_size"],
        "up": model.config["intermediate_size"],
    }
    workspace = {
        f"workspace.{name}": block.workspace((block.seq_len, width), gen) for name, width in widths.items()
    }
    return Case(
        block.name,
        "mlp",
        block.purpose,
        before={"residual": residual, **workspace},
        after=golden,
        args={"layer": index},
        bounds=measured.bounds,
        noise=measured.noise,
        model=block.model,
    )


def attention_case(block: Block, model: Model, gen: torch.Generator) -> Case:
    config = Config.of(model.config)
    index = layer_of(block, config)
    residual = residual_of(block, model.config["hidden_size"], gen)
    row = (config.n_kv_heads, config.head_dim)
    past_k, past_v = (normal((block.cache_length, *row), gen) for _ in "kv")
    inv_freq = llama.inv_freq(model)
    golden = llama.attention_block(model, index, residual, past_k, past_v, inv_freq)
    wide_model, wide = llama.in_float64(model), [x.double() for x in (residual, past_k, past_v, inv_freq)]
    with float64():
        truth = llama.attention_block(wide_model, index, *wide)

    def ours(numerics: Numerics) -> dict[str, Tensor]:
        new = torch.zeros(block.seq_len, *row)
        k, v = (numerics.cast(torch.cat([past, new])) for past in (past_k, past_v))
        cache = Cache([k], [v], block.cache_length)
        layer = layer_weights(model.weights, index)
        after = forward.attention_block(numerics, residual, cache, 0, config, layer, inv_freq, Trace())
        return {
            "residual": after,
            "cache.k": k[block.cache_length :],
            "cache.v": v[block.cache_length :],
        }

    measured = measure(ours, golden, truth)
    total_len = block.cache_length + block.seq_len
    heads = (config.n_heads, config.head_dim)
    shapes: dict[str, tuple[int, ...]] = {
        "hidden": (block.seq_len, model.config["hidden_size"]),
        "q": (block.seq_len, *heads),
        "attention": (block.seq_len, *heads),
        "scores": (config.n_heads, block.seq_len, total_len),
    }
    before = {"residual": residual, "inv_freq": inv_freq}
    before |= {f"workspace.{name}": block.workspace(shape, gen) for name, shape in shapes.items()}
    after = {"residual": golden["residual"]}
    for name, past in (("cache.k", past_k), ("cache.v", past_v)):
        beyond = block.beyond((block.capacity - block.cache_length, *row), gen)
        before[name] = torch.cat([past, beyond])
        after[name] = torch.cat([past, golden[name], beyond[block.seq_len :]])
    return Case(
        block.name,
        "attention_block",
        block.purpose,
        before=before,
        after=after,
        args={"layer": index, "cache_length": block.cache_length, "capacity": block.capacity},
        bounds=measured.bounds,
        noise=measured.noise,
        expect={"cache_length": block.cache_length},
        model=block.model,
    )


def predict_mlp(case: Case, models: Mapping[str, Model], switches: Switches, numerics: Numerics) -> Predicted:
    model = small_model(case, models)
    layer = layer_weights(model.weights, case.args["layer"])
    config = Config.of(model.config)
    residual = forward.mlp(numerics, case.before["residual"], config, layer, Trace(), switches)
    return Predicted({"residual": residual})


def predict_attention_block(
    case: Case, models: Mapping[str, Model], switches: Switches, numerics: Numerics
) -> Predicted:
    model = small_model(case, models)
    k, v = (numerics.cast(case.before[name]).clone() for name in ("cache.k", "cache.v"))
    cache = Cache([k], [v], case.args["cache_length"])
    residual = forward.attention_block(
        numerics,
        case.before["residual"],
        cache,
        0,
        Config.of(model.config),
        layer_weights(model.weights, case.args["layer"]),
        case.before["inv_freq"],
        Trace(),
        switches,
    )
    return Predicted({"residual": residual, "cache.k": k, "cache.v": v}, {"cache_length": cache.length})


def block_recipes(models: Mapping[str, Model]) -> list[Recipe]:
    def recipe(block: Block, make: Callable[[Block, Model, torch.Generator], Case]) -> Recipe:
        return Recipe(block.name, lambda gen: make(block, models[block.model], gen))

    return [
        *(recipe(block, attention_case) for block in ATTENTION_BLOCKS),
        *(recipe(block, mlp_case) for block in MLPS),
    ]

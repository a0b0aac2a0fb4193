"""Golden cases of load_params."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch

from reference import llama
from reference.case import Case, Model
from reference.recipe import Recipe


@dataclass(frozen=True)
class Loading:
    name: str
    purpose: str
    model: str
    tie_word_embeddings: bool | None = None  # None: as the model has it
    without: Sequence[str] = ()


LOADINGS = [
    Loading(
        "LoadParams.EveryFieldOfEveryLayer",
        "Each field of Params is a view of the tensor that has its name in the checkpoint, without a copy.",
        "grouped",
    ),
    Loading(
        "LoadParams.EqualShapesAreNotExchanged",
        "Gate and up, k and v, q and o, and the two norms have equal shapes here; only the names tell.",
        "tied",
    ),
    Loading(
        "LoadParams.UntiedHeadIsItsOwn",
        "Without tie_word_embeddings the logits' weights are lm_head, not the embedding table.",
        "equal_heads",
    ),
    Loading(
        "LoadParams.TiedHeadIsTheEmbedding",
        "With tie_word_embeddings there is no lm_head in the checkpoint, so the embedding table serves.",
        "tied",
    ),
    Loading(
        "LoadParams.TiedIgnoresAHeadThatIsThere",
        "The flag decides, not the tensor: with tie_word_embeddings an lm_head that is there is ignored.",
        "grouped",
        tie_word_embeddings=True,
    ),
    Loading(
        "LoadParams.TwelveLayersInOrder",
        "Layers are ordered by number: sorted by name, layer 10 comes before layer 2.",
        "deep",
    ),
    Loading(
        "LoadParams.MissingLayerTensorIsAnError",
        "A tensor that the checkpoint lacks is an error, not an empty view.",
        "grouped",
        without=["model.layers.1.mlp.up_proj.weight"],
    ),
    Loading(
        "LoadParams.MissingHeadOfAnUntiedModelIsAnError",
        "Without tie_word_embeddings a missing lm_head is an error; the embedding table is no substitute.",
        "grouped",
        without=["lm_head.weight"],
    ),
    Loading(
        "LoadParams.StoryModel",
        "The bundled model's weights are found under the names of its own checkpoint.",
        "story",
    ),
]


def loading_case(loading: Loading, model: Model) -> Case:
    case = Case(loading.name, "load_params", loading.purpose, model=loading.model)
    if loading.tie_word_embeddings is not None:
        case.args["tie_word_embeddings"] = loading.tie_word_embeddings
    if loading.without:
        # "Throws what TensorMap::at throws if a weight is missing." transformers draws random ones instead.
        case.args["without"] = list(loading.without)
        case.expect["raises"] = "Error"
    else:
        case.expect["fields"] = llama.fields(as_configured(model, case.args))
    return case


def as_configured(model: Model, changed: dict[str, Any]) -> Model:
    config = model.config | changed
    weights = dict(model.weights)
    if config["tie_word_embeddings"]:
        weights.pop("lm_head.weight", None)  # to transformers it would be a contradiction
    return Model(config, weights)


def loading_recipes(models: Mapping[str, Model]) -> list[Recipe]:
    def recipe(loading: Loading) -> Recipe:
        def build(_gen: torch.Generator) -> Case:
            return loading_case(loading, models[loading.model])

        return Recipe(loading.name, build)

    return [recipe(loading) for loading in LOADINGS]

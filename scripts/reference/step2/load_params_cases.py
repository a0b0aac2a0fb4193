"""Golden cases of load_params."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace
from typing import Any

import torch

from reference import llama
from reference.case import Case, Model
from reference.numerics import MismatchError, Numerics
from reference.recipe import Recipe
from reference.step2.small_models import small_model
from reference.switches import OFF, Predicted, Raised, Switches
from reference.variation import Variation


@dataclass(frozen=True)
class Loading:
    name: str
    purpose: str
    model: str
    tie_word_embeddings: bool | None = None  # None: as the model has it
    num_hidden_layers: int | None = None
    without: Sequence[str] = ()
    varies: Sequence[str] = ()  # of these two, with a private seed


LOADINGS = [
    Loading(
        "LoadParams.EveryFieldOfEveryLayer",
        "Each field of Params is a view of the tensor that has its name in the checkpoint, without a copy.",
        "grouped",
        varies=["tie_word_embeddings"],
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
        varies=["tie_word_embeddings"],
    ),
    Loading(
        "LoadParams.AsManyLayersAsTheConfigSays",
        "The config says how many layers there are, counted from 0; the checkpoint may hold more.",
        "grouped",
        num_hidden_layers=1,
        varies=["num_hidden_layers", "tie_word_embeddings"],
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
        varies=["num_hidden_layers"],
    ),
]


def loading_case(loading: Loading, model: Model) -> Case:
    case = Case(loading.name, "load_params", loading.purpose, model=loading.model)
    if loading.tie_word_embeddings is not None:
        case.args["tie_word_embeddings"] = loading.tie_word_embeddings
    if loading.num_hidden_layers is not None:
        case.args["num_hidden_layers"] = loading.num_hidden_layers
    if loading.without:
        # "Throws what TensorMap::at throws if a weight is missing." transformers draws random ones instead.
        case.args["without"] = list(loading.without)
        case.expect["raises"] = "Error"
    else:
        case.expect["fields"] = llama.fields(as_configured(model, case.args))
        config = model.config | case.args
        ours = load_params(
            model.weights.keys(), config["num_hidden_layers"], config["tie_word_embeddings"], OFF
        )
        if ours != case.expect["fields"]:
            raise MismatchError(f"{case.name}: our model takes other tensors than transformers")
    return case


def as_configured(model: Model, changed: dict[str, Any]) -> Model:
    config = model.config | changed
    last = config["num_hidden_layers"]
    weights = {  # transformers takes no layers beyond the last
        name: weight
        for name, weight in model.weights.items()
        if not name.startswith("model.layers.") or int(name.split(".")[2]) < last
    }
    if config["tie_word_embeddings"]:
        weights.pop("lm_head.weight", None)  # to transformers it would be a contradiction
    return Model(config, weights)


PARTS = {
    "input_layernorm": "input_layernorm",
    "q_proj": "self_attn.q_proj",
    "k_proj": "self_attn.k_proj",
    "v_proj": "self_attn.v_proj",
    "o_proj": "self_attn.o_proj",
    "post_attention_layernorm": "post_attention_layernorm",
    "gate_proj": "mlp.gate_proj",
    "up_proj": "mlp.up_proj",
    "down_proj": "mlp.down_proj",
}


def load_params(names: Set[str], n_layers: int, tied: bool, switches: Switches) -> dict[str, str]:
    """From each field of Params to the name of its tensor, out of those that the checkpoint has."""

    def at(name: str) -> str:
        if name in names:
            return name
        if switches.get("missing") == "empty":
            return "no tensor"
        raise Raised("Error")

    taken = {field: PARTS[switches.get(field, field)] for field in PARTS}
    layers = list(range(switches.get("n_layers", n_layers - switches.get("layers_left_out", 0))))
    if switches.get("order") == "by_name":
        layers.sort(key=str)
    elif switches.get("order") == "from_one":
        layers = [index + 1 for index in layers]
    elif switches.get("order") == "first_only":
        layers = [0] * len(layers)
    embedding, head = "model.embed_tokens.weight", "lm_head.weight"
    fields = {"embed_tokens": at(head if switches.get("embed_tokens") == "lm_head" else embedding)}
    for position, index in enumerate(layers):
        for field, part in taken.items():
            fields[f"layers.{position}.{field}"] = at(f"model.layers.{index}.{part}.weight")
    fields["norm"] = at("model.norm.weight")
    takes_embedding = {
        "always_embedding": True,
        "never_embedding": False,
        "flag_reversed": not tied,
        "embedding_if_missing": head not in names,
        "embedding_if_tied_or_missing": tied or head not in names,
    }
    embedded = takes_embedding.get(switches.get("lm_head", ""), tied)
    fields["lm_head"] = fields["embed_tokens"] if embedded else at(head)
    return fields


def predict_load_params(
    case: Case, models: Mapping[str, Model], switches: Switches, _: Numerics
) -> Predicted:
    model = small_model(case, models)
    config = model.config | case.args
    names = model.weights.keys() - set(case.args.get("without", []))
    try:
        fields = load_params(names, config["num_hidden_layers"], config["tie_word_embeddings"], switches)
    except Raised as raised:
        return Predicted(expect={"raises": raised.kind})
    return Predicted(expect={"fields": fields})


def loading_recipes(models: Mapping[str, Model], vary: Variation) -> list[Recipe]:
    """Which tensor is which follows from their names, so a private seed varies how many layers there are, in
    small_models, and what the config says of them and of the head."""

    def recipe(loading: Loading) -> Recipe:
        model = models[loading.model]

        def build(gen: torch.Generator) -> Case:
            n_layers, tied = loading.num_hidden_layers, loading.tie_word_embeddings
            if "num_hidden_layers" in loading.varies:
                fewer = range(1 + (n_layers or 0), model.config["num_hidden_layers"])
                n_layers = vary.one_of(gen, n_layers, *fewer)
            if "tie_word_embeddings" in loading.varies:
                tied = vary.one_of(gen, tied, True, False)
            return loading_case(replace(loading, num_hidden_layers=n_layers, tie_word_embeddings=tied), model)

        return Recipe(loading.name, build)

    return [recipe(loading) for loading in LOADINGS]

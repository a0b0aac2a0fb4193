"""Small random models that the cases of step 2 share. Sizes differ, so that an exchange of two shows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch

from reference.case import Case, Model, generator, normal
from reference.switches import Unpredictable
from reference.variation import Variation

COMMON: dict[str, Any] = {
    "architectures": ["LlamaForCausalLM"],
    "model_type": "llama",
    "hidden_act": "silu",
    "attention_bias": False,
    "mlp_bias": False,
    "max_position_embeddings": 128,
    "bos_token_id": None,
    "eos_token_id": None,
    "pad_token_id": None,
}
PLAIN_ROPE = {"rope_type": "default", "rope_theta": 10000.0}

CONFIGS: dict[str, dict[str, Any]] = {
    # Queries are wider than the residual, and three of them share a KV head.
    "grouped": {
        "vocab_size": 41,
        "hidden_size": 18,
        "intermediate_size": 28,
        "num_hidden_layers": 3,
        "num_attention_heads": 6,
        "num_key_value_heads": 2,
        "head_dim": 8,
        "rms_norm_eps": 1e-5,
        "rope_parameters": PLAIN_ROPE,
        "tie_word_embeddings": False,
    },
    # No lm_head; q_proj and o_proj have equal shapes; one KV head for all.
    "tied": {
        "vocab_size": 37,
        "hidden_size": 24,
        "intermediate_size": 34,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "num_key_value_heads": 1,
        "head_dim": 6,
        "rms_norm_eps": 0.02,
        "rope_parameters": PLAIN_ROPE,
        "tie_word_embeddings": True,
    },
    # Wavelengths of head_dim 12 lie on either side of 64 / 4 and of 64 / 1, and between the two.
    "llama3": {
        "vocab_size": 43,
        "hidden_size": 16,
        "intermediate_size": 26,
        "num_hidden_layers": 2,
        "num_attention_heads": 8,
        "num_key_value_heads": 2,
        "head_dim": 12,
        "rms_norm_eps": 1e-6,
        "rope_parameters": {
            "rope_type": "llama3",
            "rope_theta": 500000.0,
            "factor": 8.0,
            "low_freq_factor": 1.0,
            "high_freq_factor": 4.0,
            "original_max_position_embeddings": 64,
        },
        "tie_word_embeddings": False,
    },
    # As many KV heads as heads; an epsilon that nobody has written in as a constant.
    "equal_heads": {
        "vocab_size": 31,
        "hidden_size": 15,
        "intermediate_size": 22,
        "num_hidden_layers": 2,
        "num_attention_heads": 3,
        "num_key_value_heads": 3,
        "head_dim": 10,
        "rms_norm_eps": 0.05,
        "rope_parameters": PLAIN_ROPE,
        "tie_word_embeddings": False,
    },
    # So many layers that layer 10 comes before layer 2 in the order of the names.
    "deep": {
        "vocab_size": 11,
        "hidden_size": 8,
        "intermediate_size": 10,
        "num_hidden_layers": 12,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "head_dim": 6,
        "rms_norm_eps": 1e-5,
        "rope_parameters": PLAIN_ROPE,
        "tie_word_embeddings": False,
    },
}
# The first norm sees embeddings this small where epsilon is: there it is part of what is computed.
SMALL_EMBEDDINGS = {"grouped": 0.02}


def draw(name: str, seed: int) -> Model:
    """Weights so large that attention looks somewhere and logits spread; norms around 1, but not 1."""
    gen = generator(seed, f"model.{name}")
    config = COMMON | CONFIGS[name]
    config["num_hidden_layers"] += Variation(seed).one_of(gen, 0, 1, 2)
    hidden, middle = config["hidden_size"], config["intermediate_size"]
    queries = config["num_attention_heads"] * config["head_dim"]
    keys = config["num_key_value_heads"] * config["head_dim"]

    def matrix(rows: int, columns: int, gain: float) -> torch.Tensor:
        scale: float = gain * columns**-0.5
        return normal((rows, columns), gen) * scale

    def norm() -> torch.Tensor:
        return 0.5 + torch.rand(hidden, generator=gen)

    embedding_gain = SMALL_EMBEDDINGS.get(name, 1.0) * hidden**0.5
    weights = {"model.embed_tokens.weight": matrix(config["vocab_size"], hidden, embedding_gain)}
    for index in range(config["num_hidden_layers"]):
        layer = {
            "input_layernorm": norm(),
            "self_attn.q_proj": matrix(queries, hidden, 1.4),
            "self_attn.k_proj": matrix(keys, hidden, 1.4),
            "self_attn.v_proj": matrix(keys, hidden, 1.2),
            "self_attn.o_proj": matrix(hidden, queries, 1.2),
            "post_attention_layernorm": norm(),
            "mlp.gate_proj": matrix(middle, hidden, 1.5),
            "mlp.up_proj": matrix(middle, hidden, 1.2),
            "mlp.down_proj": matrix(hidden, middle, 1.2),
        }
        weights |= {f"model.layers.{index}.{part}.weight": weight for part, weight in layer.items()}
    weights["model.norm.weight"] = norm()
    if not config["tie_word_embeddings"]:
        weights["lm_head.weight"] = matrix(config["vocab_size"], hidden, 2)
    return Model(config, weights)


def small_model(case: Case, models: Mapping[str, Model]) -> Model:
    """The model of a case whose wrong outcomes are computed. Raises Unpredictable for the bundled one's.

    It is wide, and it is trained anew now and then.
    """
    if case.model is None or case.model not in models:
        raise Unpredictable(f"{case.name} uses the bundled model")
    return models[case.model]

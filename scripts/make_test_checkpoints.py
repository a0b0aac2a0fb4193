"""Write the small random checkpoints that the kit's tests read, and what transformers makes of them.

Each folder is what save_pretrained writes, and beside it expected.safetensors:
  prompt  I32 (n)          token ids
  logits  F32 (n, vocab)   transformers' logits after each of them, from the weights as stored, in float32
  greedy  I32 (20)         the tokens that greedy generation appends
  weights F32 (tensors, 3) first, middle and last element of each tensor on disk, in the order of their names
Its metadata says how far these logits lie from a run in float64 (max_abs_error) and how far the best token of
the greedy run lies in front of the second one where that is closest (min_margin).
"""

import argparse
import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import reference  # noqa: F401 - before torch, whose kernels it pins
import torch
from reference import tensor_file
from reference.case import array_of
from reference.precision import float64
from safetensors.torch import load_file
from transformers import (
    AutoModelForCausalLM,
    DynamicCache,
    LlamaConfig,
    LlamaForCausalLM,
    MistralConfig,
    MistralForCausalLM,
    PreTrainedModel,
)

N_GREEDY = 20
LLAMA3 = {
    # The wavelengths of head_dim 12 lie on either side of 64 / 4 and 64 / 1 and between them.
    "rope_type": "llama3",
    "rope_theta": 500000.0,
    "factor": 8.0,
    "low_freq_factor": 1.0,
    "high_freq_factor": 4.0,
    "original_max_position_embeddings": 64,
}


@dataclass
class Recipe:
    """One checkpoint. Sizes differ from one another, so that an exchange of two shows."""

    name: str
    seed: int
    prompt_len: int
    config: dict[str, Any]
    family: str = "llama"
    dtype: torch.dtype = torch.float32
    max_shard_size: str = "1GB"
    as_version_4: bool = False


LLAMA = {
    "vocab_size": 61,
    "hidden_size": 24,
    "intermediate_size": 40,
    "num_hidden_layers": 2,
    "num_attention_heads": 3,
    "num_key_value_heads": 3,
    "max_position_embeddings": 96,
    "rms_norm_eps": 1e-6,
    "eos_token_id": 2,
    "tie_word_embeddings": False,
}
RECIPES = [
    Recipe("tiny-llama", seed=11, prompt_len=10, config=LLAMA),
    # The same weights, read from several files.
    Recipe("tiny-llama-sharded", seed=11, prompt_len=10, config=LLAMA, max_shard_size="20KB"),
    Recipe(
        "tiny-llama-tied-f16",
        seed=12,
        prompt_len=13,
        dtype=torch.float16,
        config={
            "vocab_size": 83,
            "hidden_size": 40,
            "intermediate_size": 56,
            "num_hidden_layers": 3,
            "num_attention_heads": 4,
            "num_key_value_heads": 2,
            "max_position_embeddings": 112,
            # Large enough to matter beside the mean square of the embeddings, which is about 0.2.
            "rms_norm_eps": 0.02,
            "rope_parameters": {"rope_type": "default", "rope_theta": 500000.0},
            "eos_token_id": 5,
            "tie_word_embeddings": True,
        },
    ),
    Recipe(
        "tiny-llama3-bf16",
        seed=13,
        prompt_len=14,
        dtype=torch.bfloat16,
        config={
            "vocab_size": 71,
            "hidden_size": 48,
            "intermediate_size": 54,
            "num_hidden_layers": 2,
            "num_attention_heads": 8,
            "num_key_value_heads": 2,
            "head_dim": 12,
            "max_position_embeddings": 512,
            "rms_norm_eps": 1e-5,
            "rope_parameters": LLAMA3,
            "eos_token_id": [3, 70],
            "tie_word_embeddings": True,
        },
    ),
    Recipe(
        "tiny-llama3-v4",
        seed=14,
        prompt_len=11,
        as_version_4=True,
        config={
            "vocab_size": 67,
            "hidden_size": 30,
            "intermediate_size": 44,
            "num_hidden_layers": 2,
            "num_attention_heads": 6,
            "num_key_value_heads": 2,
            "head_dim": 12,
            "max_position_embeddings": 320,
            "rms_norm_eps": 1e-5,
            "rope_parameters": LLAMA3,
            "eos_token_id": [4, 66],
            "tie_word_embeddings": False,
        },
    ),
    Recipe(
        "tiny-mistral",
        seed=15,
        prompt_len=12,
        family="mistral",
        config={
            "vocab_size": 73,
            "hidden_size": 32,
            "intermediate_size": 52,
            "num_hidden_layers": 3,
            "num_attention_heads": 4,
            "num_key_value_heads": 1,
            "head_dim": 14,
            "max_position_embeddings": 128,
            "rms_norm_eps": 1e-5,
            "rope_parameters": {"rope_type": "default", "rope_theta": 1000000.0},
            "sliding_window": None,
            "eos_token_id": 6,
            "tie_word_embeddings": False,
        },
    ),
]


def build(recipe: Recipe, generator: torch.Generator) -> PreTrainedModel:
    """Make a model whose weights are large enough that logits spread and attention looks somewhere."""
    if recipe.family == "mistral":
        model: PreTrainedModel = MistralForCausalLM(MistralConfig(bos_token_id=1, **recipe.config))
    else:
        model = LlamaForCausalLM(LlamaConfig(bos_token_id=1, **recipe.config))
    with torch.no_grad():
        for name, weight in model.named_parameters():
            if weight.dim() == 1:  # norms: around 1, but not 1
                weight.copy_(0.5 + torch.rand(weight.shape, generator=generator))
            else:
                gain = 3.0 if "embed_tokens" in name or "lm_head" in name else 1.5
                weight.copy_(gain * weight.shape[1] ** -0.5 * torch.randn(weight.shape, generator=generator))
    return model.to(recipe.dtype).eval()


def load(folder: Path) -> PreTrainedModel:
    return AutoModelForCausalLM.from_pretrained(
        folder, dtype=torch.float32, attn_implementation="eager"
    ).eval()


def logits_of(model: PreTrainedModel, ids: torch.Tensor) -> torch.Tensor:
    with torch.no_grad():
        logits: torch.Tensor = model(ids[None], use_cache=False).logits[0]
    return logits


def logits_in_float64(folder: Path, ids: torch.Tensor) -> torch.Tensor:
    model = load(folder).double()
    rotary = model.model.rotary_emb
    with float64(), torch.no_grad():
        # The frequencies were computed in float32 when the model was made.
        fresh = type(rotary)(model.config)
        rotary.inv_freq = fresh.inv_freq
        return logits_of(model, ids)


def greedy(model: PreTrainedModel, prompt: torch.Tensor) -> tuple[torch.Tensor, float]:
    """Append tokens one by one over a KV cache; also the smallest margin of a best token."""
    ids, margin, cache = prompt, float("inf"), DynamicCache(config=model.config)
    new = prompt
    with torch.no_grad():
        for _ in range(N_GREEDY):
            top = model(new[None], past_key_values=cache, use_cache=True).logits[0, -1].topk(2)
            margin = min(margin, (top.values[0] - top.values[1]).item())
            new = top.indices[:1]
            ids = torch.cat([ids, new])
    return ids[len(prompt) :], margin


def rewrite_as_version_4(folder: Path) -> None:
    """Put config.json into the form that transformers 4 wrote."""
    config = json.loads((folder / "config.json").read_text())
    rope = config.pop("rope_parameters")
    config["rope_theta"] = rope.pop("rope_theta")
    config["rope_scaling"] = rope
    config["torch_dtype"] = config.pop("dtype")
    config["transformers_version"] = "4.46.0"
    (folder / "config.json").write_text(json.dumps(config, indent=2, sort_keys=True) + "\n")


def make(recipe: Recipe, folder: Path) -> str:
    """Write one checkpoint. Redraws its weights until the greedy run hinges on no near-tie."""
    for attempt in range(50):
        generator = torch.Generator().manual_seed(1000 * recipe.seed + attempt)
        shutil.rmtree(folder, ignore_errors=True)
        build(recipe, generator).save_pretrained(folder, max_shard_size=recipe.max_shard_size)
        model = load(folder)
        ids = torch.randperm(recipe.config["vocab_size"] - 7, generator=generator)[: recipe.prompt_len] + 7
        ids[0] = 1
        tokens, margin = greedy(model, ids)
        everything = torch.cat([ids, tokens])
        logits = logits_of(model, everything)
        error = (logits - logits_in_float64(folder, everything)).abs().max().item()
        eos = recipe.config["eos_token_id"]
        ends = bool(torch.isin(tokens, torch.tensor(eos)).any())
        if margin > 1000 * error and not ends and len(set(tokens.tolist())) >= N_GREEDY // 2:
            break
    else:
        raise RuntimeError(f"{recipe.name}: no draw of 50 is clear enough; change its seed or sizes")

    generated = model.generate(
        ids[None], attention_mask=torch.ones_like(ids[None]), max_new_tokens=N_GREEDY, do_sample=False
    )
    assert torch.equal(generated[0], everything), "generate() and the loop above disagree"
    if recipe.as_version_4:
        rewrite_as_version_4(folder)
        assert torch.equal(logits_of(load(folder), everything), logits), (
            "config.json of version 4 means another model"
        )
    if recipe.max_shard_size != "1GB":
        assert len(list(folder.glob("model-*.safetensors"))) >= 3, "too few shards"
    stored = {
        name: tensor for file in folder.glob("model*.safetensors") for name, tensor in load_file(file).items()
    }
    flat = [stored[name].float().flatten() for name in sorted(stored)]
    samples = torch.stack([tensor[[0, len(tensor) // 2, -1]] for tensor in flat])
    metadata = {"max_abs_error": f"{error:.3g}", "min_margin": f"{margin:.3g}"}
    expected = {
        "prompt": ids.to(torch.int32),
        "logits": logits[: recipe.prompt_len],
        "greedy": tokens.to(torch.int32),
        "weights": samples,
    }
    arrays = {name: array_of(tensor) for name, tensor in expected.items()}
    (folder / "expected.safetensors").write_bytes(tensor_file.encode(arrays, metadata))
    return f"{recipe.name}: draw {attempt}, logits' deviation {logits.std().item():.2f}, {metadata}"


def main() -> None:
    default = Path(__file__).resolve().parent.parent / "reference_data" / "models"
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, default=default, help="folder of the checkpoints' folders")
    out: Path = parser.parse_args().out
    torch.set_num_threads(1)  # sums in one order everywhere
    for recipe in RECIPES:
        print(make(recipe, out / recipe.name))


if __name__ == "__main__":
    main()

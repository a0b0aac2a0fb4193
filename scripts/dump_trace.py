"""Write every intermediate tensor of one forward pass in transformers, for ./lab trace to compare with.

    python scripts/dump_trace.py                     the bundled model, whose trace ships with the kit
    python scripts/dump_trace.py --model DIR --prompt TEXT --out FILE.safetensors

Everything is float32 with eager attention. The file's tensors are
  tokens  I32 (n)  the prompt's token ids
  NAME    F32      a trace point, in the layout that forward records, or model.layers.INDEX.cache.k and
                   .cache.v, that layer's keys and values after the pass, (n, n_kv_heads, head_dim)
and its metadata, as JSON: prompt; pieces, the text of each token; points, a list of name and bound in the
model's order. The bounds are those of reference_data/README.md, except that Σ|terms| is the largest sum up to
the point in question, and that a copy's is 0.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import reference  # noqa: F401 - before torch, whose kernels it pins
import torch
from torch import Tensor

os.environ["HF_HUB_OFFLINE"] = "1"  # before transformers is imported: a folder is all that is ever read

from reference import llama, tensor_file
from reference.case import Model, array_of
from reference.numerics import MismatchError, Numerics, bound, measure
from reference.precision import PrecisionError, float64
from reference.step2 import forward
from reference.step2.forward import Cache, Config, Trace
from reference.trace_points import layer_prefix, of_model
from transformers import AutoModelForCausalLM, AutoTokenizer

STORY = Path(__file__).resolve().parent.parent / "reference_data" / "models" / "story"
PROMPT = "Once upon a time, there was a little girl."
SHIPPED = "trace.safetensors"


@dataclass
class TraceWithTerms(Trace):
    """Also notes, at each point, the largest Σ|terms| of all sums up to there."""

    numerics: Numerics | None = None
    terms: dict[str, float] | None = None

    def record(self, point: str, value: Tensor) -> None:
        super().record(point, value)
        if self.numerics is not None and self.terms is not None:
            self.terms[self.prefix + point] = self.numerics.largest_terms

    def layer(self, index: int) -> Trace:
        return TraceWithTerms(self.points, self.prefix + layer_prefix(index), self.numerics, self.terms)


class OurModel:
    """The PyTorch model of forward, by which noise is measured."""

    def __init__(self, model: Model, tokens: Sequence[int]) -> None:
        self.model = model
        self.tokens = tokens
        self.terms: dict[str, float] = {}

    def __call__(self, numerics: Numerics) -> dict[str, Tensor]:
        config = Config.of(self.model.config)
        cache = Cache.filled(config, len(self.tokens), 0, numerics.dtype)
        trace = TraceWithTerms(numerics=numerics, terms={})
        forward.forward(numerics, self.tokens, cache, config, self.model.weights, trace)
        if numerics.dtype == torch.float64:
            self.terms = trace.terms or {}
        return trace.points


def run(model: Model, tokens: Sequence[int]) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
    """The trace points and the cache's rows of transformers, in torch's default type."""
    outputs = llama.forward(model, tokens, [len(tokens)], trace_chunk=0)
    points = {
        name.removeprefix("trace/"): value for name, value in outputs.items() if name.startswith("trace/")
    }
    cache = {
        f"{layer_prefix(index)}cache.{part}": rows
        for part in ("k", "v")
        for index, rows in enumerate(outputs[f"cache.{part}"])
    }
    return points, cache


def in_order(n_layers: int) -> Iterator[tuple[str, str]]:
    """Names of tensors in the model's order, and of the point whose values each has: the cache stands behind
    what went into it."""
    for name, _ in of_model(n_layers):
        yield name, name
        if name.endswith(".self_attn.k_rotated"):
            layer = name.removesuffix("self_attn.k_rotated")
            yield f"{layer}cache.k", name
            yield f"{layer}cache.v", f"{layer}self_attn.v_proj"


def check_architecture(folder: Path, tokens: Sequence[int], logits: Tensor) -> None:
    """The points are hooked in LlamaForCausalLM; the folder's own class must compute the very same."""
    own = AutoModelForCausalLM.from_pretrained(
        folder, dtype=torch.float32, attn_implementation="eager", local_files_only=True
    ).eval()
    of_own_class = own(torch.tensor([list(tokens)]), use_cache=False).logits[0, -1]
    if not torch.equal(of_own_class, logits):
        raise MismatchError(f"{folder}: {type(own).__name__} computes something else than LlamaForCausalLM")


def encode(folder: Path, prompt: str) -> tuple[list[int], list[str]]:
    """Token ids, and the part of the prompt that each stands for; a special token is its own name.

    Tokens that share a character each get all of it.
    """
    tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
    encoding = tokenizer(prompt, return_offsets_mapping=True)
    ids: list[int] = encoding["input_ids"]
    pieces, end_of_last = [], 0
    for token, (begin, end) in zip(ids, encoding["offset_mapping"], strict=True):
        if begin == end:
            pieces.append(tokenizer.convert_ids_to_tokens(token))
        else:
            pieces.append(prompt[min(begin, end_of_last) : end])  # with the space that some leave out
            end_of_last = end
    return ids, pieces


def dump(folder: Path, prompt: str, out: Path) -> str:
    tokens, pieces = encode(folder, prompt)
    model = llama.load(folder)
    vocabulary, context = model.config["vocab_size"], model.config["max_position_embeddings"]
    if not tokens or max(tokens) >= vocabulary or len(tokens) > context:
        raise ValueError(f"{len(tokens)} tokens; expected 1 to {context}, all with an id below {vocabulary}")

    golden, cache = run(model, tokens)
    check_architecture(folder, tokens, golden["lm_head"][0])
    wide = llama.in_float64(model)
    with float64():
        truth, _ = run(wide, tokens)
    ours = OurModel(model, tokens)
    measured = measure(ours, golden, truth)

    def bound_of(point: str) -> float:
        noise = measured.noise[point]
        return float(f"{1.005 * bound(noise, ours.terms[point]):.2e}") if noise > 0 else 0.0

    points = [
        {"name": name, "bound": bound_of(point)}
        for name, point in in_order(model.config["num_hidden_layers"])
    ]
    tensors = {name: array_of(value) for name, value in (golden | cache).items()}
    tensors["tokens"] = array_of(torch.tensor(tokens, dtype=torch.int32))
    metadata = {"prompt": prompt, "pieces": pieces, "points": points}
    out.write_bytes(tensor_file.encode(tensors, {key: json.dumps(value) for key, value in metadata.items()}))
    return f"{out}: {len(tokens)} tokens, {len(points)} tensors, {out.stat().st_size / 1e3:.0f} kB"


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", type=Path, default=STORY, help="folder of a Llama-like model")
    parser.add_argument("--prompt", default=PROMPT, help=f"text to trace; default: {PROMPT}")
    parser.add_argument("--out", type=Path, help="file to write; needed with another model")
    options = parser.parse_args()
    out: Path | None = options.out or (STORY / SHIPPED if options.model.resolve() == STORY else None)
    if out is None:
        parser.error("say with --out which file to write")

    torch.set_num_threads(1)  # the same order of every sum, and the same bytes
    try:
        for name in ("config.json", "tokenizer.json"):
            if not (options.model / name).is_file():
                raise FileNotFoundError(f"{options.model} has no {name}; expected a model's folder")
        with torch.no_grad():
            print(dump(options.model, options.prompt, out))
    except (OSError, ValueError, KeyError, MismatchError, PrecisionError) as error:
        print(f"{Path(sys.argv[0]).name}: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

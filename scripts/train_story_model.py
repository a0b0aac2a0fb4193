"""Train the small story model that ships with the kit, on stories that `stories/` makes up.

python scripts/train_story_model.py                    train, save and evaluate (about half an hour)
python scripts/train_story_model.py --list-skeletons   print every plot and how many there are
python scripts/train_story_model.py --evaluate         evaluate the saved model again
"""

import argparse
import json
import math
import random
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path

import numpy as np
import torch
from stories.corpus import skeletons, tell, tell_many
from stories.evaluate import evaluate
from stories.tokenizer import BOS, EOS, save_tokenizer, train_tokenizer
from tokenizers import Tokenizer
from tqdm import tqdm
from transformers import GenerationConfig, LlamaConfig, LlamaForCausalLM

FOLDER = Path(__file__).resolve().parents[1] / "reference_data" / "models" / "story"
TOKENIZER_STORIES = 20_000
HELD_OUT_STORIES = 500
STORIES_AT_ONCE = 2_000
MUON_RATE, ADAM_RATE, WARM_UP = 0.02, 4e-3, 0.03
SAVE_EVERY = 100


def build_model(vocabulary: int) -> LlamaForCausalLM:
    return LlamaForCausalLM(
        LlamaConfig(
            vocab_size=vocabulary,
            hidden_size=128,
            intermediate_size=384,
            num_hidden_layers=4,
            num_attention_heads=8,
            num_key_value_heads=4,
            head_dim=16,
            hidden_act="silu",
            max_position_embeddings=512,
            rms_norm_eps=1e-5,
            rope_parameters={"rope_type": "default", "rope_theta": 10000.0},
            tie_word_embeddings=True,
            bos_token_id=BOS,
            eos_token_id=EOS,
            attention_bias=False,
            mlp_bias=False,
        )
    )


def encode(tokenizer: Tokenizer, texts: list[str]) -> list[list[int]]:
    return [[*encoding.ids, EOS] for encoding in tokenizer.encode_batch(texts)]


def batches(
    stories: list[list[int]], tokens: int, rng: random.Random
) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
    """Each story once, in batches of about `tokens` tokens of stories of nearly the same length, shuffled.

    A story is a row of its own, so that no story sees another; padding stands behind it and has no label.
    """
    order = sorted(stories, key=len)
    groups, start = [], 0
    while start < len(order):
        count = max(1, tokens // len(order[min(start + tokens // len(order[start]), len(order)) - 1]))
        groups.append(order[start : start + count])
        start += count
    rng.shuffle(groups)
    for group in groups:
        width = max(map(len, group))
        ids = np.full((len(group), width), EOS, dtype=np.int64)
        labels = np.full((len(group), width), -100, dtype=np.int64)
        for row, story in enumerate(group):
            ids[row, : len(story)] = labels[row, : len(story)] = story
        yield torch.from_numpy(ids), torch.from_numpy(labels)


def loss_of(model: LlamaForCausalLM, ids: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    logits = model(input_ids=ids[:, :-1]).logits
    return torch.nn.functional.cross_entropy(logits.flatten(0, 1), labels[:, 1:].flatten(), ignore_index=-100)


def backward(
    model: LlamaForCausalLM, ids: torch.Tensor, labels: torch.Tensor, pool: ThreadPoolExecutor, threads: int
) -> float:
    """Set the gradients of a batch and return its loss.

    Each thread takes rows of its own: threads that share every operator wait for each other at each of them,
    which on a busy machine costs many times the work itself.
    """
    weights = list(model.parameters())
    counted = int((labels[:, 1:] != -100).sum())

    def part(rows: slice) -> tuple[float, tuple[torch.Tensor, ...]]:
        share = int((labels[rows, 1:] != -100).sum()) / counted
        loss = loss_of(model, ids[rows], labels[rows]) * share
        return loss.item(), torch.autograd.grad(loss, weights)

    step = math.ceil(len(ids) / threads)
    parts = list(pool.map(part, (slice(i, i + step) for i in range(0, len(ids), step))))
    for weight, *gradients in zip(weights, *(gradients for _, gradients in parts), strict=True):
        weight.grad = torch.stack(gradients).sum(0)
    return sum(loss for loss, _ in parts)


def seen_stories(tokenizer: Tokenizer, figures: dict[str, float]) -> Iterator[str]:
    """The stories that a training run saw, told once more: one generator of chance tells and shuffles."""
    rng = random.Random(figures["seed"])
    corpus = (story.text for story in tell_many(rng))
    next(islice(corpus, TOKENIZER_STORIES - 1, None))
    for _ in range(0, int(figures["stories"]), STORIES_AT_ONCE):
        texts = list(islice(corpus, STORIES_AT_ONCE))
        next(batches(encode(tokenizer, texts), int(figures["tokens_per_step"]), rng))
        yield from texts


def decay(progress: float) -> float:
    """Of the learning rates: a short climb, then half a cosine down to nothing. `progress` is from 0 to 1."""
    return min(1.0, progress / WARM_UP) * 0.5 * (1 + math.cos(math.pi * progress))


def save(model: LlamaForCausalLM, folder: Path) -> None:
    """The weights in bfloat16, and a configuration that says no more than Llama's own fields."""
    rounded = LlamaForCausalLM(model.config).to(torch.bfloat16)
    rounded.load_state_dict(model.state_dict())
    rounded.generation_config = GenerationConfig(bos_token_id=BOS, eos_token_id=EOS)
    rounded.save_pretrained(folder)
    (folder / "model.safetensors").chmod(0o644)


def optimizers(model: LlamaForCausalLM) -> list[torch.optim.Optimizer]:
    """Muon for the matrices, which learns more from each story than AdamW does; AdamW for all else."""
    matrices = [weight for weight in model.model.layers.parameters() if weight.dim() > 1]
    others = [weight for weight in model.parameters() if all(weight is not matrix for matrix in matrices)]
    return [
        torch.optim.Muon(matrices, lr=MUON_RATE, weight_decay=0.01, momentum=0.95),
        torch.optim.AdamW(others, lr=ADAM_RATE, weight_decay=0.0, betas=(0.9, 0.95)),
    ]


def train(folder: Path, minutes: float, tokens_per_step: int, seed: int, threads: int) -> None:
    """Save a model, and the figures of the run in training.json. The clock ends it, not a number of steps."""
    rng = random.Random(seed)
    torch.manual_seed(seed)
    start, cpu = time.time(), time.process_time()
    corpus = (story.text for story in tell_many(rng))
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer = train_tokenizer(list(islice(corpus, TOKENIZER_STORIES)))
    save_tokenizer(tokenizer, folder)
    model = build_model(tokenizer.get_vocab_size())
    used = optimizers(model)
    peaks = [optimizer.param_groups[0]["lr"] for optimizer in used]
    stories = steps = tokens = 0
    progress = 0.0
    clock = "{l_bar}{bar}| {n:.1f}/{total:.1f} min, {remaining} left{postfix}"
    with (
        ThreadPoolExecutor(threads, initializer=torch.set_num_threads, initargs=(1,)) as pool,
        tqdm(total=minutes, bar_format=clock) as bar,
    ):
        while progress < 1:
            texts = list(islice(corpus, STORIES_AT_ONCE))
            for ids, labels in batches(encode(tokenizer, texts), tokens_per_step, rng):
                progress = (time.time() - start) / 60 / minutes
                if progress >= 1:
                    break
                for optimizer, peak in zip(used, peaks, strict=True):
                    optimizer.param_groups[0]["lr"] = peak * decay(progress)
                loss = backward(model, ids, labels, pool, threads)
                torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
                for optimizer in used:
                    optimizer.step()
                stories, steps, tokens = stories + len(ids), steps + 1, tokens + int((labels != -100).sum())
                bar.set_postfix(loss=f"{loss:.3f}", stories=stories)
                bar.update(progress * minutes - bar.n)
                if steps % SAVE_EVERY == 0:
                    save(model, folder)
    save(model, folder)
    figures = {
        "seed": seed,
        "stories": stories,
        "steps": steps,
        "tokens": tokens,
        "tokens_per_step": tokens_per_step,
        "wall_minutes": round((time.time() - start) / 60, 1),
        "cpu_minutes": round((time.process_time() - cpu) / 60, 1),
    }
    (folder / "training.json").write_text(json.dumps(figures, indent=2) + "\n")


@torch.no_grad()
def perplexity(folder: Path, seed: int) -> float:
    """Of stories with held-out plots and held-out pairs of name and thing, for each token after the first."""
    model = LlamaForCausalLM.from_pretrained(folder, dtype=torch.float32)
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    rng = random.Random(seed)
    plots = skeletons()[1]
    texts = [tell(plots[i % len(plots)], rng, held_out=True).text for i in range(HELD_OUT_STORIES)]
    total, count = 0.0, 0
    for ids, labels in batches(encode(tokenizer, texts), 8192, rng):
        tokens = int((labels[:, 1:] != -100).sum())
        total += loss_of(model, ids, labels).item() * tokens
        count += tokens
    return math.exp(total / count)


def main() -> None:
    as_it_stands = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=as_it_stands)
    parser.add_argument("--list-skeletons", action="store_true", help="print every plot and their number")
    parser.add_argument("--evaluate", action="store_true", help="evaluate the model in --out, do not train")
    parser.add_argument("--out", type=Path, default=FOLDER, help="folder of the model")
    parser.add_argument("--minutes", type=float, default=30, help="how long to train")
    parser.add_argument("--tokens-per-step", type=int, default=2048, help="size of a batch")
    parser.add_argument("--seed", type=int, default=1, help="of the corpus and of the weights")
    parser.add_argument("--threads", type=int, default=2, help="threads for PyTorch")
    options = parser.parse_args()
    if options.list_skeletons:
        known, held_out = skeletons()
        for plot in known:
            print(plot.name)
        for plot in held_out:
            print(f"{plot.name}  (held out)")
        print(f"{len(known) + len(held_out)} plots, {len(held_out)} of them held out of training")
        return
    if options.evaluate and not (options.out / "training.json").is_file():
        parser.error(f"no training.json in {options.out}; train a model first, without --evaluate")
    torch.set_num_threads(1)
    if not options.evaluate:
        train(options.out, options.minutes, options.tokens_per_step, options.seed, options.threads)
    figures = json.loads((options.out / "training.json").read_text())
    figures["held_out_perplexity"] = round(perplexity(options.out, figures["seed"]), 3)
    tokenizer = Tokenizer.from_file(str(options.out / "tokenizer.json"))
    figures |= evaluate(options.out, figures["seed"], seen_stories(tokenizer, figures))
    print(json.dumps(figures, indent=2))


if __name__ == "__main__":
    main()

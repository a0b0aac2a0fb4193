"""The bundled model and what it is asked to tell."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from transformers import AutoTokenizer, GenerationConfig

from reference import llama
from reference.case import Model, generator

FOLDER = "models/story"
# In the words that the model knows.
HEROES = (
    "a little girl named Lily",
    "a young boy named Tom",
    "a shy rabbit named Mia",
    "a curious fox named Max",
    "a kind girl named Anna",
    "a happy boy named Ben",
    "a little bear named Sam",
    "a young girl named Zoe",
)
BEGINNINGS = (
    "Once upon a time, {hero}",
    "Once upon a time, there was {hero}.",
    "Once upon a time, in a small house, there lived {hero}.",
    "There once was {hero}.",
    "One day, {hero} found a",
    "Long ago, {hero} wanted to",
)


@dataclass(frozen=True)
class Story:
    model: Model
    tokenizer: Any
    eos_token_ids: list[int]

    def encode(self, text: str) -> list[int]:
        ids: list[int] = self.tokenizer(text)["input_ids"]
        return ids

    def decode(self, ids: list[int]) -> str:
        text: str = self.tokenizer.decode(ids, skip_special_tokens=True)
        return text


def load(data: Path) -> Story:
    folder = data / FOLDER
    ends = GenerationConfig.from_pretrained(folder).eos_token_id
    return Story(
        llama.load(folder),
        AutoTokenizer.from_pretrained(folder),
        ends if isinstance(ends, list) else [ends],
    )


def prompts(seed: int) -> list[str]:
    """Every hero in every beginning, in a random order."""
    texts = [beginning.format(hero=hero) for beginning in BEGINNINGS for hero in HEROES]
    order = torch.randperm(len(texts), generator=generator(seed, "story prompts"))
    return [texts[index] for index in order.tolist()]

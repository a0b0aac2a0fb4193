"""The bundled model and what it is asked to tell."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from transformers import AutoTokenizer

from reference import llama
from reference.case import Model, generator

FOLDER = "models/story"
HEROES = (
    "a little girl named Lily",
    "a boy named Tom",
    "a small dog named Max",
    "a cat named Mia",
    "an old man",
    "a bird named Sue",
    "a shy rabbit",
    "a girl named Anna",
)
BEGINNINGS = (
    "Once upon a time, {hero}",
    "Once upon a time, there was {hero}. One day,",
    "One day, {hero} found a",
    "One sunny morning, {hero} went to the park",
    "There was {hero} who loved to",
)


@dataclass(frozen=True)
class Story:
    model: Model
    tokenizer: Any

    def encode(self, text: str) -> list[int]:
        ids: list[int] = self.tokenizer(text)["input_ids"]
        return ids

    def decode(self, ids: list[int]) -> str:
        text: str = self.tokenizer.decode(ids, skip_special_tokens=True)
        return text


def load(data: Path) -> Story:
    folder = data / FOLDER
    return Story(llama.load(folder), AutoTokenizer.from_pretrained(folder))


def prompts(seed: int) -> list[str]:
    """Every hero in every beginning, in a random order."""
    texts = [beginning.format(hero=hero) for beginning in BEGINNINGS for hero in HEROES]
    order = torch.randperm(len(texts), generator=generator(seed, "story prompts"))
    return [texts[index] for index in order.tolist()]

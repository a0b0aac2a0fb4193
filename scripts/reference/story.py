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
HEROES = {
    "a little girl named Lily": "a red kite",
    "a young boy named Tom": "an orange ball",
    "a shy rabbit named Mia": "a blue boat",
    "a curious fox named Max": "a yellow drum",
    "a kind girl named Anna": "a pink doll",
    "a happy boy named Ben": "a green wagon",
    "a little bear named Sam": "a white hat",
    "a young girl named Zoe": "a shiny bell",
}
BEGINNINGS = (
    "Once upon a time, {hero}",
    "Once upon a time, there was {hero}.",
    "Once upon a time, {hero} had {thing}",
    "One day, {hero} found {thing}",
    "Long ago, {hero} wanted to",
    "There once was {hero}.",
    "One day, {hero} had {thing}",
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
    texts = [
        beginning.format(hero=hero, thing=thing) for beginning in BEGINNINGS for hero, thing in HEROES.items()
    ]
    order = torch.randperm(len(texts), generator=generator(seed, "story prompts"))
    return [texts[index] for index in order.tolist()]

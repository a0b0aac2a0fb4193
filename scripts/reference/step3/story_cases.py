"""Golden cases of generate with the bundled model: the stories that transformers tells."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from reference import llama, progress, story
from reference.case import Case
from reference.numerics import BOUND_FACTOR, MismatchError, deviation
from reference.precision import float64
from reference.recipe import Recipe
from reference.step3.generation import Request, generate, longest
from reference.story import Story

NEW_TOKENS = 200
SHORT_LIMIT = 30
N_STORIES = 20
# How many bounds the likeliest token is before the next one, in every step of a story that is told here.
CLEAR = 20


@dataclass(frozen=True)
class Told:
    request: Request
    prompt_text: str
    returned: list[int]
    text: str
    margin: float
    noise: float

    def described(self) -> dict[str, Any]:
        return {
            "prompt": self.request.prompt,
            "prompt_text": self.prompt_text,
            "text": self.text,
            "margin": float(f"{self.margin:.2e}"),
        }


def tell(bundled: Story, prompt_text: str, max_new_tokens: int) -> Told:
    request = Request(
        bundled.encode(prompt_text),
        capacity=bundled.model.config["max_position_embeddings"],
        max_new_tokens=max_new_tokens,
        eos_token_ids=bundled.eos_token_ids,
    )
    returned, _ = generate(llama.build(bundled.model), request, longest(request))
    ids = [*request.prompt, *returned[:-1]]
    logits = next_token_logits(bundled, ids)[-len(returned) :]
    wide = Story(llama.in_float64(bundled.model), bundled.tokenizer, bundled.eos_token_ids)
    with float64():
        truth = next_token_logits(wide, ids)[-len(returned) :]
    best = truth.topk(2)
    if best.indices[:, 0].tolist() != returned:
        raise MismatchError(f"in float64, transformers tells another story of {prompt_text!r}")
    return Told(
        request,
        prompt_text,
        returned,
        bundled.decode(returned),
        margin=float((best.values[:, 0] - best.values[:, 1]).min()),
        noise=deviation(logits, truth),
    )


def next_token_logits(bundled: Story, ids: list[int]) -> Tensor:
    """(len(ids), vocab_size)"""
    logits: Tensor = llama.build(bundled.model)(torch.tensor([ids]), use_cache=False).logits
    return logits[0]


class Stories:
    """Stories of different prompts, told when they are asked for; those with a near-tie are left out."""

    def __init__(self, bundled: Story, seed: int) -> None:
        self.bundled = bundled
        self._prompts = iter(story.prompts(seed))
        self._told: list[Told] = []

    def told(self, index: int) -> Told:
        while len(self._told) <= index:
            candidate = tell(self.bundled, self._next_prompt(), NEW_TOKENS)
            if candidate.margin > CLEAR * BOUND_FACTOR * candidate.noise:
                self._told.append(candidate)
        return self._told[index]

    def _next_prompt(self) -> str:
        try:
            return next(self._prompts)
        except StopIteration:
            raise RuntimeError("too few prompts lead to a story without a near-tie") from None


def story_case(name: str, purpose: str, told: Told) -> Case:
    return Case(
        name,
        "generate",
        purpose,
        args=told.request.args() | told.described(),
        noise={"logits": told.noise},
        expect={"returned": told.returned},
        model="story",
    )


def twenty_stories_case(name: str, stories: list[Told]) -> Case:
    args = stories[0].request.args()
    del args["prompt"]
    return Case(
        name,
        "generate",
        "Twenty prompts, each continued greedily to the end token or to 200 tokens, token for token.",
        args=args | {"stories": [told.described() for told in stories]},
        noise={"logits": max(told.noise for told in stories)},
        expect={"returned": [told.returned for told in stories]},
        model="story",
    )


def story_recipes(seed: int, bundled: Story) -> list[Recipe]:
    stories = Stories(bundled, seed)
    whole, another = "Generate.StoryAsTransformersTellsIt", "Generate.AnotherStory"
    cut, twenty = "Generate.StoryCutShort", "Generate.TwentyStories"

    def cut_story() -> Told:
        return tell(bundled, stories.told(2).prompt_text, SHORT_LIMIT)

    def many() -> Iterator[Told]:
        for i in range(N_STORIES):
            if i > 0:
                progress.tick()
            yield stories.told(3 + i)

    return [
        Recipe(
            whole,
            lambda _: story_case(
                whole,
                "The bundled model tells, greedily, what transformers tells.",
                stories.told(0),
            ),
        ),
        Recipe(
            another,
            lambda _: story_case(
                another,
                "Another prompt, another story to its end.",
                stories.told(1),
            ),
        ),
        Recipe(
            cut,
            lambda _: story_case(
                cut, "A story that ends at max_new_tokens in the middle of a sentence.", cut_story()
            ),
        ),
        Recipe(
            twenty,
            lambda _: twenty_stories_case(twenty, list(many())),
            ticks=N_STORIES,
        ),
    ]

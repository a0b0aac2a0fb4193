"""Golden cases of generate with scripted logits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import torch
from torch import Tensor

from reference.case import Case, Model, normal
from reference.numerics import MismatchError, Numerics
from reference.recipe import Recipe
from reference.redraw import TooClose
from reference.step3.generation import Request, transcript
from reference.step3.loop import Loop
from reference.switches import Predicted, Switches, Unpredictable

VOCAB = 14
SPARE = 4  # rows of a script beyond those that right code uses
END, OTHER_END = 13, 9
USUAL_ENDS = 3  # ids below this one are the end tokens of well-known models, so some code has them written in
SHORTEST_SAMPLE = 4  # tokens; fewer hardly show in which order numbers are used
LEAD = 4.0  # of the scripted token before all others, in a greedy run


@dataclass
class Script:
    """How a case is drawn: `tokens` are the greedy choices of the first forward calls, or None to sample."""

    name: str
    purpose: str
    request: Request
    tokens: Sequence[int] | None
    lowered: float = 0
    # Other requests that must return other tokens; what differs from `request`.
    unlike: Sequence[dict[str, Any]] = field(default_factory=list)


PROMPT = [5, 11, 3]

SCRIPTS = [
    Script(
        "Generate.PrefillTakesTheWholePromptAtOnce",
        "The first pass is given the whole prompt: not only its last token, not one token at a time.",
        Request([5, 11, 3, 7, 1, 8], max_new_tokens=2),
        [6, 10],
    ),
    Script(
        "Generate.DecodeFeedsOneTokenAtATime",
        "Later passes are given the token just chosen, on the same cache; feeding the whole sequence again "
        "returns the same ids but fills the cache twice.",
        Request(PROMPT, max_new_tokens=5),
        [6, 10, 1, 12, 7],
    ),
    Script(
        "Generate.EndTokenEndsAndIsReturned",
        "The end token is the last one that comes back, and no pass follows it.",
        Request(PROMPT, eos_token_ids=[END]),
        [6, 10, END, 7, 1, 8, 4, 12],
    ),
    Script(
        "Generate.FirstNewTokenIsTheEnd",
        "The token that the prefill yields is checked for the end too.",
        Request(PROMPT, eos_token_ids=[END]),
        [END, 6, 10, 7, 1, 8, 4, 12],
    ),
    Script(
        "Generate.FirstOfTwoEndTokensEnds",
        "With several end tokens, the first of the list ends generation.",
        Request(PROMPT, eos_token_ids=[END, OTHER_END]),
        [6, 10, 1, END, 7, 8, 4, 12],
    ),
    Script(
        "Generate.SecondOfTwoEndTokensEnds",
        "With several end tokens, the second of the list ends generation as well, here as the second token.",
        Request(PROMPT, eos_token_ids=[END, OTHER_END]),
        [6, OTHER_END, 10, 7, END, 8, 4, 12],
    ),
    Script(
        "Generate.EndTokenInThePromptDoesNotStop",
        "Only new tokens end generation: a prompt may hold end tokens, even as its last.",
        Request([END, 5, END], max_new_tokens=4, eos_token_ids=[END]),
        [6, 10, 1, 7],
    ),
    Script(
        "Generate.WithoutEndTokensNothingEnds",
        "With an empty list no token ends generation, neither 0 nor 1 nor 2.",
        Request(PROMPT, max_new_tokens=6),
        [6, 0, 1, 2, 12, 4],
    ),
    Script(
        "Generate.EndTokenAtTheLimitComesOnce",
        "An end token that is also the last one allowed is returned once; "
        "one within the prompt ends nothing.",
        Request([5, END, 3], max_new_tokens=3, eos_token_ids=[END]),
        [6, 10, END],
    ),
    Script(
        "Generate.MaxNewTokensDoesNotCountThePrompt",
        "Four new tokens are four, though the prompt alone is longer.",
        Request([5, 11, 3, 7, 1, 8, 10], max_new_tokens=4),
        [6, 12, 4, 1],
    ),
    Script(
        "Generate.OneNewTokenNeedsOnlyThePrefill",
        "After the last token asked for there is no pass, since nobody needs its logits.",
        Request(PROMPT, max_new_tokens=1),
        [6],
    ),
    Script(
        "Generate.NoNewTokensNeedNoPass",
        "With nothing to generate, not even the prefill is made, no number is drawn and nothing called back.",
        Request(PROMPT, max_new_tokens=0, cache_length=2),
        [],
    ),
    Script(
        "Generate.ContextFillsUp",
        "Generation ends when the cache has no room for the token to be fed next; that one still comes back.",
        Request(PROMPT, capacity=7, max_new_tokens=20),
        [6, 10, 1, 12, 7],
    ),
    Script(
        "Generate.PromptThatFillsTheCache",
        "A prompt as long as the cache is allowed and yields exactly one token.",
        Request([5, 11, 3, 7, 1], capacity=5),
        [6],
    ),
    Script(
        "Generate.PromptLongerThanTheCacheIsRefused",
        "A prompt that does not fit is refused before any pass, neither cut nor written out of bounds.",
        Request([5, 11, 3, 7, 1, 8], capacity=5),
        [],
    ),
    Script(
        "Generate.EmptyPromptIsRefused",
        "Without a prompt there is nothing to feed, so it is refused before any pass.",
        Request([]),
        [],
    ),
    Script(
        "Generate.StaleCacheIsDropped",
        "Rows that an earlier call left in the cache are dropped: the first pass begins at position 0.",
        Request(PROMPT, cache_length=5, max_new_tokens=4),
        [6, 10, 1, 12],
    ),
    Script(
        "Generate.FullStaleCacheIsDropped",
        "A cache that an earlier call filled has room again for a prompt and new tokens.",
        Request(PROMPT, capacity=9, cache_length=9, max_new_tokens=4),
        [6, 10, 1, 12],
    ),
    Script(
        "Generate.PromptOfOneToken",
        "The shortest prompt is prefilled like any other.",
        Request([7], max_new_tokens=3),
        [6, 10, 1],
    ),
    Script(
        "Generate.TokensOfThePromptMayComeAgain",
        "What is chosen is fed and returned even where the prompt holds the same tokens.",
        Request([5, 11, 3, 7], max_new_tokens=6),
        [7, 5, 11, 3, 7, 5],
    ),
    Script(
        "Generate.RepeatedTokensAreAllReturned",
        "The same token several times in a row is neither dropped nor an end.",
        Request(PROMPT, max_new_tokens=5),
        [6, 6, 6, 10, 10],
    ),
    Script(
        "Generate.CallbackComesWithEachToken",
        "on_token is called when a token is chosen, before the next pass, and for the end token too.",
        Request(PROMPT, eos_token_ids=[END]),
        [6, 10, 1, 12, END, 7, 8, 4],
    ),
    Script(
        "Generate.NegativeLogitsGreedily",
        "A search for the largest logit that starts at 0 chooses token 0 every time.",
        Request(PROMPT, max_new_tokens=4),
        [6, 10, 1, 12],
        lowered=20,
    ),
    Script(
        "Generate.UniformIsCalledAtTemperatureZeroToo",
        "A number is drawn for each new token whatever the temperature, and changes nothing at 0.",
        Request(PROMPT, max_new_tokens=6),
        [6, 10, 1, 12, 7, 4],
    ),
    Script(
        "Generate.SamplingUsesOneUniformForEachToken",
        "Each new token takes the next number: none is used twice or passed over, and none of them greedily.",
        Request(PROMPT, max_new_tokens=7, temperature=1),
        None,
        unlike=[{"temperature": 0}],
    ),
    Script(
        "Generate.SamplingOptionsReachTheSampler",
        "Temperature, top-k and top-p all change what is drawn here, so none may be forgotten.",
        Request(PROMPT, max_new_tokens=8, temperature=0.7, top_k=5, top_p=0.8),
        None,
        unlike=[{"temperature": 0}, {"temperature": 1.0}, {"top_k": 0}, {"top_p": 1}],
    ),
    Script(
        "Generate.SamplingEndsAtADrawnEndToken",
        "An end token that was drawn rather than the likeliest ends generation as well.",
        Request(PROMPT, max_new_tokens=12, eos_token_ids=[END, 4, 7], temperature=1.4),
        None,
        unlike=[{"temperature": 0}, {"eos_token_ids": []}],
    ),
    Script(
        "Generate.LongRun",
        "Forty tokens: lengths and positions go on beyond what small sizes show.",
        Request(PROMPT, capacity=64, max_new_tokens=40),
        [(7 * i * i + 3 * i + 6) % VOCAB for i in range(40)],
    ),
]


def scripted_case(recipe: Script, gen: torch.Generator) -> Case:
    ids = torch.cat(
        [torch.arange(USUAL_ENDS), USUAL_ENDS + torch.randperm(VOCAB - USUAL_ENDS, generator=gen)]
    )
    tokens = None if recipe.tokens is None else ids[list(recipe.tokens)].tolist()
    n_rows = SPARE + (recipe.request.max_new_tokens if tokens is None else len(tokens))
    request = replace(
        recipe.request,
        prompt=ids[recipe.request.prompt].tolist(),
        eos_token_ids=ids[recipe.request.eos_token_ids].tolist(),
        uniforms=torch.rand(n_rows, generator=gen).tolist(),
    )
    script = normal((n_rows, VOCAB), gen) - recipe.lowered
    if tokens is not None:
        lead(script, tokens, request.eos_token_ids)
    expect = transcript(request, script)
    if Loop(Numerics(torch.float32), request, script).outcome() != expect:
        raise MismatchError(f"{recipe.name}: our model goes on in another way than transformers")
    others = [replace(request, **other) for other in recipe.unlike]
    if tokens is None:
        others += with_other_uniforms(request, expect["uniform_calls"])
    if any(transcript(other, script)["returned"] == expect["returned"] for other in others):
        raise TooClose
    return Case(
        recipe.name,
        "generate",
        recipe.purpose,
        before={"script": script},
        args=request.args(),
        expect=expect,
    )


def predict_generate(case: Case, _: Mapping[str, Model], switches: Switches, numerics: Numerics) -> Predicted:
    if case.model is not None:
        raise Unpredictable("what the bundled model would go on to tell isn't computed")
    loop = Loop(numerics, Request(**case.args), case.before["script"], switches)
    return Predicted(expect=loop.outcome())


def lead(script: Tensor, tokens: Sequence[int], end_tokens: Sequence[int]) -> None:
    """Puts the scripted token of each row clearly in front, in spare rows any but an end token."""
    for i, row in enumerate(script):
        if i >= len(tokens):
            row[list(end_tokens)] = row.min()
        token = tokens[i] if i < len(tokens) else int(row.argmax())
        row[token] = row.max() + LEAD


def with_other_uniforms(request: Request, n_used: int) -> list[Request]:
    """The numbers backwards, only the first one, and all but the first one."""
    if n_used < SHORTEST_SAMPLE:
        raise TooClose
    used, rest = request.uniforms[:n_used], request.uniforms[n_used:]
    others = [used[::-1] + rest, used[:1] * len(request.uniforms), request.uniforms[1:]]
    return [replace(request, uniforms=uniforms) for uniforms in others]


def scripted_recipes() -> list[Recipe]:
    return [Recipe(script.name, partial(scripted_case, script)) for script in SCRIPTS]

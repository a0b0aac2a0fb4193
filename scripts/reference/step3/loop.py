"""A model of generate, as operators.py has them for steps 0 and 1: it calls a script and writes down how."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from torch import Tensor

from reference.numerics import Numerics
from reference.redraw import TooClose
from reference.step3.generation import Request, invert
from reference.step3.sampling import sampling_distribution
from reference.switches import OFF, Raised, Switches, Unpredictable, choice

CLEAR = 1e-5  # how far a number of [0, 1) stays away from where another token would be drawn


class Loop:
    """One call of generate with the test's callables, which end it if it goes on and on."""

    def __init__(
        self, numerics: Numerics, request: Request, script: Tensor, switches: Switches = OFF
    ) -> None:
        self.numerics, self.request, self.script, self.switches = numerics, request, script, switches
        self.length = request.cache_length
        self.calls: list[dict[str, Any]] = []
        self.callbacks: list[int] = []
        self.uniform_calls = 0

    def outcome(self) -> dict[str, Any]:
        """`expect` of the case."""
        try:
            returned = self.run()
        except Raised as raised:
            if not self.calls:
                return {"raises": raised.kind, "calls": []}
            return {"raises": raised.kind, **self.observed()}
        return {"returned": returned, **self.observed()}

    def observed(self) -> dict[str, Any]:
        return {
            "calls": self.calls,
            "callbacks": self.callbacks,
            "uniform_calls": self.uniform_calls,
            "cache_length": self.length,
        }

    def forward(self, tokens: Sequence[int]) -> Tensor:
        if len(self.calls) == len(self.script):
            raise Raised("another exception")  # the script has come to its end
        self.calls.append(
            {"tokens": list(tokens), "cache_length": self.length, "callbacks": len(self.callbacks)}
        )
        self.length += len(tokens)
        return self.script[len(self.calls) - 1]

    def uniform(self) -> float:
        self.uniform_calls += 1
        if self.uniform_calls > len(self.request.uniforms):
            raise Raised("out_of_range")
        return self.request.uniforms[self.uniform_calls - 1]

    def run(self) -> list[int]:
        prompt = self.checked(self.request.prompt)
        if not self.has("earlier_rows", "kept"):
            self.length = 0
        only_number = self.uniform() if self.has("uniform", "once") else None
        if self.has("called_back", "prompt_too"):
            self.callbacks += prompt
        following = self.first(prompt)
        generated: list[int] = []
        ended = False
        while not ended and self.goes_on(prompt, generated, following):
            if self.has("cache", "dropped") or self.has("cache", "unused"):
                self.length = 0
            logits = self.forward(following)
            if self.has("cache", "advanced_too"):
                self.length += len(following)
            if self.has("called_back", "one_late"):
                self.callbacks += generated[-1:]
            token = self.chosen(logits, only_number)
            ended = self.ends(token, generated)
            self.keep(token, ended, generated)
            following = self.next(prompt, generated)
        if self.has("pass_too_many", "at_the_end") and not ended and self.has_room(following):
            self.forward(following)
        if self.has("called_back", "at_the_end"):
            self.callbacks += generated
        elif self.has("called_back", "one_late"):
            self.callbacks += generated[-1:]
        return [*prompt, *generated] if self.has("returned", "with_prompt") else generated

    def has(self, name: str, way: str) -> bool:
        return bool(self.switches.get(name) == way)

    def checked(self, prompt: list[int]) -> list[int]:
        """The prompt that is used; Raised if it is refused."""
        way, capacity = self.switches.get("refused", ""), self.request.capacity
        if way == "nothing" or (way == "long_only" and not prompt) or (way == "empty_only" and prompt):
            return prompt
        if way == "empty_only_long_cut" and prompt:
            return prompt[-capacity:]
        if not prompt or len(prompt) > capacity - (way == "full_too"):
            raise Raised("another exception" if way == "with_another_kind" else "invalid_argument")
        return prompt

    def first(self, prompt: list[int]) -> list[int]:
        """The tokens of the first pass in the loop, after those that are made before it."""
        way = self.switches.get("prefill", "")
        before = {
            "one_by_one": [[token] for token in prompt[:-1]],
            "last_apart": [prompt[:-1]] if prompt[:-1] else [],
            "last_twice": [prompt],
            "last_only": [],
        }
        if before.get(way) and self.request.max_new_tokens == 0:
            raise Unpredictable("the limit may be looked at before these passes or after them")
        for tokens in before.get(way, []):
            self.forward(tokens)
        if self.has("pass_too_many", "for_nothing") and self.request.max_new_tokens == 0:
            self.forward(prompt)
        return prompt[-1:] if way in before else prompt

    def goes_on(self, prompt: list[int], generated: list[int], following: list[int]) -> bool:
        wanted, n = self.request.max_new_tokens, len(generated)
        n += choice(self.switches, "counted", 0, prompt=len(prompt))
        way = self.switches.get("limit", "")
        if way == "at_least_one" and not generated:
            return True
        if not {"ignored": True, "one_more": n <= wanted, "one_less": n + 1 < wanted}.get(way, n < wanted):
            return False
        if self.has("ends", "anywhere_in_prompt_too") and set(prompt) & set(self.request.eos_token_ids):
            return False
        if (
            self.has("ends", "in_prompt_too")
            and following[-1:]
            and following[-1] in self.request.eos_token_ids
        ):
            return False
        return self.has_room(following)

    def has_room(self, following: list[int]) -> bool:
        capacity, needed = self.request.capacity, self.length + len(following)
        if self.has("cache", "unused"):
            needed = len(following)
        return choice(
            self.switches,
            "room",
            needed <= capacity,
            ignored=True,
            one_short=needed < capacity,
            one_too_many=self.length <= capacity,
        )

    def chosen(self, logits: Tensor, only_number: float | None) -> int:
        if self.has("chosen", "greedily"):
            return int(logits.argmax())
        request = self.request
        u = only_number if only_number is not None else 0.0
        if not (
            self.has("uniform", "once") or (self.has("uniform", "if_needed") and request.temperature == 0)
        ):
            u = self.uniform()
        if self.has("uniform", "twice"):
            u = self.uniform()
        elif self.has("uniform", "again"):
            if self.uniform_calls == len(self.request.uniforms):
                raise Unpredictable("the token may have been kept before the last number is asked for")
            self.uniform()
        options = (request.temperature, request.top_k, request.top_p)
        if self.has("options", "default"):
            options = (1, 0, 1)
        probs = sampling_distribution(self.numerics, logits, *options)
        try:
            return invert(probs, u, CLEAR) if options[0] != 0 else int(probs.argmax())
        except TooClose:
            raise Unpredictable("rounding decides which token is drawn") from None

    def ends(self, token: int, generated: list[int]) -> bool:
        listed = self.request.eos_token_ids
        if self.has("ends", "not_at_first") and not generated:
            return False
        of_code = choice(
            self.switches, "ends", listed, never=[], first_only=listed[:1], last_only=listed[-1:], two=[2]
        )
        return token in of_code

    def keep(self, token: int, ended: bool, generated: list[int]) -> None:
        """Appends the token and calls back."""
        dropped = self.switches.get("end_token") if ended else None
        if dropped not in ("left_out", "not_returned"):
            generated.append(token)
        at_once = self.switches.get("called_back") not in ("at_the_end", "one_late")
        if at_once and dropped not in ("left_out", "not_called_back"):
            self.callbacks += [token, token] if self.has("called_back", "twice") else [token]

    def next(self, prompt: list[int], generated: list[int]) -> list[int]:
        whole = [*prompt, *generated]
        return choice(
            self.switches, "fed", generated[-1:], everything=whole, prompt=prompt, first_new=generated[:1]
        )

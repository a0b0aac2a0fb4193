"""What transformers' `generate` does with scripted logits, and with the bundled model."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import Any
from unittest.mock import patch

import torch
from torch import Tensor
from transformers import Cache, GenerationMixin, PreTrainedConfig, PreTrainedModel
from transformers.generation.streamers import BaseStreamer
from transformers.modeling_outputs import CausalLMOutputWithPast

from reference.redraw import TooClose

DRAW_MARGIN = 1e-3  # how far a number of [0, 1) stays away from where the drawn token changes


@dataclass
class Request:
    """The arguments of one call of generate."""

    prompt: list[int]
    capacity: int = 24
    cache_length: int = 0
    max_new_tokens: int = 8
    eos_token_ids: list[int] = field(default_factory=list)
    temperature: float = 0
    top_k: int = 0
    top_p: float = 1
    uniforms: list[float] = field(default_factory=list)

    def args(self) -> dict[str, Any]:
        return asdict(self)


# transformers is untyped for mypy here, so what its classes are the base of has no type either.
class ScriptedConfig(PreTrainedConfig):  # type: ignore[misc]
    model_type = "scripted"


class Recorder(BaseStreamer):  # type: ignore[misc]
    """Gets each token as soon as it is chosen."""

    def __init__(self) -> None:
        self.tokens: list[int] | None = None

    def put(self, value: Tensor) -> None:
        if self.tokens is None:  # transformers hands over the prompt first
            self.tokens = []
        else:
            self.tokens.extend(value.flatten().tolist())

    def end(self) -> None:
        pass


class ScriptedModel(PreTrainedModel, GenerationMixin):  # type: ignore[misc]
    """Returns row i of the script from forward call i, whatever it is fed, and writes down each call."""

    config_class = ScriptedConfig

    def __init__(self, script: Tensor) -> None:
        super().__init__(ScriptedConfig(vocab_size=script.shape[1], num_hidden_layers=1))
        self.parameter = torch.nn.Parameter(torch.zeros(1))  # generate asks for the device of one
        self.script = script
        self.recorder = Recorder()
        self.calls: list[dict[str, Any]] = []

    def forward(self, input_ids: Tensor, past_key_values: Cache, **_: object) -> CausalLMOutputWithPast:
        logits = self.script[len(self.calls)]
        self.calls.append(
            {
                "tokens": input_ids[0].tolist(),
                "cache_length": past_key_values.get_seq_length(),
                "callbacks": len(self.recorder.tokens or []),
            }
        )
        rows = torch.zeros(1, 1, input_ids.shape[1], 1)
        past_key_values.update(rows, rows, 0)
        return CausalLMOutputWithPast(logits=logits[None, None], past_key_values=past_key_values)


def invert(probs: Tensor, u: float, margin: float = DRAW_MARGIN) -> int:
    """The first token at which the cumulative sum exceeds u. Raises TooClose if rounding could change it."""
    sums = probs.double().cumsum(0)
    if torch.any((sums - u).abs() < margin):
        raise TooClose
    first = int(torch.searchsorted(sums, torch.tensor(u, dtype=torch.float64), right=True))
    # "If rounding lets the sum end below u, it is the last token of probability above 0."
    return min(first, int(probs.nonzero().max()))


@contextmanager
def multinomial(choose: Callable[[Tensor], int]) -> Iterator[list[Tensor]]:
    """Lets `choose` draw instead of torch.multinomial. Yields the distributions from which it has drawn."""
    seen: list[Tensor] = []

    def draw(probs: Tensor, num_samples: int) -> Tensor:
        assert num_samples == 1 and probs.shape[0] == 1
        seen.append(probs[0])
        return torch.tensor([[choose(probs[0])]])

    with patch("torch.multinomial", draw):
        yield seen


def generate(
    model: GenerationMixin,
    request: Request,
    max_new_tokens: int,
    streamer: Recorder | None = None,
    choose: Callable[[Tensor], int] | None = None,
) -> tuple[list[int], list[Tensor]]:
    """The new tokens by transformers, and the distributions that they were drawn from, if they were drawn."""
    sampling: dict[str, Any] = {"do_sample": request.temperature != 0}
    if request.temperature != 0:
        sampling |= {
            "temperature": float(request.temperature),
            "top_k": request.top_k,
            "top_p": request.top_p,
        }
    ids = torch.tensor([request.prompt])
    uniforms = iter(request.uniforms)
    with multinomial(choose or (lambda probs: invert(probs, next(uniforms)))) as seen, torch.no_grad():
        output = model.generate(
            ids,
            attention_mask=torch.ones_like(ids),
            max_new_tokens=max_new_tokens,
            eos_token_id=request.eos_token_ids or None,
            pad_token_id=0,
            streamer=streamer,
            **sampling,
        )
    returned: list[int] = output[0, len(request.prompt) :].tolist()
    assert len(seen) == (len(returned) if request.temperature != 0 else 0), "torch.multinomial was bypassed"
    return returned, seen


def longest(request: Request) -> int:
    """How many new tokens the limits allow.

    "until … the cache has no room for the token to be fed next": transformers knows the lengths only as a
    number of new tokens. The last one is never fed, so it needs no room.
    """
    return min(request.max_new_tokens, request.capacity - len(request.prompt) + 1)


def transcript(request: Request, script: Tensor) -> dict[str, Any]:
    """What must be observed of a call of generate with scripted logits: `expect` of the case."""
    if not request.prompt or len(request.prompt) > request.capacity:
        # "Throws std::invalid_argument, before any pass, if the prompt is empty or longer than the cache."
        return {"raises": "invalid_argument", "calls": []}
    if longest(request) == 0:
        # "No pass is made whose logits nobody needs", and "what it holds from earlier is dropped first".
        # transformers refuses to generate nothing.
        return {"calls": [], "returned": [], "callbacks": [], "uniform_calls": 0, "cache_length": 0}
    model = ScriptedModel(script)
    returned, _ = generate(model, request, longest(request), model.recorder)
    last = model.calls[-1]
    return {
        "calls": model.calls,
        "returned": returned,
        "callbacks": model.recorder.tokens,
        # "called once for each new token", also where it isn't needed, at temperature 0.
        "uniform_calls": len(returned),
        "cache_length": last["cache_length"] + len(last["tokens"]),
    }


def distribution(logits: Tensor, temperature: float, top_k: int, top_p: float) -> Tensor:
    """What transformers draws the next token from, as it computes it."""
    request = Request([0], temperature=temperature, top_k=top_k, top_p=top_p)
    model = ScriptedModel(logits[None])
    if temperature == 0:  # transformers searches greedily then
        (token,), _ = generate(model, request, 1)
        return torch.nn.functional.one_hot(torch.tensor(token), len(logits)).float()
    # Which token is drawn doesn't matter, only from what.
    _, (probs,) = generate(model, request, 1, choose=lambda _: 0)
    return probs

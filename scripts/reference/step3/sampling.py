"""PyTorch models of sampling_distribution and sample, as operators.py has them for steps 0 and 1."""

from __future__ import annotations

import torch
from torch import Tensor

from reference.attention import masked_softmax
from reference.numerics import Numerics
from reference.switches import OFF, Raised, Switches, Unpredictable, choice

LEFT_OUT = float("-inf")  # e^LEFT_OUT is 0


def sampling_distribution(
    numerics: Numerics,
    logits: Tensor,
    temperature: float,
    top_k: int,
    top_p: float,
    switches: Switches = OFF,
) -> Tensor:
    """logits (vocab_size) to probs (vocab_size)"""
    logits = numerics.cast(logits)
    at_zero = switches.get("at_zero", "likeliest")
    if switches.get("options") == "greedy" or (temperature == 0 and at_zero == "likeliest"):
        likeliest = torch.tensor(largest(logits, switches))
        return numerics.cast(torch.nn.functional.one_hot(likeliest, len(logits)))
    if temperature == 0 and at_zero == "as_one":
        temperature = 1
    place = switches.get("temperature", "first")
    scaled = logits / temperature if place == "first" else logits
    if place == "multiplied":
        scaled = logits * temperature
    kept = keep_top_p(numerics, scaled, top_p, switches) if switches.get("top_p_first") else scaled
    kept = keep_top_k(kept, top_k, switches)
    if switches.get("nothing_left") == "zeros" and (kept == LEFT_OUT).all():
        return torch.zeros_like(kept)
    if not switches.get("top_p_first"):
        kept = keep_top_p(numerics, kept, top_p, switches)
    if place == "after_top_p":
        kept = kept / temperature
    probs = softmax(numerics, kept, switches)
    if switches.get("renormalized") == "no":
        probs = softmax(numerics, scaled, switches).masked_fill(kept == LEFT_OUT, 0)
    if place == "after_softmax":
        probs = probs / temperature
    # Dividing by the temperature rounds each logit; what it errs by, its probability errs by as a factor.
    numerics.track(probs * scaled)
    return probs


def largest(logits: Tensor, switches: Switches) -> int:
    way = switches.get("search")
    if way == "from_zero" and logits.max() <= 0:
        return 0
    if way == "last_on_ties":
        return int((logits == logits.max()).nonzero().max())
    return int(torch.argmax(logits))


def keep_top_k(logits: Tensor, top_k: int, switches: Switches) -> Tensor:
    way = switches.get("top_k")
    if top_k == 0:
        return torch.full_like(logits, LEFT_OUT) if way == "zero_is_none" else logits
    if top_k > len(logits) and way == "not_capped":
        raise Raised("out_of_range")
    if top_k >= len(logits):
        return logits
    if way == "exactly_k":
        likeliest_first = logits.argsort(descending=True, stable=True)
        return logits.index_fill(0, likeliest_first[top_k:], LEFT_OUT)
    if way == "smallest":
        return logits.masked_fill(logits > logits.sort().values[top_k - 1], LEFT_OUT)
    kth = logits.sort(descending=True).values[top_k if way == "one_more" else top_k - 1]
    below = logits <= kth if way == "without_kth" else logits < kth
    return logits.masked_fill(below, choice(switches, "left_out", LEFT_OUT, zero=0.0))


def keep_top_p(numerics: Numerics, logits: Tensor, top_p: float, switches: Switches) -> Tensor:
    if top_p == 1:
        return logits
    way = switches.get("top_p")
    if way == "zero_is_none" and top_p == 0:
        return torch.full_like(logits, LEFT_OUT)
    probs = softmax(numerics, logits, switches)
    if probs.isnan().any():
        raise Unpredictable("it depends on how the code compares NaN")
    order = logits.argsort(stable=True)
    if way == "by_id":
        order = torch.arange(len(logits)).flip(0)
    elif way == "unlikely_kept":
        order = logits.argsort(descending=True, stable=True)
    sums = probs[order].cumsum(0)
    n_left_out = int((sums[:-1] <= (top_p if way == "complement" else 1 - top_p)).sum())
    if way == "crossing_left_out":
        n_left_out = min(n_left_out + 1, len(logits) - 1)
    elif way == "crossing_left_out_always":
        n_left_out += 1
    return logits.index_fill(0, order[:n_left_out], choice(switches, "left_out", LEFT_OUT, zero=0.0))


def softmax(numerics: Numerics, logits: Tensor, switches: Switches) -> Tensor:
    """A single query that sees everything."""
    if switches.get("maximum") == "kept":
        exponential = logits.exp()
        probs = exponential / numerics.sum(exponential, tracked=False)
        numerics.track(probs)
        return probs
    return masked_softmax(numerics, logits[None, None])[0, 0]


def sample(probs: Tensor, u: float, switches: Switches = OFF) -> int:
    """What is drawn. Sums in float64 are those of float32 where the case says that each order is exact."""
    probs = probs.double()
    u = 1 - u if switches.get("compared") == "complement" else u
    order = torch.arange(len(probs))
    if switches.get("order") == "likeliest_first":
        order = probs.argsort(descending=True, stable=True)
    elif switches.get("order") == "from_the_end":
        order = order.flip(0)
    # "If rounding lets the sum end below u, it is the last token of probability above 0."
    last = choice(
        switches, "fallback", int(order[probs[order] > 0][-1]), last_id=len(probs) - 1, none=-1, first=0
    )
    if switches.get("draw") == "likeliest":
        return int(probs.argmax())
    reached = probs[order] if switches.get("compared") == "probability" else probs[order].cumsum(0)
    enough = (reached >= u if switches.get("compared") == "reached" else reached > u).nonzero().flatten()
    token = int(order[enough[0]]) if len(enough) else last
    return token + choice(switches, "returned", 0, next=1)

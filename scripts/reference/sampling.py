"""A PyTorch model of sampling_distribution, as operators.py has them for steps 0 and 1."""

from __future__ import annotations

import torch
from torch import Tensor

from reference.attention import masked_softmax
from reference.numerics import Numerics

LEFT_OUT = float("-inf")


def sampling_distribution(
    numerics: Numerics, logits: Tensor, temperature: float, top_k: int, top_p: float
) -> Tensor:
    """logits (vocab_size) to probs (vocab_size)"""
    logits = numerics.cast(logits)
    if temperature == 0:
        likeliest = torch.argmax(logits)
        return numerics.cast(torch.nn.functional.one_hot(likeliest, len(logits)))
    scaled = logits / temperature
    kept = keep_top_k(scaled, top_k)
    kept = keep_top_p(numerics, kept, top_p)
    probs = softmax(numerics, kept)
    # Dividing by the temperature rounds each logit; what it errs by, its probability errs by as a factor.
    numerics.track(probs * scaled)
    return probs


def keep_top_k(logits: Tensor, top_k: int) -> Tensor:
    if top_k == 0:
        return logits
    k = min(top_k, len(logits))
    kth = logits.sort(descending=True).values[k - 1]
    return logits.masked_fill(logits < kth, LEFT_OUT)


def keep_top_p(numerics: Numerics, logits: Tensor, top_p: float) -> Tensor:
    if top_p == 1:
        return logits
    probs = softmax(numerics, logits)
    likeliest_last = logits.argsort(stable=True)
    sums = probs[likeliest_last].cumsum(0)
    n_left_out = int((sums[:-1] <= 1 - top_p).sum())
    return logits.index_fill(0, likeliest_last[:n_left_out], LEFT_OUT)


def softmax(numerics: Numerics, logits: Tensor) -> Tensor:
    """A single query that sees everything."""
    return masked_softmax(numerics, logits[None, None])[0, 0]

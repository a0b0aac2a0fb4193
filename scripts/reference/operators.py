"""One PyTorch model for each contract function of step 0 but masked_softmax, with the contracts' names and shapes.

They give the noise of right float32 code and what wrong code yields, never a golden tensor. Each decision
that a function makes (which head, which keys, which constant) is a switch with a name: one that `switches`
doesn't hold is decided as transformers does.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from reference.numerics import Numerics
from reference.switches import OFF, Switches


def gather(numerics: Numerics, table: Tensor, indices: Sequence[int]) -> Tensor:
    """table (rows, width) to (n, width)."""
    return numerics.cast(table)[list(indices)]


def rms_norm(numerics: Numerics, x: Tensor, weight: Tensor, eps: float, switches: Switches = OFF) -> Tensor:
    """x (…, width), weight (width)."""
    x, weight = numerics.cast(x), numerics.cast(weight)
    squares = numerics.sum_products(x, x, tracked=False)
    mean_square = squares if switches.get("divisor") == "none" else squares / x.shape[-1]
    place = switches.get("eps", "inside")
    root = (mean_square + eps).sqrt() if place == "inside" else mean_square.sqrt()
    if place == "outside":
        root = root + eps
    normalized = x / root.unsqueeze(-1)
    weighting = switches.get("weight")
    out = (
        normalized
        if weighting == "none"
        else normalized * (1 + weight if weighting == "one_plus" else weight)
    )
    numerics.track(out)
    return out


def matmul(numerics: Numerics, c: Tensor, a: Tensor, b: Tensor, alpha: float = 1, beta: float = 0) -> Tensor:
    """c (m, n), a (m, k), b (k, n)."""
    product = numerics.matmul(numerics.cast(a), numerics.cast(b))
    return _accumulated(numerics, numerics.cast(c), product, alpha, beta)


def matmul_transb(
    numerics: Numerics, c: Tensor, a: Tensor, b: Tensor, alpha: float = 1, beta: float = 0
) -> Tensor:
    """c (m, n), a (m, k), b (n, k)."""
    product = numerics.matmul(numerics.cast(a), numerics.cast(b).transpose(0, 1))
    return _accumulated(numerics, numerics.cast(c), product, alpha, beta)


def _accumulated(numerics: Numerics, c: Tensor, product: Tensor, alpha: float, beta: float) -> Tensor:
    """beta · c + alpha · product; with beta == 0, c isn't read."""
    scaled = product * alpha
    if beta == 0:
        numerics.track(scaled)
        return scaled
    numerics.track((c * beta).abs() + scaled.abs())
    return numerics.multiply_add(c, torch.tensor(beta, dtype=c.dtype), scaled)


def rope_frequencies(numerics: Numerics, head_dim: int, theta: float) -> Tensor:
    """(head_dim / 2)"""
    pair = torch.arange(head_dim // 2, dtype=numerics.dtype)
    exponent = 2 * pair / head_dim
    inv_freq = torch.tensor(theta, dtype=numerics.dtype).pow(-exponent)
    numerics.track(inv_freq)
    return inv_freq


def rope(numerics: Numerics, x: Tensor, start_pos: int, inv_freq: Tensor) -> Tensor:
    """x (seq_len, n_heads, head_dim), inv_freq (head_dim / 2)."""
    x, inv_freq = numerics.cast(x), numerics.cast(inv_freq)
    position = torch.arange(start_pos, start_pos + x.shape[0], dtype=numerics.dtype)
    angle = (position[:, None] * inv_freq)[:, None, :]
    cos, sin = angle.cos(), angle.sin()
    half = x.shape[-1] // 2
    first, second = x[..., :half], x[..., half:]
    rotated_first = _two_products(numerics, first, cos, -second, sin)
    rotated_second = _two_products(numerics, second, cos, first, sin)
    return torch.cat([rotated_first, rotated_second], dim=-1)


def _two_products(numerics: Numerics, a: Tensor, b: Tensor, c: Tensor, d: Tensor) -> Tensor:
    """a·b + c·d"""
    return numerics.sum_products(torch.stack([a, c], dim=-1), torch.stack([b, d], dim=-1))


def swiglu(numerics: Numerics, gate: Tensor, up: Tensor) -> Tensor:
    """gate, up (rows, width)"""
    gate, up = numerics.cast(gate), numerics.cast(up)
    sigmoid = 1 / (1 + (-gate).exp())
    activated = gate * sigmoid
    out = activated * up
    numerics.track(out)
    return out


def narrow_copy(numerics: Numerics, x: Tensor, dim: int, start: int, length: int) -> Tensor:
    """x's shape, but for `length` in dimension `dim`."""
    return numerics.cast(x).narrow(dim, start, length).clone()

"""How far right float32 code may lie from the golden tensors: noise is measured, bounds follow from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum

import torch
from torch import Tensor

# A right result may deviate from the truth to one side and the golden tensor to the other: twice the noise.
# That is what bound_factor.py finds, 1.93 at most over 10 seeds and four other orders of summation. Compiled
# C++ with other formulas, even with -Ofast for one machine, stays below 1.5. The rest is reserve for machines
# and mathematical libraries that we haven't seen; known mistakes lie hundreds of bounds away.
BOUND_FACTOR = 8.0
EPSILON = torch.finfo(torch.float32).eps
# How far apart the PyTorch model and transformers may lie when both compute in float64.
SAME_FUNCTION = 1e-9


class Order(Enum):
    """In which order the terms of a sum are added."""

    FORWARDS = "forwards"
    BACKWARDS = "backwards"
    BLOCKS = "blocks"  # eight partial sums, added pairwise at the end, as a vectorized loop does


LANES = 8


@dataclass
class Numerics:
    """One way to compute: the type, the order of summation, and whether multiply and add round once.

    `largest_terms` collects the largest Σ|terms| of all sums computed with it, in units of the output, unless
    `tracks` is off.
    """

    dtype: torch.dtype
    order: Order = Order.FORWARDS
    fused: bool = False
    largest_terms: float = 0.0
    tracks: bool = True

    def cast(self, x: Tensor) -> Tensor:
        return x.to(self.dtype)

    def track(self, terms: Tensor) -> None:
        """Notes sums of absolute terms. What a later division scales away is noted after that division."""
        finite = terms[terms.isfinite()] if self.tracks else terms[:0]
        if finite.numel():
            self.largest_terms = max(self.largest_terms, float(finite.abs().max()))

    def multiply_add(self, a: Tensor, b: Tensor, c: Tensor) -> Tensor:
        """a·b + c. Fused: a product of two float32 is exact in float64, so only the end rounds to float32."""
        if self.fused:
            return (a.double() * b.double() + c.double()).to(self.dtype)
        return a * b + c

    def sum_products(self, a: Tensor, b: Tensor, tracked: bool = True) -> Tensor:
        """Σ a·b over the last dimension; the others broadcast."""
        if tracked and self.tracks:
            self.track(self._accumulate(a.abs(), b.abs()))
        return self._accumulate(a, b)

    def sum(self, x: Tensor, tracked: bool = True) -> Tensor:
        """Σ x over the last dimension."""
        return self.sum_products(x, torch.ones_like(x), tracked)

    def matmul(self, a: Tensor, b: Tensor) -> Tensor:
        """(…, m, k) times (…, k, n)."""
        return self.sum_products(a.unsqueeze(-2), b.transpose(-1, -2).unsqueeze(-3))

    def _accumulate(self, a: Tensor, b: Tensor) -> Tensor:
        shape: torch.Size = torch.broadcast_shapes(a.shape, b.shape)  # type: ignore[no-untyped-call]
        a, b = a.expand(shape), b.expand(shape)
        n = a.shape[-1]
        if self.order is Order.BLOCKS:
            return self._accumulate_in_lanes(a, b)
        total = torch.zeros(a.shape[:-1], dtype=self.dtype)
        for i in range(n) if self.order is Order.FORWARDS else reversed(range(n)):
            total = self.multiply_add(a[..., i], b[..., i], total)
        return total

    def _accumulate_in_lanes(self, a: Tensor, b: Tensor) -> Tensor:
        lanes = torch.zeros((*a.shape[:-1], LANES), dtype=self.dtype)
        for begin in range(0, a.shape[-1], LANES):
            block_a, block_b = a[..., begin : begin + LANES], b[..., begin : begin + LANES]
            width = block_a.shape[-1]
            lanes[..., :width] = self.multiply_add(block_a, block_b, lanes[..., :width])
        while lanes.shape[-1] > 1:
            half = lanes.shape[-1] // 2
            lanes = lanes[..., :half] + lanes[..., half:]
        return lanes[..., 0]


def variants() -> list[Numerics]:
    """The six ways of float32 over which noise is measured."""
    return [Numerics(torch.float32, order, fused, tracks=False) for order in Order for fused in (False, True)]


class MismatchError(RuntimeError):
    """The PyTorch model isn't what transformers computes."""


@dataclass(frozen=True)
class Measured:
    """By output: the largest deviation from the truth, and the bound that follows."""

    noise: dict[str, float]
    bounds: dict[str, float]


Outputs = Mapping[str, Tensor]


def deviation(actual: Tensor, expected: Tensor) -> float:
    """Largest absolute difference. Raises MismatchError for another shape or what isn't finite."""
    if actual.shape != expected.shape:
        raise MismatchError(f"shape {tuple(actual.shape)} where {tuple(expected.shape)} was expected")
    if not (actual.isfinite().all() and expected.isfinite().all()):
        raise MismatchError("a result isn't finite")
    return float((actual.double() - expected.double()).abs().max()) if actual.numel() else 0.0


def measure(model: Callable[[Numerics], Outputs], golden: Outputs, truth: Outputs) -> Measured:
    """Noise and bounds of one call.

    `model` is the PyTorch model of the function (operators.py), `golden` transformers' float32 result,
    `truth` the same in float64 (precision.float64). All three give tensors by the same names.
    Raises MismatchError if the model isn't transformers' function.
    """
    exact = Numerics(torch.float64)
    in_float64 = model(exact)
    in_float32 = [model(numerics) for numerics in variants()]
    if not golden.keys() == truth.keys() == in_float64.keys():
        raise MismatchError(f"outputs {sorted(golden)}, {sorted(truth)} and {sorted(in_float64)}")
    noise, bounds = {}, {}
    for name, expected in truth.items():
        scale = max(1.0, float(expected.abs().max()))
        apart = deviation(in_float64[name], expected)
        if apart > SAME_FUNCTION * scale:
            raise MismatchError(f"{name}: model and transformers lie {apart:.3g} apart in float64")
        of_model = max(deviation(outputs[name], expected) for outputs in in_float32)
        of_golden = deviation(golden[name], expected)
        if of_golden > bound(of_model, exact.largest_terms):
            raise MismatchError(
                f"{name}: transformers' float32 deviates by {of_golden:.3g}, ours by {of_model:.3g}"
            )
        noise[name] = rounded_up(max(of_model, of_golden))
        bounds[name] = rounded_up(bound(noise[name], exact.largest_terms))
    return Measured(noise, bounds)


def bound(noise: float, terms: float) -> float:
    return BOUND_FACTOR * max(noise, EPSILON * terms)


def rounded_up(x: float) -> float:
    """Three digits are enough for a file that people read."""
    return float(f"{x * 1.005:.2e}")

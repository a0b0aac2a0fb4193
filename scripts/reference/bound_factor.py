"""The measurement that BOUND_FACTOR rests on. From the root:

    PYTHONPATH=scripts python -m reference.bound_factor

For other inputs of the cases that are one call of a function (calls.py) it computes in ways that are right,
but none of the six over which noise is measured, and prints how far the results lie from transformers' in
units of max(noise, ε · Σ|terms|).
"""

from __future__ import annotations

from collections.abc import Callable
from unittest.mock import patch

import steps
import torch
from torch import Tensor
from tqdm import tqdm

from reference import calls, numerics, recipe
from reference.case import generator
from reference.numerics import Numerics, Outputs

SEEDS = range(1, 11)


class Rearranged(Numerics):
    """Adds up in float32 what `arrange` makes of the products (…, n): (…, rounds, partial sums)."""

    def __init__(self, arrange: Callable[[Tensor], Tensor]) -> None:
        super().__init__(torch.float32)
        self.arrange = arrange

    def _accumulate(self, a: Tensor, b: Tensor) -> Tensor:
        partial = torch.zeros(())
        for products in self.arrange(a * b).unbind(-2):
            partial = partial + products
        total = torch.zeros(())
        for each in partial.unbind(-1):
            total = total + each
        return total


class Wide(Numerics):
    """Adds up in float64 and rounds once, which is better than what transformers does."""

    def _accumulate(self, a: Tensor, b: Tensor) -> Tensor:
        return (a.double() * b.double()).sum(-1).to(self.dtype)


def lanes(width: int) -> Callable[[Tensor], Tensor]:
    def arrange(products: Tensor) -> Tensor:
        padded = torch.nn.functional.pad(products, (0, -products.shape[-1] % width))
        return padded.reshape(*padded.shape[:-1], -1, width)

    return arrange


def shuffled(products: Tensor) -> Tensor:
    order = torch.randperm(products.shape[-1], generator=generator(0, "order"))
    return products[..., order, None]


OTHER_WAYS = {
    "4 partial sums": Rearranged(lanes(4)),
    "16 partial sums": Rearranged(lanes(16)),
    "random order": Rearranged(shuffled),
    "float64, rounded once": Wide(torch.float32),
}


def main() -> None:
    torch.set_num_threads(1)
    largest: dict[str, tuple[float, str]] = {}

    def measure(model: Callable[[Numerics], Outputs], golden: Outputs, truth: Outputs) -> numerics.Measured:
        measured = numerics.measure(model, golden, truth)
        for way, other in OTHER_WAYS.items():
            for output, tensor in model(other).items():
                allowed = measured.bounds[output] / numerics.BOUND_FACTOR
                ratio = numerics.deviation(tensor, golden[output]) / allowed if allowed else 0.0
                largest[way] = max(largest.get(way, (0.0, "")), (ratio, name))
        return measured

    with patch.object(calls, "measure", measure):
        for seed in tqdm(SEEDS, unit="seed"):
            for step in steps.STEPS:
                for each in recipe.definition(step, seed, steps.ROOT / "reference_data").recipes:
                    if isinstance(each, calls.OneCall):
                        name = f"{each.name}, seed {seed}"
                        recipe.build(each, seed)
    for way, (ratio, where) in largest.items():
        print(f"{way:22} {ratio:5.2f}   {where}")


if __name__ == "__main__":
    main()

"""What a private seed varies besides the numbers in tensors: counts, sizes, parameters.

Without that, an answer that is no tensor of random numbers, such as which weight is which, would be the same
for every seed, and everybody would have it. The kit's own data are as their recipes say.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

import torch

KIT_SEED = 2026
T = TypeVar("T")


@dataclass(frozen=True)
class Variation:
    seed: int

    @property
    def is_private(self) -> bool:
        return self.seed != KIT_SEED

    def one_of(self, gen: torch.Generator, own: T, *others: T) -> T:
        """`own` for the kit's data, which takes no number from `gen`; else one of the others."""
        if not self.is_private:
            return own
        return others[int(torch.randint(len(others), (1,), generator=gen))]

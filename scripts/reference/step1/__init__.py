"""Golden cases of step 1: self_attention (suite SelfAttention), one call each.

Parameters bear the contract's names; after: out, and scores with the attention weights. Sizes are given as
seq_len over total_len (new tokens, and all that are in the cache by then).
"""

from __future__ import annotations

from pathlib import Path

from reference.calls import predictors
from reference.recipe import Step
from reference.step1.cases import SELF_ATTENTION, recipes


def step(_seed: int, _data: Path) -> Step:
    return Step(recipes(), predictors=predictors([SELF_ATTENTION]))

"""Golden cases of step 0, the operators: one call each, in the order in which the contract names them.

Suites are Gather, RmsNorm, MatmulTransb, RopeFrequencies, Rope, MaskedSoftmax, Matmul, Swiglu and NarrowCopy.
Parameters and arguments bear the contract's names. matmul's alpha and beta always stand among the arguments.
"""

from __future__ import annotations

from pathlib import Path

from reference import step0_products, step0_rope, step0_rows, step0_softmax
from reference.calls import predictors
from reference.functions import (
    GATHER,
    MASKED_SOFTMAX,
    MATMUL,
    MATMUL_TRANSB,
    NARROW_COPY,
    RMS_NORM,
    ROPE,
    ROPE_FREQUENCIES,
    SWIGLU,
)
from reference.recipe import Step

FUNCTIONS = (
    GATHER,
    RMS_NORM,
    MATMUL_TRANSB,
    ROPE_FREQUENCIES,
    ROPE,
    MASKED_SOFTMAX,
    MATMUL,
    SWIGLU,
    NARROW_COPY,
)


def step(_seed: int, _data: Path) -> Step:
    return Step(
        [
            *step0_rows.gather(),
            *step0_rows.rms_norm(),
            *step0_products.matmul_transb(),
            *step0_rope.rope_frequencies(),
            *step0_rope.rope(),
            *step0_softmax.masked_softmax(),
            *step0_products.matmul(),
            *step0_rows.swiglu(),
            *step0_rows.narrow_copy(),
        ],
        predictors=predictors(FUNCTIONS),
    )

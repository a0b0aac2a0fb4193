"""Golden cases of step 0, the operators: one call each, in the order in which the contract names them.

Suites are Gather, RmsNorm, MatmulTransb, RopeFrequencies, Rope, MaskedSoftmax, Matmul, Swiglu and NarrowCopy.
Parameters and arguments bear the contract's names. matmul's alpha and beta always stand among the arguments.
"""

from __future__ import annotations

from pathlib import Path

from reference.calls import predictors
from reference.recipe import Step
from reference.step0 import products, rope, rows, softmax
from reference.step0.functions import (
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
from reference.variation import Variation

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


def step(seed: int, _data: Path) -> Step:
    return Step(
        [
            *rows.gather(),
            *rows.rms_norm(),
            *products.matmul_transb(),
            *rope.rope_frequencies(Variation(seed)),
            *rope.rope(),
            *softmax.masked_softmax(),
            *products.matmul(),
            *rows.swiglu(),
            *rows.narrow_copy(),
        ],
        predictors=predictors(FUNCTIONS),
    )

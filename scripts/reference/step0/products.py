"""Cases of matmul and matmul_transb."""

from __future__ import annotations

import math

import torch
from torch import Generator, Tensor

from reference.calls import Call, Draw, recipe
from reference.case import dirt, normal
from reference.recipe import Recipe
from reference.step0.functions import MATMUL, MATMUL_TRANSB


def _call(c: Tensor, a: Tensor, b: Tensor, alpha: float = 1, beta: float = 0) -> Call:
    return Call({"c": c, "a": a, "b": b}, {"alpha": alpha, "beta": beta})


def _product(
    m: int,
    n: int,
    k: int,
    transb: bool,
    alpha: float = 1,
    beta: float = 0,
    c_scale: float = 1,
    nan: bool = False,
) -> Draw:
    """Whole matrices. c is dirty, `c_scale` times as much as usual, or all NaN."""

    def draw(gen: Generator) -> Call:
        c = dirt((m, n), gen) * c_scale
        if nan:
            c.fill_(math.nan)
        b = normal((n, k) if transb else (k, n), gen)
        return _call(c, normal((m, k), gen), b, alpha, beta)

    return draw


def _shared(transb: bool) -> list[tuple[str, str, Draw]]:
    """What both products must get right in the same way."""

    def product(m: int, n: int, k: int, **options: float) -> Draw:
        return _product(m, n, k, transb, **options)  # type: ignore[arg-type]

    return [
        ("ThreeSizes", "m, n and k all differ: taking one for another shows.", product(3, 5, 7)),
        ("OneRow", "A single row of a, as in decode.", product(1, 6, 9)),
        ("OneColumn", "n is 1: the width of the output comes from b, not from a.", product(4, 1, 6)),
        ("DepthOne", "k is 1: an outer product; each sum has one term.", product(3, 4, 1)),
        ("OneElement", "m and n are 1: a dot product.", product(1, 1, 8)),
        ("OddSizes", "Sizes that no vector register divides: remainders count too.", product(7, 13, 33)),
        ("LongSum", "A sum of 1031 terms: in half precision it misses by far.", product(2, 3, 1031)),
        ("WideOutput", "Far more columns than terms: n comes from b, k from a.", product(2, 37, 4)),
        (
            "ReusedOutputIsNotRead",
            "beta is 0: what an earlier user left in c, here large numbers, must not be added to.",
            product(4, 5, 6, c_scale=1000),
        ),
        (
            "NanInReusedOutput",
            "beta is 0: c isn't read, not even to multiply it by 0, since 0 · NaN is NaN.",
            product(3, 6, 5, nan=True),
        ),
        ("AlphaScales", "alpha multiplies the product; here it is -0.25.", product(3, 5, 4, alpha=-0.25)),
        ("BetaOneAccumulates", "beta 1 adds to c, as for a residual.", product(4, 6, 5, beta=1)),
        (
            "BetaScalesOnlyTheOldValue",
            "beta 0.5 halves what stood in c, not the product that is added.",
            product(3, 4, 7, beta=0.5),
        ),
        (
            "AlphaScalesOnlyTheProduct",
            "With beta 1, alpha must not reach what stood in c.",
            product(5, 3, 6, alpha=3, beta=1),
        ),
        (
            "AlphaAndBetaDiffer",
            "c = beta · c + alpha · product: neither the other way round, nor beta times the sum.",
            product(4, 7, 5, alpha=-2, beta=0.5),
        ),
        (
            "AlphaZeroKeepsTheOldValue",
            "With alpha 0 only beta · c is left, of a beta below 0 too.",
            product(3, 5, 2, alpha=0, beta=-0.75),
        ),
    ]


def _transb_by_hand(gen: Generator) -> Call:
    a = torch.tensor([[1.0, 2.0, 3.0]])
    b = torch.tensor([[1.0, 0.0, 2.0], [4.0, 5.0, 6.0]])
    return _call(dirt((1, 2), gen), a, b)


def _scores_of_one_head(gen: Generator) -> Call:
    """Query head 2 of 3 against key head 1 of 2, into that head's scores, as in self_attention."""
    q, k = normal((4, 3, 10), gen), normal((7, 2, 10), gen)
    scores = dirt((3, 4, 7), gen)
    return _call(scores[2], q[:, 2], k[:, 1], alpha=0.5)


def _transb_weight_rows(gen: Generator) -> Call:
    weight = normal((12, 9), gen)[3:11][1:6, 2:9]
    return _call(dirt((3, 5), gen), normal((3, 7), gen), weight)


def _transb_into_columns(gen: Generator) -> Call:
    return _call(dirt((3, 11), gen)[:, 4:9], normal((3, 6), gen), normal((5, 6), gen), beta=1)


def _transb_a_with_gaps(gen: Generator) -> Call:
    return _call(dirt((5, 4), gen), normal((5, 13), gen)[:, 3:9], normal((4, 6), gen))


def matmul_transb() -> list[Recipe]:
    cases = [
        ("ByHand", "Row of a times row of b: 1·1 + 2·0 + 3·2 = 7 and 1·4 + 2·5 + 3·6 = 32.", _transb_by_hand),
        *_shared(transb=True),
        (
            "SquareWeightIsTransposedToo",
            "Where n equals k, b without the transposition fits as well, but gives something else.",
            _product(3, 6, 6, transb=True),
        ),
        (
            "ScoresOfOneHead",
            "Operands are one head of many: rows lie further apart than they are long, in q more than in k.",
            _scores_of_one_head,
        ),
        (
            "RowsWithGaps",
            "The rows of a lie in a wider buffer; their distance isn't k.",
            _transb_a_with_gaps,
        ),
        (
            "SliceOfASlice",
            "b is a slice of a slice: its offsets add up, and its rows are 9 apart.",
            _transb_weight_rows,
        ),
        (
            "OutputIsPartOfAWiderBuffer",
            "c is some columns of a wider matrix: what lies beside them stays.",
            _transb_into_columns,
        ),
    ]
    return [recipe(f"MatmulTransb.{name}", purpose, MATMUL_TRANSB, draw) for name, purpose, draw in cases]


def _matmul_by_hand(gen: Generator) -> Call:
    a = torch.tensor([[1.0, 2.0, 3.0]])
    b = torch.tensor([[1.0, 4.0], [0.0, 5.0], [2.0, 6.0]])
    return _call(dirt((1, 2), gen), a, b)


def _weights_times_values(gen: Generator) -> Call:
    """Head 1 of 3's weights times value head 1 of 2, into that head's output, as in self_attention."""
    weights, v = normal((3, 4, 7), gen).abs(), normal((7, 2, 5), gen)
    out = dirt((4, 3, 5), gen)
    return _call(out[:, 1], weights[1], v[:, 1])


def _matmul_slice_of_slice(gen: Generator) -> Call:
    a = normal((9, 8), gen)[2:8][1:5, 1:7]
    return _call(dirt((4, 3), gen), a, normal((6, 3), gen))


def _matmul_into_columns(gen: Generator) -> Call:
    return _call(dirt((4, 9), gen)[:, 3:8], normal((4, 6), gen), normal((6, 5), gen), beta=1)


def _matmul_b_with_gaps(gen: Generator) -> Call:
    return _call(dirt((3, 4), gen), normal((3, 6), gen), normal((6, 11), gen)[:, 5:9])


def matmul() -> list[Recipe]:
    cases = [
        (
            "ByHand",
            "Row of a times column of b: 1·1 + 2·0 + 3·2 = 7 and 1·4 + 2·5 + 3·6 = 32.",
            _matmul_by_hand,
        ),
        *_shared(transb=False),
        (
            "SquareIsNotTransposed",
            "Where all sizes are equal, b transposed and b·a fit as well, but give something else.",
            _product(6, 6, 6, transb=False),
        ),
        (
            "WeightsTimesValuesOfOneHead",
            "b and c are one head of many: their rows lie further apart than they are long.",
            _weights_times_values,
        ),
        ("RowsWithGaps", "The rows of b lie in a wider buffer; their distance isn't n.", _matmul_b_with_gaps),
        (
            "SliceOfASlice",
            "a is a slice of a slice: its offsets add up, and its rows are 8 apart.",
            _matmul_slice_of_slice,
        ),
        (
            "OutputIsPartOfAWiderBuffer",
            "c is some columns of a wider matrix: what lies beside them stays.",
            _matmul_into_columns,
        ),
    ]
    return [recipe(f"Matmul.{name}", purpose, MATMUL, draw) for name, purpose, draw in cases]

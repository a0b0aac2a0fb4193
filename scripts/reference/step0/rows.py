"""Cases of the operators that work row by row: gather, rms_norm, swiglu, narrow_copy."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Generator, Tensor

from reference.calls import Call, Draw, recipe
from reference.case import dirt, normal
from reference.recipe import Recipe
from reference.step0.functions import GATHER, NARROW_COPY, RMS_NORM, SWIGLU


def _gather(rows: int, width: int, indices: list[int], nan: bool = False) -> Draw:
    def draw(gen: Generator) -> Call:
        out = dirt((len(indices), width), gen)
        if nan:
            out.fill_(math.nan)
        return Call({"out": out, "table": normal((rows, width), gen)}, {"indices": indices})

    return draw


def _gather_by_hand(gen: Generator) -> Call:
    table = torch.tensor([[10.0, 11.0, 12.0], [20.0, 21.0, 22.0], [30.0, 31.0, 32.0], [40.0, 41.0, 42.0]])
    return Call({"out": dirt((2, 3), gen), "table": table}, {"indices": [2, 0]})


def _gather_from_wider(gen: Generator) -> Call:
    table = normal((8, 11), gen)[:, 3:8]
    return Call({"out": dirt((3, 5), gen), "table": table}, {"indices": [6, 1, 7]})


def _gather_into_wider(gen: Generator) -> Call:
    out = dirt((4, 9), gen)[:, 2:8]
    return Call({"out": out, "table": normal((7, 6), gen)}, {"indices": [5, 0, 3, 5]})


def gather() -> list[Recipe]:
    cases = [
        ("ByHand", "Row i of the output is row indices[i] of the table, not row i.", _gather_by_hand),
        (
            "DescendingIndices",
            "Rows come in the order of the indices, not in the table's.",
            _gather(9, 7, [8, 6, 5, 2]),
        ),
        (
            "RepeatedIndices",
            "The same token may occur twice; each occurrence gets the row, none is merged or skipped.",
            _gather(9, 7, [3, 3, 0, 4, 3]),
        ),
        (
            "MoreIndicesThanRows",
            "The number of output rows is the number of indices, which may exceed the number of table rows.",
            _gather(3, 5, [1, 0, 2, 2, 1, 0, 0, 1, 2, 1, 2]),
        ),
        (
            "FirstAndLastRow",
            "Index 0 and the last index are as good as any other; an offset of one shows at an end.",
            _gather(6, 13, [5, 0]),
        ),
        ("OneIndex", "A single token, as in decode, reads its own row and not row 0.", _gather(7, 17, [4])),
        ("WidthOne", "Rows of one element: a row starts at index · width.", _gather(9, 1, [7, 2, 4])),
        (
            "TableIsPartOfAWiderOne",
            "The distance between two rows is the table's stride, not its width.",
            _gather_from_wider,
        ),
        (
            "OutIsPartOfAWiderBuffer",
            "The output's rows have a stride of their own, and what lies between them stays.",
            _gather_into_wider,
        ),
        (
            "NanInOut",
            "The output is overwritten; adding to NaN gives NaN.",
            _gather(5, 6, [4, 1, 3], nan=True),
        ),
    ]
    return [recipe(f"Gather.{name}", purpose, GATHER, draw) for name, purpose, draw in cases]


def _rms_norm(
    *shape: int,
    scale: float = 1,
    shift: float = 0,
    eps: float = 1e-5,
    in_place: bool = False,
    nan: bool = False,
) -> Draw:
    """x = scale · normal + shift; the weight lies around 1, but not at 1."""

    def draw(gen: Generator) -> Call:
        x = normal(shape, gen) * scale + shift
        weight = 1 + normal(shape[-1:], gen) / 2
        if in_place:
            # The same storage; the first parameter owns it.
            return Call({"out": x, "x": x, "weight": weight}, {"eps": eps})
        out = dirt(shape, gen)
        if nan:
            out.fill_(math.nan)
        return Call({"out": out, "x": x, "weight": weight}, {"eps": eps})

    return draw


def _rms_norm_by_hand(gen: Generator) -> Call:
    # 9 + 16 = 25 and 36 + 16 + 1 = 53: the roots of 25/4 + 2.75 and 53/4 + 2.75 are 3 and 4.
    x = torch.tensor([[3.0, 4.0, 0.0, 0.0], [6.0, 4.0, 1.0, 0.0]])
    weight = torch.tensor([3.0, 6.0, 4.0, 5.0])
    return Call({"out": dirt((2, 4), gen), "x": x, "weight": weight}, {"eps": 2.75})


def _rms_norm_rows_of_different_size(gen: Generator) -> Call:
    scale = torch.tensor([0.01, 100.0, 1.0, 10.0, 0.1])[:, None]
    x = normal((5, 33), gen) * scale
    weight = 1 + normal((33,), gen) / 2
    return Call({"out": dirt((5, 33), gen), "x": x, "weight": weight}, {"eps": 1e-5})


def _rms_norm_zero_row(gen: Generator) -> Call:
    x = normal((3, 7), gen)
    x[1] = 0
    return Call({"out": dirt((3, 7), gen), "x": x, "weight": 1 + normal((7,), gen) / 2}, {"eps": 1e-5})


def _rms_norm_signed_weight(gen: Generator) -> Call:
    weight = normal((13,), gen)
    weight[4] = 0
    return Call({"out": dirt((4, 13), gen), "x": normal((4, 13), gen), "weight": weight}, {"eps": 1e-5})


def _rms_norm_strided(gen: Generator) -> Call:
    x, out = normal((5, 24), gen)[:, 4:17], dirt((5, 19), gen)[:, 3:16]
    return Call({"out": out, "x": x, "weight": 1 + normal((13,), gen) / 2}, {"eps": 1e-5})


def rms_norm() -> list[Recipe]:
    cases = [
        (
            "ByHand",
            "Epsilon is added to the mean of the squares, under the root: 25/4 + 2.75 = 9, 53/4 + 2.75 = 16.",
            _rms_norm_by_hand,
        ),
        ("ManyRows", "Every row has a mean of its own, and row r starts at r · width.", _rms_norm(5, 33)),
        (
            "RowsOfDifferentSize",
            "Rows a thousand times larger than others come out alike: nothing is carried from row to row.",
            _rms_norm_rows_of_different_size,
        ),
        ("OneDimension", "A single row may be handed over as a vector, without rows.", _rms_norm(17)),
        ("OneRow", "One row of a matrix, as forward passes it in decode.", _rms_norm(1, 7)),
        (
            "WidthOne",
            "With one element per row, the mean is that square; all that is left is sign and weight.",
            _rms_norm(6, 1),
        ),
        (
            "EpsilonMatters",
            "For rows near zero epsilon decides: outside the root, left out or of another size it shows.",
            _rms_norm(4, 11, scale=1e-3),
        ),
        (
            "EpsilonOfOneMillionth",
            "Epsilon is the parameter: a model with 1e-6 must not be computed with 1e-5 written in.",
            _rms_norm(3, 14, scale=1e-3, eps=1e-6),
        ),
        (
            "ZeroRow",
            "A row of zeros gives zeros, not NaN, and leaves its neighbours alone.",
            _rms_norm_zero_row,
        ),
        (
            "WeightOfEitherSign",
            "The weight multiplies as it is: not 1 + weight, not its absolute value, and zero switches off.",
            _rms_norm_signed_weight,
        ),
        (
            "MeanIsNotSubtracted",
            "Rows around 5 keep their mean: this is no LayerNorm.",
            _rms_norm(3, 26, shift=5),
        ),
        (
            "LargeValues",
            "Squares of 1e8 must not overflow: sums in half precision do.",
            _rms_norm(2, 15, scale=1e4),
        ),
        ("WideRow", "A row longer than any vector register, and not a multiple of one.", _rms_norm(2, 259)),
        (
            "InPlace",
            "The output may be x itself, as for the last norm: x must be read before it is overwritten.",
            _rms_norm(4, 13, in_place=True),
        ),
        (
            "RowsWithGaps",
            "x and the output have strides of their own, and what lies between the rows stays.",
            _rms_norm_strided,
        ),
        ("NanInOut", "The output is overwritten; adding to NaN gives NaN.", _rms_norm(3, 7, nan=True)),
    ]
    return [recipe(f"RmsNorm.{name}", purpose, RMS_NORM, draw) for name, purpose, draw in cases]


def _swiglu(rows: int, width: int, scale: float = 2, shift: float = 0, out: str = "dirt") -> Draw:
    """gate = scale · normal + shift. `out`: "dirt", "nan", or the parameter that it is."""

    def draw(gen: Generator) -> Call:
        gate = normal((rows, width), gen) * scale + shift
        up = normal((rows, width), gen)
        target = {"gate": gate, "up": up}.get(out)
        if target is None:
            target = dirt((rows, width), gen)
            if out == "nan":
                target.fill_(math.nan)
        return Call({"out": target, "gate": gate, "up": up}, {})

    return draw


def _swiglu_by_hand(gen: Generator) -> Call:
    gate = torch.tensor([[0.0, 100.0, -100.0]])
    up = torch.tensor([[5.0, 2.0, 3.0]])
    return Call({"out": dirt((1, 3), gen), "gate": gate, "up": up}, {})


def _swiglu_strided(gen: Generator) -> Call:
    fused = normal((3, 16), gen) * 2
    out = dirt((3, 12), gen)[:, 2:9]
    return Call({"out": out, "gate": fused[:, :7], "up": fused[:, 8:15]}, {})


def swiglu() -> list[Recipe]:
    cases = [
        (
            "ByHand",
            "silu(0) is 0, silu of a large number nearly that number, silu of its negative nearly 0.",
            _swiglu_by_hand,
        ),
        (
            "GateIsActivated",
            "The gate goes through silu, up doesn't; exchanged they give something else.",
            _swiglu(3, 7),
        ),
        ("OneRow", "A single row, as in decode.", _swiglu(1, 17)),
        ("WidthOne", "Rows of one element.", _swiglu(5, 1)),
        ("OddWidth", "A width that no vector register divides.", _swiglu(2, 33)),
        (
            "SaturatedGate",
            "e^x is infinite for x beyond 88: x / (1 + e^-x) bears it, x · e^x / (1 + e^x) doesn't.",
            _swiglu(3, 11, scale=90),
        ),
        (
            "NegativeGate",
            "silu of a negative gate is small and negative, not 0 as relu's.",
            _swiglu(4, 9, scale=0.5, shift=-1.5),
        ),
        (
            "IntoGate",
            "The output may be the gate: each element is read before it is overwritten.",
            _swiglu(3, 13, out="gate"),
        ),
        (
            "IntoUp",
            "The output may be up: each element is read before it is overwritten.",
            _swiglu(2, 14, out="up"),
        ),
        (
            "RowsWithGaps",
            "Gate and up are halves of one buffer; rows have a stride, and what lies between them stays.",
            _swiglu_strided,
        ),
        ("NanInOut", "The output is overwritten; adding to NaN gives NaN.", _swiglu(3, 5, out="nan")),
    ]
    return [recipe(f"Swiglu.{name}", purpose, SWIGLU, draw) for name, purpose, draw in cases]


def _narrow_copy(shape: Sequence[int], dim: int, start: int, length: int, nan: bool = False) -> Draw:
    def draw(gen: Generator) -> Call:
        return _narrow_copy_call(normal(shape, gen), dim, start, length, gen, nan)

    return draw


def _narrow_copy_call(
    x: Tensor, dim: int, start: int, length: int, gen: Generator, nan: bool = False
) -> Call:
    shape = list(x.shape)
    shape[dim] = length
    out = dirt(shape, gen)
    if nan:
        out.fill_(math.nan)
    return Call({"out": out, "x": x}, {"dim": dim, "start": start})


def _narrow_copy_by_hand(gen: Generator) -> Call:
    x = torch.tensor([[11.0, 12.0, 13.0, 14.0], [21.0, 22.0, 23.0, 24.0], [31.0, 32.0, 33.0, 34.0]])
    return _narrow_copy_call(x, 1, 1, 2, gen)


def _narrow_copy_transposed(gen: Generator) -> Call:
    return _narrow_copy_call(normal((7, 5), gen).transpose(0, 1), 1, 2, 3, gen)


def _narrow_copy_slice_of_slice(gen: Generator) -> Call:
    return _narrow_copy_call(normal((9, 6, 5), gen)[2:8][1:5, 2:6], 0, 1, 2, gen)


def _narrow_copy_heads_exchanged(gen: Generator) -> Call:
    return _narrow_copy_call(normal((5, 4, 7), gen).transpose(0, 1), 1, 2, 3, gen)


def _narrow_copy_into_wider(gen: Generator) -> Call:
    out = dirt((6, 9), gen)[1:5, 3:8]
    return Call({"out": out, "x": normal((4, 11), gen)}, {"dim": 1, "start": 4})


def narrow_copy() -> list[Recipe]:
    cases = [
        ("ByHand", "Columns 1 and 2 of a small matrix.", _narrow_copy_by_hand),
        ("PartOfAVector", "Of one dimension: the block starts at start.", _narrow_copy((13,), 0, 4, 6)),
        ("RowsOfAMatrix", "Dimension 0 of 2: whole rows.", _narrow_copy((9, 5), 0, 3, 4)),
        ("ColumnsOfAMatrix", "Dimension 1 of 2: a part of every row.", _narrow_copy((4, 11), 1, 5, 3)),
        (
            "Positions",
            "Dimension 0 of (seq_len, n_heads, head_dim): some positions.",
            _narrow_copy((7, 3, 5), 0, 2, 4),
        ),
        (
            "Heads",
            "Dimension 1 of (seq_len, n_heads, head_dim): some heads of every position.",
            _narrow_copy((4, 6, 5), 1, 3, 2),
        ),
        (
            "HalfOfEachHead",
            "Dimension 2 of (seq_len, n_heads, head_dim): the second half of every head.",
            _narrow_copy((4, 3, 10), 2, 5, 5),
        ),
        ("LayersOfACache", "Dimension 0 of 4.", _narrow_copy((5, 4, 3, 2), 0, 1, 3)),
        (
            "PositionsOfACache",
            "Dimension 1 of 4: the outer dimension has a stride of its own.",
            _narrow_copy((2, 9, 3, 4), 1, 3, 5),
        ),
        ("HeadsOfACache", "Dimension 2 of 4.", _narrow_copy((2, 3, 5, 4), 2, 1, 3)),
        ("ElementsOfACache", "Dimension 3 of 4, the contiguous one.", _narrow_copy((2, 3, 4, 7), 3, 2, 4)),
        ("OneOfEach", "A block of size 1 keeps its dimension.", _narrow_copy((5, 3, 4), 1, 2, 1)),
        ("FromTheStart", "start 0: the block is the beginning, not the end.", _narrow_copy((3, 8), 1, 0, 5)),
        ("ToTheEnd", "The last element is part of the block.", _narrow_copy((3, 8), 1, 6, 2)),
        ("Everything", "The whole dimension: an ordinary copy.", _narrow_copy((3, 7, 2), 1, 0, 7)),
        (
            "TransposedSource",
            "A source whose rows aren't contiguous: element (i, j) lies where the strides say.",
            _narrow_copy_transposed,
        ),
        (
            "SourceWithHeadsOutside",
            "(n_heads, seq_len, head_dim) seen in a (seq_len, n_heads, head_dim) buffer.",
            _narrow_copy_heads_exchanged,
        ),
        (
            "SliceOfASlice",
            "Offsets of a slice of a slice add up: none is dropped, none counted twice.",
            _narrow_copy_slice_of_slice,
        ),
        (
            "OutIsPartOfAWiderBuffer",
            "The output has strides of its own, and what lies around it stays.",
            _narrow_copy_into_wider,
        ),
        (
            "NanInOut",
            "The output is overwritten; adding to NaN gives NaN.",
            _narrow_copy((4, 3, 6), 2, 1, 4, nan=True),
        ),
    ]
    return [recipe(f"NarrowCopy.{name}", purpose, NARROW_COPY, draw) for name, purpose, draw in cases]

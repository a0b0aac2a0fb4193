"""Cases of rope_frequencies and rope."""

from __future__ import annotations

import math

import torch
from torch import Generator, Tensor

from reference.calls import Call, Draw, recipe
from reference.case import dirt, normal
from reference.recipe import Recipe
from reference.step0.functions import ROPE, ROPE_FREQUENCIES
from reference.variation import Variation


def _frequencies(head_dim: int, theta: float, nan: bool = False) -> Draw:
    def draw(gen: Generator) -> Call:
        inv_freq = dirt((head_dim // 2,), gen)
        if nan:
            inv_freq.fill_(math.nan)
        return Call({"inv_freq": inv_freq}, {"theta": theta})

    return draw


def _frequencies_in_a_buffer(gen: Generator) -> Call:
    return Call({"inv_freq": dirt((11,), gen)[3:9]}, {"theta": 10000.0})


def rope_frequencies(vary: Variation) -> list[Recipe]:
    """The frequencies follow from theta and their number, so these are what a private seed varies."""

    def varied(own: tuple[int, float], *others: tuple[int, float], nan: bool = False) -> Draw:
        def draw(gen: Generator) -> Call:
            return _frequencies(*vary.one_of(gen, own, *others), nan)(gen)

        return draw

    cases = [
        (
            "ByHand",
            "10000^(-2i/8) is 1, 1/10, 1/100, 1/1000: the exponent has 2i over head_dim, not i.",
            _frequencies(8, 10000.0),
        ),
        ("OnePair", "The first pair always turns by one radian per position.", _frequencies(2, 10000.0)),
        (
            "OddNumberOfPairs",
            "Seven pairs: head_dim is twice that.",
            varied((14, 10000.0), *((14, theta) for theta in (5000.0, 15000.0, 25000.0, 40000.0))),
        ),
        (
            "SmallTheta",
            "theta is the parameter: 10000 written in shows, and so does a wrong exponent in the last pair.",
            varied((26, 50.0), *((26, theta) for theta in (20.0, 30.0, 40.0, 60.0, 70.0, 80.0))),
        ),
        (
            "ThetaOfLlama3",
            "theta 500000, as Llama 3 has it.",
            varied((12, 500000.0), *((n, 500000.0) for n in (8, 16, 18, 20, 24))),
        ),
        (
            "HeadDim128",
            "The head size of the large models: 64 pairs.",
            varied((128, 10000.0), *((128, theta) for theta in (20000.0, 50000.0, 100000.0, 1000000.0))),
        ),
        (
            "PartOfABuffer",
            "Only head_dim / 2 numbers are written; their neighbours stay.",
            _frequencies_in_a_buffer,
        ),
        (
            "NanInOut",
            "The output is overwritten; what stood there isn't read.",
            varied((10, 300.0), *((10, theta) for theta in (100.0, 200.0, 400.0, 500.0, 700.0)), nan=True),
        ),
    ]
    return [
        recipe(f"RopeFrequencies.{name}", purpose, ROPE_FREQUENCIES, draw) for name, purpose, draw in cases
    ]


def geometric(head_dim: int, theta: float = 10000.0) -> Tensor:
    """Frequencies like a model's, but rounded to seven bits, so that this isn't another case's output."""
    exact = theta ** (-torch.arange(0, head_dim, 2, dtype=torch.float64) / head_dim)
    mantissa, exponent = torch.frexp(exact)
    return torch.ldexp((mantissa * 128).round() / 128, exponent).to(torch.float32)


def _rope(seq_len: int, n_heads: int, head_dim: int, start_pos: int, theta: float = 10000.0) -> Draw:
    def draw(gen: Generator) -> Call:
        x = normal((seq_len, n_heads, head_dim), gen)
        return Call({"x": x, "inv_freq": geometric(head_dim, theta)}, {"start_pos": start_pos})

    return draw


def _rope_by_hand(_: Generator) -> Call:
    # Position 1 turns the first pair by 90° and the second by 180°; position 0 doesn't turn.
    x = torch.tensor([[[1.0, 2.0, 3.0, 4.0]], [[1.0, 2.0, 3.0, 4.0]]])
    return Call({"x": x, "inv_freq": torch.tensor([math.pi / 2, math.pi])}, {"start_pos": 0})


def _rope_given_frequencies(gen: Generator) -> Call:
    inv_freq = normal((5,), gen).abs() + 0.1
    return Call({"x": normal((4, 3, 10), gen), "inv_freq": inv_freq}, {"start_pos": 2})


def _rope_cache_rows(gen: Generator) -> Call:
    cache = normal((11, 2, 10), gen)
    return Call({"x": cache[6:9], "inv_freq": geometric(10)}, {"start_pos": 6})


def _rope_heads_of_fused(gen: Generator) -> Call:
    fused = normal((3, 7, 6), gen)
    return Call({"x": fused[:, 1:6], "inv_freq": geometric(6)}, {"start_pos": 9})


def _rope_one_head_of_many(gen: Generator) -> Call:
    x = normal((5, 4, 12), gen)[:, 2:3]
    return Call({"x": x, "inv_freq": geometric(12)}, {"start_pos": 3})


def rope() -> list[Recipe]:
    cases = [
        (
            "ByHand",
            "Elements 0 and 2 are a pair, 1 and 3: 90° make (1, 3) into (-3, 1), 180° (2, 4) into (-2, -4).",
            _rope_by_hand,
        ),
        ("PositionZero", "At position 0 nothing turns.", _rope(1, 3, 8, 0)),
        ("PrefillFromZero", "Row s stands at position s.", _rope(5, 3, 14, 0)),
        ("OnePair", "A head of two elements: one pair, one angle.", _rope(4, 3, 2, 5)),
        ("OneHead", "A single head, as keys of multi-query attention have.", _rope(5, 1, 6, 2)),
        (
            "EveryHeadAlike",
            "Every head turns by the same angles; pairs don't reach from one head into the next.",
            _rope(2, 7, 6, 4),
        ),
        (
            "DecodeIsNotPositionZero",
            "One token at position 37: positions start at start_pos, not at 0.",
            _rope(1, 4, 10, 37),
        ),
        (
            "ChunkGoesOn",
            "The rows of a later chunk stand at start_pos, start_pos + 1, …",
            _rope(3, 2, 10, 41),
        ),
        (
            "FarOut",
            "From position 1000 on, frequencies that are slightly wrong point elsewhere altogether.",
            _rope(4, 3, 14, 1000),
        ),
        (
            "FartherThanHalfPrecision",
            "Positions 5003 and on can't be told apart in half precision, nor can their angles.",
            _rope(3, 2, 12, 5003),
        ),
        (
            "ThetaOfLlama3",
            "Slow frequencies, which turn visibly only far out.",
            _rope(2, 3, 18, 2048, theta=500000.0),
        ),
        (
            "FrequenciesAreGiven",
            "Frequencies in no regular order, as after scaling: they are read, not computed again.",
            _rope_given_frequencies,
        ),
        (
            "OnlyTheseCacheRows",
            "x is rows 6 to 8 of a cache: the other rows, rotated long ago or not yet, stay.",
            _rope_cache_rows,
        ),
        (
            "HeadsOfAFusedBuffer",
            "x is five of seven heads of a buffer: the distance between positions isn't n_heads · head_dim.",
            _rope_heads_of_fused,
        ),
        ("OneHeadOfMany", "x is one head of four: the other three stay.", _rope_one_head_of_many),
    ]
    return [recipe(f"Rope.{name}", purpose, ROPE, draw) for name, purpose, draw in cases]

"""Which calls of mlp and attention_block are made into golden cases, and what each would catch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from reference.case import dirt

Fill = Callable[[tuple[int, ...], torch.Generator], Tensor]


def nan(shape: tuple[int, ...], _gen: torch.Generator) -> Tensor:
    return torch.full(shape, float("nan"))


@dataclass(frozen=True)
class Block:
    """A call of mlp or, with a capacity, of attention_block."""

    name: str
    purpose: str
    model: str
    layer: int
    seq_len: int
    cache_length: int = 0
    capacity: int = 0
    scale: float = 1  # of the residual
    uneven_rows: bool = False  # each row of the residual is three times as large as the one before
    workspace: Fill = dirt
    beyond: Fill = dirt  # what the cache holds from cache_length on


MLPS = [
    Block(
        "Mlp.AddsToTheResidual",
        "The block's output is added to the residual; beta = 0 in the last product loses it.",
        "grouped",
        layer=0,
        seq_len=5,
    ),
    Block(
        "Mlp.UsesTheWeightsItIsGiven",
        "The last layer's weights, whose gate and up, like the two norms, differ only in their values.",
        "grouped",
        layer=2,
        seq_len=4,
    ),
    Block(
        "Mlp.OneRow",
        "A single row, as in decoding.",
        "equal_heads",
        layer=1,
        seq_len=1,
    ),
    Block(
        "Mlp.EpsilonOfTheConfiguration",
        "The residual is so small that the configuration's epsilon decides; another constant is far off.",
        "equal_heads",
        layer=0,
        seq_len=3,
        scale=0.15,
    ),
    Block(
        "Mlp.RowsAreNormedOneByOne",
        "Rows of very different size are each normed by themselves; the norm isn't left in the residual.",
        "tied",
        layer=0,
        seq_len=6,
        uneven_rows=True,
    ),
    Block(
        "Mlp.NanInTheWorkspace",
        "hidden, gate and up are scratch: what an earlier layer left there must not be read.",
        "tied",
        layer=1,
        seq_len=7,
        workspace=nan,
    ),
    Block(
        "Mlp.StoryLayer",
        "The bundled model's last layer at its full width.",
        "story",
        layer=-1,
        seq_len=3,
    ),
]

ATTENTION_BLOCKS = [
    Block(
        "AttentionBlock.Prefill",
        "From an empty cache, all tokens at once: each sees itself and those before it.",
        "grouped",
        layer=0,
        seq_len=5,
        capacity=9,
    ),
    Block(
        "AttentionBlock.FirstToken",
        "One token and an empty cache: it can only look at itself.",
        "equal_heads",
        layer=0,
        seq_len=1,
        capacity=4,
    ),
    Block(
        "AttentionBlock.DecodeOneToken",
        "One new token sees all that the cache holds, and stands at position cache.length, not 0.",
        "grouped",
        layer=0,
        seq_len=1,
        cache_length=6,
        capacity=11,
    ),
    Block(
        "AttentionBlock.ChunkOverACache",
        "Several new tokens over a cache: the mask is aligned to the end, and new rows come behind the old.",
        "grouped",
        layer=2,
        seq_len=3,
        cache_length=4,
        capacity=12,
    ),
    Block(
        "AttentionBlock.LayerIndexPicksTheCache",
        "Layer 1 reads and writes the cache of layer 1; neither the other layers' nor the length changes.",
        "grouped",
        layer=1,
        seq_len=2,
        cache_length=5,
        capacity=10,
    ),
    Block(
        "AttentionBlock.CacheExactlyFull",
        "The last new row is the last of the cache; an off-by-one writes beyond it.",
        "equal_heads",
        layer=1,
        seq_len=4,
        cache_length=5,
        capacity=9,
    ),
    Block(
        "AttentionBlock.FarPositions",
        "At position 47 a wrong rotation is far off; keys in the cache are rotated already and stay.",
        "grouped",
        layer=1,
        seq_len=2,
        cache_length=47,
        capacity=53,
    ),
    Block(
        "AttentionBlock.FrequenciesAsGiven",
        "inv_freq is scaled already: computed anew or scaled twice, it turns position 60 elsewhere.",
        "llama3",
        layer=1,
        seq_len=3,
        cache_length=60,
        capacity=67,
    ),
    Block(
        "AttentionBlock.EightHeadsOverTwo",
        "Four query heads share a KV head, and queries are far wider than the residual.",
        "llama3",
        layer=0,
        seq_len=7,
        capacity=9,
    ),
    Block(
        "AttentionBlock.EpsilonOfTheConfiguration",
        "The residual is so small that the configuration's epsilon decides; another constant is far off.",
        "equal_heads",
        layer=0,
        seq_len=2,
        cache_length=3,
        capacity=8,
        scale=0.15,
    ),
    Block(
        "AttentionBlock.RowsAreNormedOneByOne",
        "Rows of very different size are each normed by themselves; the norm isn't left in the residual.",
        "tied",
        layer=0,
        seq_len=5,
        cache_length=2,
        capacity=8,
        uneven_rows=True,
    ),
    Block(
        "AttentionBlock.NanBeyondTheVisibleRows",
        "Rows behind the new tokens hold nothing defined; one that is read makes everything NaN.",
        "tied",
        layer=1,
        seq_len=4,
        cache_length=3,
        capacity=10,
        beyond=nan,
    ),
    Block(
        "AttentionBlock.NanInTheWorkspace",
        "hidden, q, attention and scores are scratch: what an earlier layer left there must not be read.",
        "grouped",
        layer=2,
        seq_len=4,
        cache_length=1,
        capacity=7,
        workspace=nan,
    ),
    Block(
        "AttentionBlock.StoryLayer",
        "The bundled model's last layer at its full width, over a cache.",
        "story",
        layer=-1,
        seq_len=3,
        cache_length=4,
        capacity=9,
    ),
]

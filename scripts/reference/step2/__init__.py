"""Golden cases of step 2: load_params, mlp, attention_block, forward.

Every case names a `model`: one of this file's small random ones, or "story", the bundled one.

load_params (suite LoadParams)
  args    tie_word_embeddings: replaces the config's; without: names of the tensors that are taken out of the
          checkpoint. Both only where they are needed.
  expect  fields: from each field of Params ("embed_tokens", "layers.0.q_proj", …, "norm", "lm_head") to the
          name of the tensor that it must be a view of: same data pointer, same shape. There are no further
          layers. Or raises: "Error".
mlp (suite Mlp)
  args    layer: whose weights are used
  before  residual (seq_len, hidden_size), workspace.hidden, workspace.gate, workspace.up (dirty)
  after   residual
attention_block (suite AttentionBlock)
  args    layer, cache_length, capacity
  before  residual, inv_freq (scaled already), workspace.hidden, .q, .attention, .scores (dirty), and cache.k,
          cache.v: that layer's whole storage (capacity, n_kv_heads, head_dim), dirty or NaN beyond
          cache_length
  after   residual, cache.k, cache.v. Rows that are not the new tokens' are bit for bit what they were (NaN
          included), and so must be the storage of every other layer.
  expect  cache_length: unchanged
forward (suite Forward)
  args    tokens, chunks (sizes; one call each, on one cache), capacity, cache_dirt (a number that fills the
          cache's storage before the first call), and in cases with trace points trace_chunk, the call that is
          traced
  before  logits (n_chunks, vocab_size; dirty): the call for chunk i gets row i
  after   logits; cache.k, cache.v (n_layers, total_len, n_kv_heads, head_dim) after the last call; and
          trace/NAME for each point that the solution records, in its layout; step.json lists them
  expect  cache_length: after the last call

Golden tensors are what transformers' modules and functions return or are given, caught by hooks and wrappers.
"""

from __future__ import annotations

from pathlib import Path

from reference import story
from reference.recipe import Step
from reference.step2 import small_models
from reference.step2.block_cases import block_recipes, predict_attention_block, predict_mlp
from reference.step2.forward_cases import forward_recipes, predict_forward
from reference.step2.load_params_cases import loading_recipes, predict_load_params
from reference.switches import Predictor
from reference.variation import Variation

STORY_TOKENS = 10


def step(seed: int, data: Path) -> Step:
    vary = Variation(seed)
    small = {name: small_models.draw(name, seed) for name in small_models.CONFIGS}
    bundled = story.load(data)
    models = {**small, "story": bundled.model}
    long_enough = (ids for ids in map(bundled.encode, story.prompts(seed)) if len(ids) >= STORY_TOKENS)
    prompt = next(long_enough)[:STORY_TOKENS]
    recipes = [
        *loading_recipes(models, vary),
        *block_recipes(models),
        *forward_recipes(models, prompt, seed),
    ]
    predictors: dict[str, Predictor] = {
        "load_params": predict_load_params,
        "mlp": predict_mlp,
        "attention_block": predict_attention_block,
        "forward": predict_forward,
    }
    return Step(recipes, small, predictors)

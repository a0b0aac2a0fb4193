"""Golden cases of step 3: sampling_distribution, sample, generate.

sampling_distribution (suite SamplingDistribution)
  before  probs (vocab; dirty), logits (vocab)
  after   probs
  args    temperature, top_k, top_p
  expect  kept: the ids that were not left out, ascending; every other probability is exactly 0
sample (suite Sample)
  before  probs (vocab)
  args    u: a list; the function is called once for each
  expect  tokens: what each call returns
generate with scripted logits (suite Generate)
  before  script (n, vocab): the logits that the i-th forward call writes, whatever it is fed. There are more
          rows than right code uses, so that a loop that doesn't end shows what it does next.
  args    prompt, capacity (of the cache), cache_length (before the call: rows of an earlier conversation),
          max_new_tokens, eos_token_ids, temperature, top_k, top_p, uniforms (what successive calls of uniform
          return; more than right code uses)
  expect  calls: [{tokens, cache_length, callbacks}], with the cache's length and the number of on_token calls
          before that forward call; returned; callbacks: the ids in their order; uniform_calls;
          cache_length: after the call. Or only raises ("invalid_argument") and calls: [].
generate with the bundled model (suite Generate, `model` is "story")
  args    as above, with no uniforms, since temperature is 0 (whatever uniform returns changes nothing);
          for the reader prompt_text and text, what the ids mean, and margin, the smallest distance of a
          chosen token's logit to the runner-up's, more than twenty bounds
  expect  returned
generate for twenty prompts (Generate.TwentyStories, `model` is "story")
  args    as above, but prompt, prompt_text, text and margin by story: stories: [{prompt, …}]
  expect  returned: a list for each story

Distributions come from transformers' own warpers; transcripts from its `generate`, with a model that returns
the script and writes down how it is called. What the contract asks for beyond transformers stands in
`transcript`.
"""

from __future__ import annotations

from pathlib import Path

from reference import story
from reference.recipe import Step
from reference.step3.distribution_cases import distribution_recipes, predict_sampling_distribution
from reference.step3.generate_cases import predict_generate, scripted_recipes
from reference.step3.sample_cases import predict_sample, sample_recipes
from reference.step3.story_cases import story_recipes
from reference.switches import Predictor
from reference.variation import Variation


def step(seed: int, data: Path) -> Step:
    recipes = [
        *distribution_recipes(),
        *sample_recipes(Variation(seed)),
        *scripted_recipes(),
        *story_recipes(seed, story.load(data)),
    ]
    predictors: dict[str, Predictor] = {
        "sampling_distribution": predict_sampling_distribution,
        "sample": predict_sample,
        "generate": predict_generate,
    }
    return Step(recipes, predictors=predictors)

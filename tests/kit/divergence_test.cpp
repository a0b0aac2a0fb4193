// Where a forward pass first leaves the right path: golden intermediate tensors, some of them spoilt.
#include "testing/diagnosis/divergence.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <numeric>

#include "testing/golden/golden_file.h"
#include "testing/steps.h"

namespace lab {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

const Case& traced_case() {
  static const GoldenFile file(LAB_REFERENCE_DATA, "step2");
  return file.at("Forward.NineTokensAtOnce");
}

/// What right code yields; without its intermediate tensors if it records no trace.
Outcome right_outcome(bool traced) {
  Outcome outcome;
  for (const std::string& storage : traced_case().storages_after()) {
    if (traced || !storage.starts_with("trace/"))
      outcome.tensors.emplace(storage, copy_of(storage, traced_case().after(storage)));
  }
  outcome.facts["cache_length"] = {"9"};
  return outcome;
}

/// Spoils every trace point from `first` on, in the model's order.
void spoil_from(Outcome& outcome, const std::string& first) {
  const std::vector<std::string> points = trace_point_names(traced_case().model().config.n_layers);
  for (auto point = std::ranges::find(points, first); point != points.end(); ++point) {
    for (float& value : outcome.tensors.at("trace/" + *point).values()) value += 1;
  }
}

TEST(Divergence, EveryGoldenPointIsInTheOrder) {
  const std::vector<std::string> points = trace_point_names(traced_case().model().config.n_layers);
  for (const std::string& storage : traced_case().storages_after()) {
    if (!storage.starts_with("trace/") || storage == cut_logits) continue;
    EXPECT_THAT(points, testing::Contains(storage.substr(6)));
  }
}

TEST(Divergence, OfARightOutcomeThereIsNone) {
  EXPECT_THAT(describe_trace_divergence(traced_case(), right_outcome(true)).text, IsEmpty());
}

TEST(Divergence, SaysTheLastThatAgreesAndTheFirstThatDoesNot) {
  Outcome outcome = right_outcome(true);
  spoil_from(outcome, "model.layers.1.self_attn.k_rotated");
  EXPECT_THAT(
      describe_divergence(traced_case(), outcome).text,
      StartsWith("Right up to model.layers.1.self_attn.q_rotated; the first that is wrong is "
                 "model.layers.1.self_attn.k_rotated. It comes from rope, called from attention_block.\n"
                 "Every wrong element is too large by the same amount, 1.\n"));
}

TEST(Divergence, SkipsPointsThatFusionMakesAbsent) {
  Outcome outcome = right_outcome(true);
  spoil_from(outcome, "model.layers.0.mlp.gate_proj");
  for (const char* absent : {"post_attention_layernorm", "mlp.gate_proj", "mlp.up_proj"})
    outcome.tensors.erase(std::string("trace/model.layers.0.") + absent);
  EXPECT_THAT(describe_divergence(traced_case(), outcome).text,
              StartsWith("Right up to model.layers.0.residual_after_attention; the first that is wrong is "
                         "model.layers.0.mlp.swiglu. It comes from swiglu, called from mlp."));
}

TEST(Divergence, SaysWhatWasNotRecordedInBetween) {
  Outcome outcome = right_outcome(true);
  spoil_from(outcome, "model.layers.0.mlp.gate_proj");
  for (const char* absent :
       {"post_attention_layernorm", "mlp.gate_proj", "mlp.up_proj", "mlp.swiglu", "residual"})
    outcome.tensors.erase(std::string("trace/model.layers.0.") + absent);
  EXPECT_THAT(describe_divergence(traced_case(), outcome).text,
              HasSubstr("\nNothing was recorded in between, from model.layers.0.post_attention_layernorm to "
                        "model.layers.0.residual: was that computed?\n"));
}

TEST(Divergence, LogitsThatWereSpoiltBehindTheLastPoint) {
  Outcome outcome = right_outcome(true);
  outcome.tensors.at("logits").view()(0, 3) += 1;
  EXPECT_THAT(
      describe_divergence(traced_case(), outcome).text,
      StartsWith("All intermediate results are right up to lm_head, the last one.\nOnly token id 3 of "));
}

TEST(Divergence, OfTheFirstPoint) {
  Outcome outcome = right_outcome(true);
  spoil_from(outcome, "model.embed_tokens");
  EXPECT_THAT(
      describe_divergence(traced_case(), outcome).text,
      StartsWith(
          "The first intermediate result, model.embed_tokens, is wrong already. It comes from gather"));
}

TEST(Divergence, WithoutATraceTheCacheTells) {
  const auto verdict = [](const char* storage, std::size_t layer) {
    Outcome outcome = right_outcome(false);
    const View rows = outcome.tensors.at(storage).view();
    rows(layer, 4, 1, 3) += 1;
    return describe_divergence(traced_case(), outcome).text;
  };
  EXPECT_THAT(verdict("cache.k", 0),
              StartsWith("Layer 0's keys are wrong in the cache, its values are right"));
  EXPECT_THAT(verdict("cache.v", 0), HasSubstr("v_proj"));
  EXPECT_THAT(verdict("cache.v", 2),
              StartsWith("The cache is right up to layer 1; layer 2's values are wrong: look at "
                         "what layer 1 does after its own keys and values"));
  EXPECT_THAT(verdict("cache.k", 2), HasSubstr("first wrong: layer 2, position 4, KV head 1, element 3"));
  EXPECT_THAT(describe_divergence(traced_case(), right_outcome(false)).text,
              StartsWith("The cache is right in all 3 layers"));
}

TEST(Divergence, WhereTheCacheIsRightTheCutModelTells) {
  const auto verdict = [](std::size_t first_wrong) {
    Outcome outcome = right_outcome(false);
    outcome.tensors.emplace(cut_logits, copy_of(cut_logits, traced_case().after(cut_logits)));
    const View logits = outcome.tensors.at(cut_logits).view();
    for (std::size_t cut = first_wrong; cut < logits.size(0); ++cut) logits(cut, 5) += 1;
    return describe_divergence(traced_case(), outcome).text;
  };
  EXPECT_THAT(verdict(0), HasSubstr("cut to its first layer gives wrong logits too: look at the last norm"));
  EXPECT_THAT(verdict(2),
              HasSubstr("With layers up to 1 the model gives the right logits, with layer 2 too it "
                        "doesn't: look at layer 2's self_attention, o_proj and mlp."));
  EXPECT_THAT(verdict(3), HasSubstr("cut to 1, 2, … layers gives the right logits"));
}

TEST(Recorded, NeighbouringDimensionsMayBeMergedOrSplit) {
  const Tensor heads("q", {3, 2, 4});
  EXPECT_EQ(recorded("q", heads, {3, 8}).shape(), Shape({3, 8}));
  EXPECT_EQ(recorded("q", heads, {6, 4}).shape(), Shape({6, 4}));
  const Tensor flat("q", {24});
  EXPECT_EQ(recorded("q", flat, {3, 2, 4}).shape(), Shape({3, 2, 4}));
  const Tensor row("lm_head", {5});
  EXPECT_EQ(recorded("lm_head", row, {1, 5}).shape(), Shape({1, 5}));
  EXPECT_EQ(recorded("lm_head", row.view().reshape({5, 1}), {5}).shape(), Shape({5}));
}

TEST(Recorded, AnotherOrderOfTheElementsStaysAnotherShape) {
  const Tensor heads("q", {3, 2, 4});
  for (const Shape& other : {Shape{2, 3, 4}, Shape{4, 6}, Shape{3, 7}, Shape{3, 2, 5}, Shape{8, 3}})
    EXPECT_EQ(recorded("q", heads, other).shape(), heads.shape()) << other.to_string();
}

TEST(Recorded, GapsAreLeftOut) {
  Tensor fused("qkv", {2, 6});
  std::iota(fused.values().begin(), fused.values().end(), 0.f);
  const Tensor q = recorded("q", fused.view().slice(1, 2, 4), {2, 1, 2});
  EXPECT_THAT(q.values(), testing::ElementsAre(2, 3, 8, 9));
}

}  // namespace
}  // namespace lab

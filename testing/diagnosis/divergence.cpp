#include "testing/diagnosis/divergence.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "testing/diagnosis/pattern.h"
#include "testing/diagnosis/phrases.h"
#include "testing/steps.h"

namespace lab {
namespace {

/// Layers whose cache rows are wrong, as "cache.k" or "cache.v" of the case shows it; the first of them.
std::optional<std::size_t> first_wrong_layer(const Case& golden_case, const Outcome& outcome,
                                             const std::string& storage) {
  const auto found = outcome.tensors.find(storage);
  if (found == outcome.tensors.end()) return std::nullopt;
  const Comparison comparison(golden_case, storage, found->second);
  if (comparison.wrong.empty()) return std::nullopt;
  return comparison.index(comparison.wrong.front()).front();
}

/// For a pass that leaves the right rows in every layer's cache.
std::string by_cut_logits(const Case& golden_case, const Outcome& outcome) {
  const auto found = outcome.tensors.find(cut_logits);
  if (found == outcome.tensors.end()) return "";
  const Comparison comparison(golden_case, cut_logits, found->second);
  const std::size_t n_layers = golden_case.model().config.n_layers;
  const std::size_t right =
      comparison.wrong.empty() ? n_layers : comparison.index(comparison.wrong.front()).front();
  if (right == n_layers)
    return say("The model cut to 1, 2, … layers gives the right logits for the same tokens in one call.\n");
  if (right == 0)
    return say(
        "The model cut to its first layer gives wrong logits too: look at the last norm, lm_head and the row "
        "that "
        "they take, and at what your code does in the last layer only.\n");
  return say(
      "With layers up to {0} the model gives the right logits, with layer {1} too it doesn't: look at layer "
      "{1}'s "
      "self_attention, o_proj and mlp.\n",
      right - 1, right);
}

/// How the logits themselves are wrong; nothing if they aren't.
Mismatch by_logits(const std::string& lead, const Case& golden_case, const Outcome& outcome) {
  const Comparison comparison(golden_case, "logits", outcome.tensors.at("logits"));
  return comparison.agrees() ? Mismatch{} : describe_tensor(lead, comparison);
}

Mismatch by_cache_rows(const Case& golden_case, const Outcome& outcome) {
  const std::size_t n_layers = golden_case.model().config.n_layers;
  const std::size_t k = first_wrong_layer(golden_case, outcome, "cache.k").value_or(n_layers);
  const std::size_t v = first_wrong_layer(golden_case, outcome, "cache.v").value_or(n_layers);
  const std::size_t layer = std::min(k, v);
  if (layer == n_layers) {
    const std::string right =
        say("The cache is right in all {} layers: what is wrong comes after the last layer's keys and "
            "values (its "
            "attention, its mlp, the last norm or lm_head).\n",
            n_layers) +
        by_cut_logits(golden_case, outcome);
    return describe_tensor(right, Comparison(golden_case, "logits", outcome.tensors.at("logits")));
  }
  const std::string storage = k <= v ? "cache.k" : "cache.v";
  const Comparison comparison(golden_case, storage, outcome.tensors.at(storage));
  std::string text;
  if (layer > 0) {
    const std::string which = k == v ? say("keys and values") : k < v ? word("keys") : say("values");
    text =
        say("The cache is right up to layer {0}; layer {1}'s {2} are wrong: look at what layer {0} does "
            "after its own keys "
            "and values (self_attention, o_proj, mlp).\n",
            layer - 1, layer, which);
  } else if (k < v) {
    text = say("Layer 0's keys are wrong in the cache, its values are right: look at k_proj and rope.\n");
  } else if (v < k) {
    text = say(
        "Layer 0's values are wrong in the cache, its keys are right: look at v_proj and the rows that are "
        "written.\n");
  } else {
    text =
        say("Layer 0's keys and values are wrong in the cache already: look at gather, input_layernorm, the "
            "projections "
            "and the rows that are written.\n");
  }
  return describe_tensor(text, comparison);
}

/// What lies between two trace points, if nothing was recorded there that could be compared.
std::string describe_gap(const std::vector<std::string>& unrecorded) {
  if (unrecorded.empty()) return "";
  return say("Nothing was recorded in between, from {} to {}: was that computed?\n", unrecorded.front(),
             unrecorded.back());
}

}  // namespace

std::string producer_of(const std::string& name) {
  const TracePoint* point = find_trace_point(name);
  if (point == nullptr) return "forward";
  return point->adds.empty()
             ? say("{}, called from {}", point->made_by, point->called_by)
             : say("{}, which adds {}'s product to the residual", point->made_by, point->adds);
}

bool has_trace(const Case& golden_case) {
  return std::ranges::any_of(golden_case.storages_after(),
                             [](const std::string& storage) { return trace_point_of(storage).has_value(); });
}

Mismatch describe_trace_divergence(const Case& golden_case, const Outcome& outcome) {
  std::string last;
  std::vector<std::string> unrecorded;  // since the last
  for (const std::string& point : trace_point_names(golden_case.model().config.n_layers)) {
    if (!golden_case.expects_storage("trace/" + point)) continue;
    const auto found = outcome.tensors.find("trace/" + point);
    if (found == outcome.tensors.end()) {
      unrecorded.push_back(point);
      continue;
    }
    const Comparison comparison(golden_case, "trace/" + point, found->second);
    if (comparison.agrees()) {
      last = point;
      unrecorded.clear();
      continue;
    }
    const std::string lead =
        last.empty() ? say("The first intermediate result, {}, is wrong already. It comes from {}.\n", point,
                           producer_of(point))
                     : say("Right up to {}; the first that is wrong is {}. It comes from {}.\n", last, point,
                           producer_of(point));
    return describe_tensor(lead + describe_gap(unrecorded), comparison);
  }
  if (last != trace_points().back().name) return {};
  return by_logits(say("All intermediate results are right up to {}, the last one.\n", last), golden_case,
                   outcome);
}

Mismatch describe_divergence(const Case& golden_case, const Outcome& outcome) {
  const Mismatch by_trace = describe_trace_divergence(golden_case, outcome);
  return by_trace.empty() ? by_cache_rows(golden_case, outcome) : by_trace;
}

}  // namespace lab

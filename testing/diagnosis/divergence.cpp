#include "testing/diagnosis/divergence.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "testing/diagnosis/pattern.h"
#include "testing/diagnosis/phrases.h"

namespace lab {
namespace {

struct Point {
  std::string_view name;  ///< within its layer, as the trace has it
  std::string_view producer;
  std::string_view caller;   ///< of the producer
  std::string_view product;  ///< instead of a caller: what the producer adds to the residual
};

constexpr std::array layer_points = {
    Point{"input_layernorm", "rms_norm", "attention_block", ""},
    Point{"self_attn.q_proj", "matmul_transb", "attention_block", ""},
    Point{"self_attn.k_proj", "matmul_transb", "attention_block", ""},
    Point{"self_attn.v_proj", "matmul_transb", "attention_block", ""},
    Point{"self_attn.q_rotated", "rope", "attention_block", ""},
    Point{"self_attn.k_rotated", "rope", "attention_block", ""},
    Point{"self_attn.weights", "self_attention", "attention_block", ""},
    Point{"self_attn.output", "self_attention", "attention_block", ""},
    Point{"residual_after_attention", "attention_block", "", "o_proj"},
    Point{"post_attention_layernorm", "rms_norm", "mlp", ""},
    Point{"mlp.gate_proj", "matmul_transb", "mlp", ""},
    Point{"mlp.up_proj", "matmul_transb", "mlp", ""},
    Point{"mlp.swiglu", "swiglu", "mlp", ""},
    Point{"residual", "mlp", "", "down_proj"},
};

constexpr std::array outer_points = {
    Point{"model.embed_tokens", "gather", "forward", ""},
    Point{"model.norm", "rms_norm", "forward", ""},
    Point{"lm_head", "matmul_transb", "forward", ""},
};

/// Layers whose cache rows are wrong, as "cache.k" or "cache.v" of the case shows it; the first of them.
std::optional<std::size_t> first_wrong_layer(const Case& golden_case, const Outcome& outcome,
                                             const std::string& storage) {
  const auto found = outcome.tensors.find(storage);
  if (found == outcome.tensors.end()) return std::nullopt;
  const Comparison comparison(golden_case, storage, found->second);
  if (comparison.wrong.empty()) return std::nullopt;
  return comparison.index(comparison.wrong.front()).front();
}

std::string describe(const Point& point) {
  return point.product.empty()
             ? say("{}, called from {}", point.producer, point.caller)
             : say("{}, which adds {}'s product to the residual", point.producer, point.product);
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

/// How the logits themselves are wrong.
std::string by_logits(const Case& golden_case, const Outcome& outcome) {
  const Comparison comparison(golden_case, "logits", outcome.tensors.at("logits"));
  return comparison.agrees() ? "" : describe_pattern(comparison) + describe_elements(comparison);
}

std::string by_cache_rows(const Case& golden_case, const Outcome& outcome) {
  const std::size_t n_layers = golden_case.model().config.n_layers;
  const std::size_t k = first_wrong_layer(golden_case, outcome, "cache.k").value_or(n_layers);
  const std::size_t v = first_wrong_layer(golden_case, outcome, "cache.v").value_or(n_layers);
  const std::size_t layer = std::min(k, v);
  if (layer == n_layers)
    return say("The cache is right in all {} layers: what is wrong comes after the last layer's keys and "
               "values (its "
               "attention, its mlp, the last norm or lm_head).\n",
               n_layers) +
           by_cut_logits(golden_case, outcome) + by_logits(golden_case, outcome);
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
  return text + describe_pattern(comparison) + describe_elements(comparison);
}

/// What lies between two trace points, if nothing was recorded there that could be compared.
std::string describe_gap(const std::vector<std::string>& unrecorded) {
  if (unrecorded.empty()) return "";
  return say("Nothing was recorded in between, from {} to {}: was that computed?\n", unrecorded.front(),
             unrecorded.back());
}

}  // namespace

std::vector<std::string> trace_points(std::size_t n_layers) {
  std::vector<std::string> points{std::string(outer_points[0].name)};
  for (std::size_t layer = 0; layer < n_layers; ++layer) {
    for (const Point& point : layer_points)
      points.push_back(fmt::format("model.layers.{}.{}", layer, point.name));
  }
  for (std::size_t i = 1; i < outer_points.size(); ++i) points.emplace_back(outer_points[i].name);
  return points;
}

std::string producer_of(const std::string& point) {
  for (const Point& outer : outer_points) {
    if (point == outer.name) return describe(outer);
  }
  for (const Point& inner : layer_points) {
    if (point.ends_with("." + std::string(inner.name))) return describe(inner);
  }
  return "forward";
}

bool has_trace(const Case& golden_case) {
  return std::ranges::any_of(golden_case.storages_after(),
                             [](const std::string& storage) { return storage.starts_with("trace/"); });
}

std::string describe_trace_divergence(const Case& golden_case, const Outcome& outcome) {
  std::string last;
  std::vector<std::string> unrecorded;  // since the last
  for (const std::string& point : trace_points(golden_case.model().config.n_layers)) {
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
    return lead + describe_gap(unrecorded) + describe_pattern(comparison) + describe_elements(comparison);
  }
  if (last != outer_points.back().name) return "";
  const std::string logits = by_logits(golden_case, outcome);
  if (logits.empty()) return "";
  return say("All intermediate results are right up to {}, the last one.\n", last) + logits;
}

std::string describe_divergence(const Case& golden_case, const Outcome& outcome) {
  const std::string text = describe_trace_divergence(golden_case, outcome);
  return text.empty() ? by_cache_rows(golden_case, outcome) : text;
}

}  // namespace lab

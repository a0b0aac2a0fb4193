#include "kit/diagnosis/divergence.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "kit/diagnosis/pattern.h"

namespace lab {
namespace {

struct Point {
  std::string_view name;  ///< within its layer, as the trace has it
  std::string_view producer;
};

constexpr std::array layer_points = {
    Point{"input_layernorm", "rms_norm, called from attention_block"},
    Point{"self_attn.q_proj", "matmul_transb, called from attention_block"},
    Point{"self_attn.k_proj", "matmul_transb, called from attention_block"},
    Point{"self_attn.v_proj", "matmul_transb, called from attention_block"},
    Point{"self_attn.q_rotated", "rope, called from attention_block"},
    Point{"self_attn.k_rotated", "rope, called from attention_block"},
    Point{"self_attn.weights", "self_attention, called from attention_block"},
    Point{"self_attn.output", "self_attention, called from attention_block"},
    Point{"residual_after_attention", "attention_block, which adds o_proj's product to the residual"},
    Point{"post_attention_layernorm", "rms_norm, called from mlp"},
    Point{"mlp.gate_proj", "matmul_transb, called from mlp"},
    Point{"mlp.up_proj", "matmul_transb, called from mlp"},
    Point{"mlp.swiglu", "swiglu, called from mlp"},
    Point{"residual", "mlp, which adds down_proj's product to the residual"},
};

constexpr std::array outer_points = {
    Point{"model.embed_tokens", "gather, called from forward"},
    Point{"model.norm", "rms_norm, called from forward"},
    Point{"lm_head", "matmul_transb, called from forward"},
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

/// For a pass that leaves the right rows in every layer's cache.
std::string by_cut_logits(const Case& golden_case, const Outcome& outcome) {
  const auto found = outcome.tensors.find(cut_logits);
  if (found == outcome.tensors.end()) return "";
  const Comparison comparison(golden_case, cut_logits, found->second);
  const std::size_t n_layers = golden_case.model().config.n_layers;
  const std::size_t right =
      comparison.wrong.empty() ? n_layers : comparison.index(comparison.wrong.front()).front();
  if (right == n_layers)
    return "The model cut to 1, 2, … layers gives the right logits for the same tokens in one call.\n";
  if (right == 0)
    return "The model cut to its first layer gives wrong logits too: look at the last norm, lm_head and the "
           "row "
           "that they take.\n";
  return fmt::format(
      "Cut to {} layer{} the model gives the right logits, cut to {} it doesn't: look at "
      "self_attention, o_proj and mlp of layer {}.\n",
      right, right == 1 ? "" : "s", right + 1, right);
}

std::string by_cache_rows(const Case& golden_case, const Outcome& outcome) {
  const std::size_t n_layers = golden_case.model().config.n_layers;
  const std::size_t k = first_wrong_layer(golden_case, outcome, "cache.k").value_or(n_layers);
  const std::size_t v = first_wrong_layer(golden_case, outcome, "cache.v").value_or(n_layers);
  const std::size_t layer = std::min(k, v);
  if (layer == n_layers)
    return fmt::format(
               "The cache is right in all {} layers: what is wrong comes after the last layer's keys and "
               "values (its attention, its mlp, the last norm or lm_head).\n",
               n_layers) +
           by_cut_logits(golden_case, outcome);
  const std::string storage = k <= v ? "cache.k" : "cache.v";
  const Comparison comparison(golden_case, storage, outcome.tensors.at(storage));
  const char* which = k == v ? "keys and values are" : k < v ? "keys are" : "values are";
  std::string text;
  if (layer > 0) {
    text = fmt::format(
        "The cache is right up to layer {}; layer {}'s {} wrong: look at what layer {} does after "
        "its own keys and values (self_attention, o_proj, mlp).\n",
        layer - 1, layer, which, layer - 1);
  } else if (k < v) {
    text = "Layer 0's keys are wrong in the cache, its values are right: look at k_proj and rope.\n";
  } else {
    text = fmt::format(
        "Layer 0's {} wrong in the cache already: look at gather, input_layernorm, {} and the rows "
        "that are written.\n",
        which, k == v ? "the projections" : "v_proj");
  }
  return text + describe_pattern(comparison) + describe_elements(comparison);
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
    if (point == outer.name) return std::string(outer.producer);
  }
  for (const Point& inner : layer_points) {
    if (point.ends_with("." + std::string(inner.name))) return std::string(inner.producer);
  }
  return "forward";
}

bool has_trace(const Case& golden_case) {
  return std::ranges::any_of(golden_case.storages_after(),
                             [](const std::string& storage) { return storage.starts_with("trace/"); });
}

std::string describe_trace_divergence(const Case& golden_case, const Outcome& outcome) {
  std::string last;
  for (const std::string& point : trace_points(golden_case.model().config.n_layers)) {
    const auto found = outcome.tensors.find("trace/" + point);
    if (found == outcome.tensors.end() || !golden_case.expects_storage("trace/" + point)) continue;
    const Comparison comparison(golden_case, "trace/" + point, found->second);
    if (comparison.agrees()) {
      last = point;
      continue;
    }
    const std::string lead = last.empty()
                                 ? fmt::format("The first intermediate result, {}, is wrong already", point)
                                 : fmt::format("Right up to {}; the first that is wrong is {}", last, point);
    return fmt::format("{}. It comes from {}.\n{}{}", lead, producer_of(point), describe_pattern(comparison),
                       describe_elements(comparison));
  }
  return "";
}

std::string describe_divergence(const Case& golden_case, const Outcome& outcome) {
  const std::string text = describe_trace_divergence(golden_case, outcome);
  return text.empty() ? by_cache_rows(golden_case, outcome) : text;
}

}  // namespace lab

#include "apps/trace_compare.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "kit/golden.h"

namespace lab {
namespace {

struct Kind {
  std::string_view ending;  ///< of the point's name
  std::array<std::string_view, 3> axes;
  std::string_view function;
  std::string_view caller;
};

// Longer endings first where one ends in another.
constexpr std::array kinds = {
    Kind{"model.embed_tokens", {"token", "element"}, "gather (step 0)", "forward"},
    Kind{"input_layernorm", {"token", "element"}, "rms_norm (step 0)", "attention_block"},
    Kind{"self_attn.q_proj", {"token", "element"}, "matmul_transb (step 0)", "attention_block"},
    Kind{"self_attn.k_proj", {"token", "element"}, "matmul_transb (step 0)", "attention_block"},
    Kind{"self_attn.v_proj", {"token", "element"}, "matmul_transb (step 0)", "attention_block"},
    Kind{"self_attn.q_rotated", {"token", "head", "element"}, "rope (step 0)", "attention_block"},
    Kind{"self_attn.k_rotated", {"token", "KV head", "element"}, "rope (step 0)", "attention_block"},
    Kind{"cache.k", {"position", "KV head", "element"}, "", "attention_block"},
    Kind{"cache.v", {"position", "KV head", "element"}, "", "attention_block"},
    Kind{"self_attn.weights", {"head", "query", "key"}, "self_attention (step 1)", "attention_block"},
    Kind{"self_attn.output", {"token", "element"}, "self_attention (step 1)", "attention_block"},
    Kind{"residual_after_attention", {"token", "element"}, "matmul_transb (step 0)", "attention_block"},
    Kind{"post_attention_layernorm", {"token", "element"}, "rms_norm (step 0)", "mlp"},
    Kind{"mlp.gate_proj", {"token", "element"}, "matmul_transb (step 0)", "mlp"},
    Kind{"mlp.up_proj", {"token", "element"}, "matmul_transb (step 0)", "mlp"},
    Kind{"mlp.swiglu", {"token", "element"}, "swiglu (step 0)", "mlp"},
    Kind{"residual", {"token", "element"}, "matmul_transb (step 0)", "mlp"},
    Kind{"model.norm", {"token", "element"}, "rms_norm (step 0)", "forward"},
    Kind{"lm_head", {"token", "token id"}, "matmul_transb (step 0)", "forward"},
};

const Kind* kind_of(const std::string& point) {
  const auto kind = std::ranges::find_if(kinds, [&](const Kind& each) {
    return point == each.ending || point.ends_with("." + std::string(each.ending));
  });
  return kind == kinds.end() ? nullptr : &*kind;
}

/// Infinite where exactly one of both is NaN or they are infinities that differ.
float largest_difference(ConstView expected, ConstView found) {
  if (found.shape() != expected.shape()) return INFINITY;
  float largest = 0;
  for (std::size_t i = 0; i < expected.numel(); ++i) {
    const float a = expected.data()[i];
    const float b = found.data()[i];
    if (a == b || (std::isnan(a) && std::isnan(b))) continue;
    const float difference = std::abs(a - b);
    largest = std::isnan(difference) ? INFINITY : std::max(largest, difference);
  }
  return largest;
}

}  // namespace

std::size_t ComparedTrace::count(Verdict verdict) const {
  return static_cast<std::size_t>(std::ranges::count(points, verdict, &ComparedPoint::verdict));
}

ComparedTrace compare(const ExpectedTrace& expected, const Recording& found) {
  ComparedTrace result;
  for (const TracePoint& point : expected.points()) {
    const auto recorded = found.tensors.find(point.name);
    if (recorded == found.tensors.end()) {
      result.points.push_back({&point, nullptr, Verdict::not_recorded, 0});
      continue;
    }
    const float error = largest_difference(point.expected, recorded->second);
    const bool agrees = error <= point.bound;
    if (!agrees && !result.first_wrong) result.first_wrong = result.points.size();
    result.points.push_back({&point, &recorded->second, agrees ? Verdict::agrees : Verdict::wrong, error});
  }
  for (const auto& [name, tensor] : found.tensors) {
    if (std::ranges::find(expected.points(), name, &TracePoint::name) == expected.points().end())
      result.unknown.push_back(name);
  }
  if (!found.error.empty())
    result.ending = "forward ended with an exception: " + found.error;
  else if (found.cache_length != expected.tokens().size())
    result.ending = fmt::format("cache.length is {} after forward; expected {}, the tokens that were fed",
                                found.cache_length, expected.tokens().size());
  return result;
}

std::vector<std::string> axes_of(const TracePoint& point) {
  const Kind* kind = kind_of(point.name);
  std::vector<std::string> axes;
  for (std::size_t dim = 0; dim < point.expected.rank(); ++dim) {
    const bool known = kind != nullptr && dim < kind->axes.size() && !kind->axes[dim].empty();
    axes.push_back(known ? std::string(kind->axes[dim]) : fmt::format("index {}", dim));
  }
  return axes;
}

std::string computed_by(const std::string& point) {
  const Kind* kind = kind_of(point);
  if (kind == nullptr) return "";
  if (kind->function.empty()) return fmt::format("the rows that {} (step 2) writes", kind->caller);
  return fmt::format("{}, and how {} (step 2) calls it", kind->function, kind->caller);
}

std::string describe(const ComparedPoint& wrong, const Config& config) {
  // A case of one tensor, so that the words are those of a failing test.
  const std::string& name = wrong.point->name;
  const bool cache = name.ends_with("cache.k") || name.ends_with("cache.v");
  const std::string storage = cache ? name.substr(name.size() - 7) : "trace/" + name;
  const Json description = Json::parse(
      fmt::format(R"({{"name": "Trace", "function": "{}", "purpose": "", "bounds": {{"{}": {}}}}})",
                  cache ? "attention_block" : "forward", storage, wrong.point->bound),
      "trace");
  TensorMap expected;
  expected.insert("Trace/after/" + storage, wrong.point->expected);
  const GoldenModel model{config, {}};
  Outcome outcome;
  outcome.tensors.emplace(storage, copy_of(storage, *wrong.found));
  std::string text = describe_mismatch(Case(description, &expected, &model), outcome);
  if (!cache && text.starts_with("trace/")) text.erase(0, 6);
  return text;
}

}  // namespace lab

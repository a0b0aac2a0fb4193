#include "apps/trace_compare.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "testing/diagnosis/mismatch.h"
#include "testing/golden/case.h"
#include "testing/golden/outcome.h"

namespace lab {
namespace {

struct Kind {
  std::string_view name;  ///< without "model.layers.INDEX."
  std::array<std::string_view, 3> axes;
};

constexpr std::array kinds = {
    Kind{"model.embed_tokens", {"token", "element"}},
    Kind{"input_layernorm", {"token", "element"}},
    Kind{"self_attn.q_proj", {"token", "element"}},
    Kind{"self_attn.k_proj", {"token", "element"}},
    Kind{"self_attn.v_proj", {"token", "element"}},
    Kind{"self_attn.q_rotated", {"token", "head", "element"}},
    Kind{"self_attn.k_rotated", {"token", "KV head", "element"}},
    Kind{"cache.k", {"position", "KV head", "element"}},
    Kind{"cache.v", {"position", "KV head", "element"}},
    Kind{"self_attn.weights", {"head", "query", "key"}},
    Kind{"self_attn.output", {"token", "element"}},
    Kind{"residual_after_attention", {"token", "element"}},
    Kind{"post_attention_layernorm", {"token", "element"}},
    Kind{"mlp.gate_proj", {"token", "element"}},
    Kind{"mlp.up_proj", {"token", "element"}},
    Kind{"mlp.swiglu", {"token", "element"}},
    Kind{"residual", {"token", "element"}},
    Kind{"model.norm", {"token", "element"}},
    Kind{"lm_head", {"token", "token id"}},
};

/// None for a name, or a number of dimensions, that no point of a model has.
const Kind* kind_of(const TracePoint& point) {
  std::string_view name = point.name;
  if (constexpr std::string_view layers = "model.layers."; name.starts_with(layers)) {
    name.remove_prefix(layers.size());
    const std::size_t digits = std::min(name.find_first_not_of("0123456789"), name.size());
    name.remove_prefix(std::min(digits + 1, name.size()));
  }
  const auto kind = std::ranges::find(kinds, name, &Kind::name);
  if (kind == kinds.end()) return nullptr;
  const std::size_t rank = kind->axes[2].empty() ? 2 : 3;
  return point.expected.rank() == rank ? &*kind : nullptr;
}

bool is_cache(const TracePoint& point) {
  return point.name.ends_with(".cache.k") || point.name.ends_with(".cache.v");
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
  const Kind* kind = kind_of(point);
  std::vector<std::string> axes;
  for (std::size_t dim = 0; dim < point.expected.rank(); ++dim)
    axes.push_back(kind != nullptr ? std::string(kind->axes[dim]) : fmt::format("index {}", dim));
  return axes;
}

std::string describe_first_wrong(const ComparedTrace& compared, const Config& config) {
  const auto first = compared.points.begin() + static_cast<std::ptrdiff_t>(compared.first_wrong.value());
  if (kind_of(*first->point) == nullptr) return "";
  const Shape& shape = first->point->expected.shape();
  if (first->found->shape() != shape)
    return fmt::format("It has shape {}, expected {}.\n", first->found->shape().to_string(),
                       shape.to_string());
  // The words are those of a failing test: a case that expects this point, and the last one that agrees.
  std::vector<ComparedPoint> told{*first};
  const bool cache = is_cache(*first->point);
  const auto last_right =
      std::find_if(std::reverse_iterator(first), compared.points.rend(), [](const auto& p) {
        return p.verdict == Verdict::agrees && kind_of(*p.point) != nullptr && !is_cache(*p.point);
      });
  if (!cache && last_right != compared.points.rend()) told.push_back(*last_right);

  TensorMap expected;
  Outcome outcome;
  std::string bounds;
  for (const ComparedPoint& each : told) {
    const std::string& name = each.point->name;
    const std::string storage = cache ? name.substr(name.find("cache.")) : "trace/" + name;
    expected.insert("Trace/after/" + storage, each.point->expected);
    outcome.tensors.emplace(storage, copy_of(storage, *each.found));
    bounds += fmt::format("{}\"{}\": {}", bounds.empty() ? "" : ", ", storage, each.point->bound);
  }
  const std::string description =
      fmt::format(R"({{"name": "Trace", "function": "{}", "purpose": "", "bounds": {{{}}}}})",
                  cache ? "attention_block" : "forward", bounds);
  const GoldenModel model{config, {}};
  return describe_mismatch(Case(Json::parse(description, "trace"), &expected, &model), outcome);
}

}  // namespace lab

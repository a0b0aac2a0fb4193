#include "apps/trace_compare.h"

#include <fmt/format.h>

#include <algorithm>

#include "testing/diagnosis/mismatch.h"
#include "testing/golden/case.h"
#include "testing/golden/deviation.h"
#include "testing/golden/outcome.h"
#include "testing/steps.h"

namespace lab {
namespace {

bool is_cache(const ExpectedPoint& point) {
  return point.name.ends_with(".cache.k") || point.name.ends_with(".cache.v");
}

/// What the dimensions of a point's tensor count; empty for a name, or a number of dimensions, that no point
/// of a model has.
std::vector<std::string> known_axes(const ExpectedPoint& point) {
  const std::size_t cache = point.name.find("cache.");
  const TracePoint* known = find_trace_point(point.name);
  std::vector<std::string> axes;
  if (known != nullptr) axes = known->axes;
  if (is_cache(point)) axes = axes_of("attention_block", point.name.substr(cache));
  return axes.size() == point.expected.rank() ? axes : std::vector<std::string>{};
}

}  // namespace

std::size_t ComparedTrace::count(Verdict verdict) const {
  return static_cast<std::size_t>(std::ranges::count(points, verdict, &ComparedPoint::verdict));
}

ComparedTrace compare(const ExpectedTrace& expected, const Recording& found) {
  ComparedTrace result;
  for (const ExpectedPoint& point : expected.points()) {
    const auto recorded = found.tensors.find(point.name);
    if (recorded == found.tensors.end()) {
      result.points.push_back({&point, nullptr, Verdict::not_recorded, 0});
      continue;
    }
    const float error = largest_deviation(point.expected, recorded->second);
    const bool agrees = error <= point.bound;
    if (!agrees && !result.first_wrong) result.first_wrong = result.points.size();
    result.points.push_back({&point, &recorded->second, agrees ? Verdict::agrees : Verdict::wrong, error});
  }
  for (const auto& [name, tensor] : found.tensors) {
    if (std::ranges::find(expected.points(), name, &ExpectedPoint::name) == expected.points().end())
      result.unknown.push_back(name);
  }
  if (found.thrown)
    result.ending = "forward ended with an exception: " + found.thrown->text;
  else if (found.cache_length != expected.tokens().size())
    result.ending = fmt::format("cache.length is {} after forward; expected {}, the tokens that were fed",
                                found.cache_length, expected.tokens().size());
  return result;
}

std::vector<std::string> axes_of(const ExpectedPoint& point) {
  std::vector<std::string> axes = known_axes(point);
  for (std::size_t dim = axes.size(); dim < point.expected.rank(); ++dim)
    axes.push_back(fmt::format("index {}", dim));
  return axes;
}

std::string describe_first_wrong(const ComparedTrace& compared, const Config& config) {
  const auto first = compared.points.begin() + static_cast<std::ptrdiff_t>(compared.first_wrong.value());
  if (known_axes(*first->point).empty()) return "";
  const Shape& shape = first->point->expected.shape();
  if (first->found->shape() != shape)
    return fmt::format("It has shape {}, expected {}.\n", first->found->shape().to_string(),
                       shape.to_string());
  // The words are those of a failing test: a case that expects this point, and the last one that agrees.
  std::vector<ComparedPoint> told{*first};
  const bool cache = is_cache(*first->point);
  const auto last_right =
      std::find_if(std::reverse_iterator(first), compared.points.rend(), [](const auto& p) {
        return p.verdict == Verdict::agrees && !known_axes(*p.point).empty() && !is_cache(*p.point);
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
  return describe_mismatch(Case(Json::parse(description, "trace"), &expected, &model), outcome).text;
}

}  // namespace lab

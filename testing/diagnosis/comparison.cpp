#include "testing/diagnosis/comparison.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "testing/diagnosis/phrases.h"
#include "testing/golden/deviation.h"
#include "testing/steps.h"

namespace lab {
namespace {

/// What a tensor's dimensions count, in the words of its step's description or, where that tells nothing of
/// so many dimensions, of any tensor.
std::vector<std::string> axis_names(const Case& golden_case, const std::string& storage, std::size_t rank) {
  const std::optional<std::string> point = trace_point_of(storage);
  const TracePoint* known = point ? find_trace_point(*point) : nullptr;
  const std::vector<std::string> axes =
      known != nullptr ? known->axes : axes_of(golden_case.function(), storage);
  if (axes.size() == rank) return axes;
  if (rank == 1) return {"element"};
  if (rank == 2) return {"row", "column"};
  std::vector<std::string> names;
  for (std::size_t dim = 0; dim < rank; ++dim) names.push_back(fmt::format("dim-{} index", dim));
  return names;
}

std::vector<float> elements(ConstView view) {
  const Tensor dense = copy_of("elements", view);
  return {dense.values().begin(), dense.values().end()};
}

/// Wrong elements of a storage, all of which must be as before wherever the function doesn't look.
std::size_t count_wrong(ConstView expected, ConstView found, float bound) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < expected.numel(); ++i)
    count += deviation(expected.data()[i], found.data()[i]) > bound ? 1 : 0;
  return count;
}

/// NaN has a sign, but no meaning in it.
float without_sign(float value) { return std::isnan(value) ? std::abs(value) : value; }

/// Up to seven elements of the innermost dimension around `position`, expected and found.
std::string window(const Comparison& comparison, std::size_t position) {
  const std::size_t width = comparison.shape[comparison.shape.rank() - 1];
  const std::size_t column = position % width;
  const std::size_t begin = std::min(column < 2 ? 0 : column - 2, width < 7 ? 0 : width - 7);
  const std::size_t count = std::min<std::size_t>(7, width - begin);
  const std::size_t first = position - column + begin;
  const auto line = [&](const std::vector<float>& values) {
    std::string text;
    for (std::size_t i = 0; i < count; ++i)
      text += fmt::format(" {:>11.5g}", without_sign(values[first + i]));
    return text;
  };
  return say("  from {}:\n    expected{}\n    found   {}\n", comparison.place(first),
             line(comparison.expected), line(comparison.found));
}

}  // namespace

bool values_are_shown() {
  const char* values = std::getenv("LAB_VALUES");
  return values == nullptr || values != std::string_view("hidden");
}

Comparison::Comparison(const Case& a_case, const std::string& a_storage, ConstView all_found)
    : golden_case(a_case), storage(a_storage), bound(a_case.bound(a_storage)) {
  const ConstView all_expected = golden_case.after(storage);
  wrong_shape = all_found.shape() != all_expected.shape();
  shape = all_expected.shape();
  if (wrong_shape) return;

  const ConstView seen = golden_case.seen(storage, all_expected);
  shape = seen.shape();
  axes = axis_names(golden_case, storage, shape.rank());
  expected = elements(seen);
  found = elements(golden_case.seen(storage, all_found));
  if (golden_case.has_storage(storage) && golden_case.before(storage).shape() == all_expected.shape())
    before = elements(golden_case.seen(storage, golden_case.before(storage)));
  for (std::size_t i = 0; i < expected.size(); ++i) {
    if (deviation(expected[i], found[i]) > bound) wrong.push_back(i);
  }
  wrong_outside = count_wrong(all_expected, all_found, bound) - wrong.size();
}

std::vector<std::size_t> Comparison::index(std::size_t position) const {
  std::vector<std::size_t> result(shape.rank());
  for (std::size_t dim = shape.rank(); dim-- > 0;) {
    result[dim] = position % shape[dim];
    position /= shape[dim];
  }
  return result;
}

std::string Comparison::place(std::size_t position, std::size_t n_dims) const {
  const std::vector<std::size_t> at = index(position);
  std::vector<std::string> parts;
  for (std::size_t dim = 0; dim < n_dims; ++dim)
    parts.push_back(fmt::format("{} {}", word(axes[dim]), at[dim]));
  return fmt::format("{}", fmt::join(parts, say(", ")));
}

std::string describe_elements(const Comparison& c) {
  if (c.wrong_shape)
    return say("{} has not the shape that is expected, {}\n", c.storage, c.shape.to_string());
  if (c.wrong.empty()) return c.agrees() ? "" : say("{} itself is right\n", c.storage);
  const auto off = [&](std::size_t position) { return deviation(c.expected[position], c.found[position]); };
  const bool shown = values_are_shown();
  const auto at = [&](std::size_t position) {
    if (!shown) return c.place(position);
    return say("{}: expected {:.7g}, found {:.7g}", c.place(position), c.expected[position],
               without_sign(c.found[position]));
  };
  const std::size_t first = c.wrong.front();
  const std::size_t worst = *std::ranges::max_element(c.wrong, {}, off);
  // The bound grows with the values, so it tells something of them.
  const std::string rounding = shown ? say(" (rounding explains {:.2g})", c.bound) : "";
  std::string text = say("{} {}: {} of {} elements are wrong{}\n", c.storage, c.shape.to_string(),
                         c.wrong.size(), c.expected.size(), rounding);
  text += say("  first wrong: {}\n", at(first));
  if (worst != first) text += say("  worst:       {}\n", at(worst));
  return shown ? text + window(c, first) : text;
}

}  // namespace lab

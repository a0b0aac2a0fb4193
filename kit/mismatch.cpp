#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "kit/golden.h"

namespace lab {
namespace {

/// What the dimensions of a function's tensors count, in the words of its contract.
struct Axes {
  std::string_view function;
  std::string_view storage;
  std::array<std::string_view, Shape::max_rank> names;
};

constexpr std::array known_axes = {
    Axes{"rope", "x", {"token", "head", "element"}},
    Axes{"masked_softmax", "scores", {"head", "query", "key"}},
    Axes{"self_attention", "out", {"token", "head", "element"}},
    Axes{"self_attention", "scores", {"head", "query", "key"}},
    Axes{"attention_block", "cache.k", {"position", "KV head", "element"}},
    Axes{"attention_block", "cache.v", {"position", "KV head", "element"}},
    Axes{"forward", "logits", {"call", "token id"}},
    Axes{"forward", "cache.k", {"layer", "position", "KV head", "element"}},
    Axes{"forward", "cache.v", {"layer", "position", "KV head", "element"}},
    Axes{"sampling_distribution", "probs", {"token id"}},
};

/// "head 2, query 1, key 5"; "row 1, column 4" for a tensor that no table names.
std::string place(const Case& golden_case, const std::string& storage, std::span<const std::size_t> index) {
  std::array<std::string_view, Shape::max_rank> names{"index 0 =", "index 1 =", "index 2 =", "index 3 ="};
  if (index.size() == 1) names = {"element"};
  if (index.size() == 2) names = {"row", "column"};
  for (const Axes& axes : known_axes) {
    if (axes.function == golden_case.function() && axes.storage == storage) names = axes.names;
  }
  if (storage.starts_with("trace/")) {
    if (storage.ends_with("weights")) names = {"head", "query", "key"};
    if (storage.ends_with("_rotated")) names = {"token", "head", "element"};
  }
  std::vector<std::string> parts;
  for (std::size_t dim = 0; dim < index.size(); ++dim)
    parts.push_back(fmt::format("{} {}", names[dim], index[dim]));
  return fmt::format("{}", fmt::join(parts, ", "));
}

std::vector<std::size_t> unflatten(std::size_t position, const Shape& shape) {
  std::vector<std::size_t> index(shape.rank());
  for (std::size_t dim = shape.rank(); dim-- > 0;) {
    index[dim] = position % shape[dim];
    position /= shape[dim];
  }
  return index;
}

/// Infinite where exactly one of both is NaN or they are infinities that differ.
float deviation(float expected, float found) {
  if (std::isnan(expected) && std::isnan(found)) return 0;
  if (expected == found) return 0;
  const float difference = std::abs(expected - found);
  return std::isnan(difference) ? INFINITY : difference;
}

/// Up to seven elements of the innermost dimension around `position`, expected and found.
std::string window(const Case& golden_case, const std::string& storage, ConstView expected, ConstView found,
                   std::size_t position) {
  const std::size_t width = expected.size(expected.rank() - 1);
  const std::size_t column = position % width;
  const std::size_t begin = std::min(column < 2 ? 0 : column - 2, width < 7 ? 0 : width - 7);
  const std::size_t count = std::min<std::size_t>(7, width - begin);
  const std::size_t first = position - column + begin;
  const auto line = [&](ConstView tensor) {
    std::string text;
    for (std::size_t i = 0; i < count; ++i) text += fmt::format(" {:>11.5g}", tensor.data()[first + i]);
    return text;
  };
  return fmt::format("  from {}:\n    expected{}\n    found   {}\n",
                     place(golden_case, storage, unflatten(first, expected.shape())), line(expected),
                     line(found));
}

std::string describe_tensor(const Case& golden_case, const std::string& storage, ConstView found) {
  const ConstView expected = golden_case.after(storage);
  if (found.shape() != expected.shape())
    return fmt::format("{} has shape {}, expected {}\n", storage, found.shape().to_string(),
                       expected.shape().to_string());
  const float bound = golden_case.bound(storage);
  std::optional<std::size_t> first;
  std::size_t worst = 0;
  std::size_t wrong = 0;
  float largest = 0;
  for (std::size_t i = 0; i < expected.numel(); ++i) {
    const float off = deviation(expected.data()[i], found.data()[i]);
    if (off <= bound) continue;
    ++wrong;
    if (!first) first = i;
    if (off > largest) {
      largest = off;
      worst = i;
    }
  }
  if (!first) return "";

  const auto at = [&](std::size_t i) { return place(golden_case, storage, unflatten(i, expected.shape())); };
  const auto values = [&](std::size_t i) {
    return fmt::format("expected {:.7g}, found {:.7g}", expected.data()[i], found.data()[i]);
  };
  std::string text = fmt::format("{} {}: {} of {} elements are wrong (rounding explains {:.2g})\n", storage,
                                 expected.shape().to_string(), wrong, expected.numel(), bound);
  text += fmt::format("  first wrong: {}: {}\n", at(*first), values(*first));
  if (worst != *first) text += fmt::format("  worst:       {}: {}\n", at(worst), values(worst));
  return text + window(golden_case, storage, expected, found, *first);
}

std::string describe_fact(const std::string& name, const std::vector<std::string>& expected,
                          const std::vector<std::string>& found) {
  if (expected == found) return "";
  const auto quoted = [](const std::vector<std::string>& lines, std::size_t i) {
    return i < lines.size() ? lines[i] : std::string("nothing more");
  };
  const auto differing = std::ranges::mismatch(expected, found);
  const std::size_t i = differing.in1 - expected.begin();
  if (expected.size() == 1 && found.size() == 1)
    return fmt::format("{}: expected {}, found {}\n", name, expected[0], found[0]);
  return fmt::format("{} differ from entry {} on ({} expected, {} found):\n  expected {}\n  found    {}\n",
                     name, i, expected.size(), found.size(), quoted(expected, i), quoted(found, i));
}

std::vector<std::string> lines_of(const Outcome& outcome, const std::string& fact) {
  const auto lines = outcome.facts.find(fact);
  return lines == outcome.facts.end() ? std::vector<std::string>{} : lines->second;
}

}  // namespace

std::string describe_mismatch(const Case& golden_case, const Outcome& outcome) {
  const std::optional<Json> raises = golden_case.expect("raises");
  if (!raises && !outcome.error.empty()) return fmt::format("an exception came out: {}\n", outcome.error);
  if (raises && outcome.error.empty())
    return fmt::format("expected an exception ({}), but the call returned\n", raises->string());

  for (const std::string& storage : outcome.overrun) {
    return fmt::format("something was written outside of {} {}: before its first or after its last element\n",
                       storage, golden_case.before(storage).shape().to_string());
  }
  for (const std::string& fact : golden_case.expected_facts()) {
    const std::string text =
        describe_fact(fact, fact_lines(*golden_case.expect(fact)), lines_of(outcome, fact));
    if (!text.empty()) return text;
  }
  for (const std::string& storage : golden_case.storages_after()) {
    const auto found = outcome.tensors.find(storage);
    if (found == outcome.tensors.end()) {
      if (storage.starts_with("trace/")) continue;  // a point that this implementation doesn't have
      return fmt::format("{} was not computed\n", storage);
    }
    const std::string text = describe_tensor(golden_case, storage, found->second);
    if (!text.empty()) return text;
  }
  return "";
}

}  // namespace lab

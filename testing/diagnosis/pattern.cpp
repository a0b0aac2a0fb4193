#include "testing/diagnosis/pattern.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "testing/diagnosis/pattern_moved.h"
#include "testing/diagnosis/pattern_values.h"
#include "testing/diagnosis/phrases.h"

namespace lab {
namespace {

std::string plural(const std::string& axis) {
  if (axis == "query") return word("queries");
  return word(axis.ends_with("index") ? axis.substr(0, axis.size() - 2) + "ices" : axis + "s");
}

/// Indices of dimension `dim` at which some element is wrong, and those at which all are 0 and should be,
/// which any mistake leaves right.
std::set<std::size_t> touched_or_zero(const Comparison& c, std::size_t dim, std::set<std::size_t> touched) {
  std::set<std::size_t> not_zero;
  for (std::size_t i = 0; i < c.expected.size(); ++i) {
    if (c.expected[i] != 0 || c.found[i] != 0) not_zero.insert(c.index(i)[dim]);
  }
  for (std::size_t i = 0; i < c.shape[dim]; ++i) {
    if (!not_zero.contains(i)) touched.insert(i);
  }
  return touched;
}

/// "only heads after the first are wrong"; none if wrong elements stand at every index of the dimension, or
/// where no short phrase tells.
std::optional<Finding> along_axis(const Comparison& c, std::size_t dim) {
  std::set<std::size_t> touched;
  for (const std::size_t position : c.wrong) touched.insert(c.index(position)[dim]);
  const std::size_t size = c.shape[dim];
  if (touched.empty() || touched_or_zero(c, dim, touched).size() == size) return std::nullopt;
  const std::size_t first = *touched.begin();
  const std::size_t last = *touched.rbegin();
  const std::string& axis = c.axes[dim];
  const auto named = [&](std::string clause) { return Finding(std::move(clause), {dim}); };
  if (first == last) return named(say("only {} {} of {} is wrong", word(axis), first, size));
  if (last - first + 1 == touched.size()) {
    if (first == 1 && last == size - 1) return named(say("only {} after the first are wrong", plural(axis)));
    if (last == size - 1) return named(say("only {} from {} on are wrong", plural(axis), first));
    return named(say("only {} {} to {} of {} are wrong", plural(axis), first, last, size));
  }
  const bool alternate = std::ranges::all_of(touched, [&](std::size_t i) { return i % 2 == first % 2; });
  if (alternate && touched.size() == (size - first % 2 + 1) / 2)
    return named(say("only every second {} is wrong, from {} on", word(axis), first));
  return std::nullopt;
}

/// Attention weights: which keys, seen from each query, are wrong.
std::optional<std::string> among_keys(const Comparison& c) {
  const std::size_t past = c.shape[2] - c.shape[1];
  bool hidden = true;
  bool cached = true;
  for (const std::size_t position : c.wrong) {
    const std::vector<std::size_t> at = c.index(position);
    hidden = hidden && at[2] > past + at[1];
    cached = cached && at[2] < past;
  }
  if (hidden) return say("only keys that the query may not see are wrong");
  if (cached) return say("only keys that come from the cache are wrong (0 to {})", past - 1);
  return std::nullopt;
}

/// The cache after a call: the rows that were there before, or those of the later calls.
std::optional<std::string> among_cache_rows(const Comparison& c) {
  const std::size_t axis = static_cast<std::size_t>(std::ranges::find(c.axes, "position") - c.axes.begin());
  const Case& golden_case = c.golden_case;
  const auto all_wrong = [&](auto accepts) {
    return std::ranges::all_of(c.wrong, [&](std::size_t i) { return accepts(c.index(i)[axis]); });
  };
  if (golden_case.has("cache_length")) {
    const std::size_t old = golden_case.count("cache_length");
    if (all_wrong([&](std::size_t row) { return row < old; }))
      return say("only positions that were in the cache before are wrong (0 to {}); no call may change those",
                 old - 1);
    const std::size_t new_end = old + golden_case.after("residual").size(0);
    if (all_wrong([&](std::size_t row) { return row >= new_end; }))
      return say("only positions behind the new tokens' are wrong (from {} on)", new_end);
    if (all_wrong([&](std::size_t row) { return row >= old && row < new_end; }))
      return say("only the new tokens' positions are wrong, {} to {}", old, new_end - 1);
  }
  if (golden_case.has("chunks") && golden_case.ids("chunks").size() > 1) {
    const std::size_t first_chunk = static_cast<std::size_t>(golden_case.ids("chunks").front());
    if (all_wrong([&](std::size_t row) { return row >= first_chunk; }))
      return say("only positions after those of the first call are wrong (from {} on)", first_chunk);
  }
  return std::nullopt;
}

}  // namespace

std::optional<Finding> where_wrong(const Comparison& c) {
  if (c.wrong.empty()) return std::nullopt;
  std::vector<std::string> clauses;
  std::vector<std::size_t> dims;
  const auto add = [&](const std::optional<Finding>& clause) {
    if (!clause) return;
    clauses.push_back(clause->text);
    dims.insert(dims.end(), clause->dims.begin(), clause->dims.end());
  };
  const bool attends = c.axes.size() == 3 && c.axes[1] == "query" && c.axes[2] == "key";
  const bool caches = std::ranges::find(c.axes, "position") != c.axes.end();
  if (attends) add(among_keys(c));
  if (caches) add(among_cache_rows(c));
  const bool told = !clauses.empty();
  for (std::size_t dim = 0; dim < c.shape.rank(); ++dim) {
    if (told && (c.axes[dim] == "key" || c.axes[dim] == "position")) continue;
    add(along_axis(c, dim));
  }
  if (clauses.empty()) return std::nullopt;
  std::string text = say("{}.", fmt::format("{}", fmt::join(clauses, say(", and "))));
  if (text[0] == 'o') text[0] = 'O';
  return Finding(text, dims);
}

std::optional<Finding> written_outside(const Comparison& c) {
  if (c.wrong_outside == 0) return std::nullopt;
  return say(
      "Elements beside the part of the buffer that the function was given as {} were changed ({} of them): "
      "mind its strides.",
      c.storage, c.wrong_outside);
}

Finding describe_pattern(const Comparison& c) {
  Finding all("");
  const auto add = [&](const std::optional<Finding>& finding) {
    if (!finding) return false;
    all.text += finding->text + "\n";
    all.dims.insert(all.dims.end(), finding->dims.begin(), finding->dims.end());
    return true;
  };
  add(written_outside(c));
  if (c.wrong.empty()) return all;  // also where the shape is wrong, and nothing could be compared
  // Of the patterns that speak of the same elements, the one that says most.
  for (const auto pattern :
       {untouched, not_finite, coarse, slices_moved, transposed, old_values_left, constant_factor,
        scores_scaled, constant_offset, factor_of_rows, factor_of_columns}) {
    if (add(pattern(c))) break;
  }
  add(where_wrong(c));
  return all;
}

Mismatch describe_tensor(const std::string& lead, const Comparison& c, bool with_pattern) {
  const Finding pattern = with_pattern ? describe_pattern(c) : Finding("");
  Mismatch mismatch;
  mismatch.text = lead + pattern.text + describe_elements(c);
  mismatch.kind = mismatch.text.substr(0, mismatch.text.find('\n'));
  for (const std::size_t dim : pattern.dims) mismatch.axes.push_back({c.storage, dim, c.shape.rank()});
  return mismatch;
}

}  // namespace lab

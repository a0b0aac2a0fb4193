#include "testing/diagnosis/pattern_moved.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <numeric>
#include <optional>
#include <set>

#include "testing/diagnosis/phrases.h"
#include "testing/golden/deviation.h"

namespace lab {
namespace {

/// Positions of the elements that have index `index` in dimension `dim`, in order.
std::vector<std::size_t> slice_positions(const Shape& shape, std::size_t dim, std::size_t index) {
  std::size_t inner = 1;
  for (std::size_t d = dim + 1; d < shape.rank(); ++d) inner *= shape[d];
  std::vector<std::size_t> positions;
  for (std::size_t outer = 0; outer < shape.numel() / inner / shape[dim]; ++outer) {
    const std::size_t begin = (outer * shape[dim] + index) * inner;
    for (std::size_t i = 0; i < inner; ++i) positions.push_back(begin + i);
  }
  return positions;
}

bool agree(const std::vector<float>& a, const std::vector<std::size_t>& at_a, const std::vector<float>& b,
           const std::vector<std::size_t>& at_b, float bound) {
  for (std::size_t i = 0; i < at_a.size(); ++i) {
    if (!(deviation(a[at_a[i]], b[at_b[i]]) <= bound)) return false;
  }
  return true;
}

struct Move {
  std::size_t to;
  std::optional<std::size_t> from;  ///< none: it still holds what stood there before the call
};

/// For each slice that is not right, the one whose expected elements it holds. Empty if there is a slice that
/// holds no other one's elements, or holds those of several that can't be told apart.
std::vector<Move> moves_along(const Comparison& c, std::size_t dim) {
  std::vector<std::vector<std::size_t>> slices;
  for (std::size_t i = 0; i < c.shape[dim]; ++i) slices.push_back(slice_positions(c.shape, dim, i));
  std::vector<Move> moves;
  for (std::size_t to = 0; to < slices.size(); ++to) {
    if (agree(c.expected, slices[to], c.found, slices[to], c.bound)) continue;
    std::vector<std::size_t> sources;
    for (std::size_t from = 0; from < slices.size(); ++from) {
      if (agree(c.expected, slices[from], c.found, slices[to], c.bound)) sources.push_back(from);
    }
    const bool is_old =
        sources.empty() && !c.before.empty() && agree(c.before, slices[to], c.found, slices[to], 0);
    if (sources.size() != 1 && !is_old) return {};
    moves.push_back({to, is_old ? std::nullopt : std::optional(sources.front())});
  }
  const bool any_moved = std::ranges::any_of(moves, [](const Move& move) { return move.from.has_value(); });
  return any_moved ? moves : std::vector<Move>{};
}

/// Whether the slices that moved have only changed places among themselves.
bool is_permutation(const std::vector<Move>& moves) {
  std::set<std::optional<std::size_t>> to;
  std::set<std::optional<std::size_t>> from;
  for (const Move& move : moves) {
    to.insert(move.to);
    from.insert(move.from);
  }
  return to == from;
}

/// Positions of the elements of a tensor of shape `shape` in the order in which the tensor with its
/// dimensions permuted lies in memory.
std::vector<std::size_t> permuted_order(const Shape& shape, const std::vector<std::size_t>& order) {
  std::array<std::size_t, Shape::max_rank> strides{};
  std::size_t stride = 1;
  for (std::size_t dim = shape.rank(); dim-- > 0; stride *= shape[dim]) strides[dim] = stride;
  std::vector<std::size_t> positions{0};
  for (const std::size_t dim : order) {
    std::vector<std::size_t> longer;
    for (const std::size_t position : positions) {
      for (std::size_t i = 0; i < shape[dim]; ++i) longer.push_back(position + i * strides[dim]);
    }
    positions = std::move(longer);
  }
  return positions;
}

}  // namespace

std::optional<Finding> slices_moved(const Comparison& c) {
  // Heads first: of all dimensions they are confused most.
  std::vector<std::size_t> dims(c.shape.rank());
  std::iota(dims.begin(), dims.end(), 0);
  std::ranges::stable_sort(dims, {}, [&](std::size_t dim) { return c.axes[dim].ends_with("head") ? 0 : 1; });
  for (const std::size_t dim : dims) {
    // A slice of one element finds its like too easily.
    if (c.shape[dim] < 2 || (c.shape.numel() / c.shape[dim] < 2 && c.wrong.size() < 3)) continue;
    const std::vector<Move> moves = moves_along(c, dim);
    if (moves.empty()) continue;
    constexpr std::size_t shown = 4;
    std::vector<std::string> parts;
    for (std::size_t i = 0; i < std::min(shown, moves.size()); ++i) {
      const auto& [to, from] = moves[i];
      parts.push_back(from ? say("{} {} holds what belongs into {}", word(c.axes[dim]), to, *from)
                           : say("{} {} wasn't written", word(c.axes[dim]), to));
    }
    if (moves.size() > shown) parts.emplace_back("…");
    const std::string list = fmt::format("{}", fmt::join(parts, say(", ")));
    if (!is_permutation(moves)) return say("Whole slices stand at the wrong places: {}.", list);
    return Finding(
        say("Whole slices stand at the wrong places (each {} once, permuted): {}.", word(c.axes[dim]), list),
        {dim});
  }
  return std::nullopt;
}

std::optional<Finding> transposed(const Comparison& c) {
  if (c.shape.rank() < 2 || c.wrong.size() < 2) return std::nullopt;
  std::vector<std::size_t> order(c.shape.rank());
  std::iota(order.begin(), order.end(), 0);
  std::vector<std::size_t> in_memory(c.shape.numel());
  std::iota(in_memory.begin(), in_memory.end(), 0);
  while (std::ranges::next_permutation(order).found) {
    if (!agree(c.expected, permuted_order(c.shape, order), c.found, in_memory, c.bound)) continue;
    std::vector<std::string> names;
    std::vector<std::string> right_names;
    for (const std::size_t dim : order) names.push_back(word(c.axes[dim]));
    for (const std::string& axis : c.axes) right_names.push_back(word(axis));
    return say("These are the right elements in transposed order: they lie as ({}), expected ({}).",
               fmt::format("{}", fmt::join(names, say(", "))),
               fmt::format("{}", fmt::join(right_names, say(", "))));
  }
  return std::nullopt;
}

}  // namespace lab

#include "kit/tensor_text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <ostream>

namespace lab {
namespace {

/// Of row number `row` in row-major order, the indices of its outer dimensions.
std::vector<std::size_t> outer_index(const Shape& shape, std::size_t row) {
  std::vector<std::size_t> index(shape.rank() - 1);
  for (std::size_t dim = index.size(); dim-- > 0; row /= shape[dim]) index[dim] = row % shape[dim];
  return index;
}

std::string label_of(const std::vector<std::size_t>& index) {
  return index.empty() ? "" : fmt::format("[{}]", fmt::join(index, ", "));
}

std::string row_text(ConstView view, const std::vector<std::size_t>& index, std::size_t most_columns) {
  const std::size_t width = view.size(index.size());
  const float* element = view.data();
  for (std::size_t dim = 0; dim < index.size(); ++dim) element += index[dim] * view.strides()[dim];
  std::string text;
  for (std::size_t i = 0; i < width; ++i) {
    if (width > most_columns && i + 2 == most_columns) {
      text += " …";
      i = width - 1;
    }
    text += fmt::format(" {:>11.5g}", element[i * view.strides()[index.size()]]);
  }
  return text;
}

}  // namespace

std::string shape_text(ConstView view) {
  if (view.empty()) return "empty";
  const std::string text = view.shape().to_string();
  if (view.is_contiguous()) return text;
  const auto strides = view.strides().begin();
  return text + fmt::format(", strides ({})",
                            fmt::join(strides, strides + static_cast<std::ptrdiff_t>(view.rank()), ", "));
}

std::string rows_text(ConstView view, const TextLimits& limits) {
  if (view.rank() == 0 || view.numel() == 0) return "";
  const std::size_t rows = view.numel() / view.size(view.rank() - 1);
  const std::size_t shown = std::min(rows, limits.rows);
  std::size_t label_width = 0;
  for (std::size_t row = 0; row < shown; ++row)
    label_width = std::max(label_width, label_of(outer_index(view.shape(), row)).size());
  std::string text;
  for (std::size_t row = 0; row < shown; ++row) {
    const std::vector<std::size_t> index = outer_index(view.shape(), row);
    text += fmt::format("  {:<{}}{}\n", label_of(index), label_width, row_text(view, index, limits.columns));
  }
  const std::size_t left = rows - shown;
  if (left > 0) text += fmt::format("  … {} more {}\n", left, left == 1 ? "row" : "rows");
  return text;
}

std::ostream& operator<<(std::ostream& out, ConstView view) {
  return out << fmt::format("{}: {}\n{}", view.name(), shape_text(view), rows_text(view));
}

}  // namespace lab

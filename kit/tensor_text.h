#pragma once

#include <string>

#include "kit/tensor.h"

namespace lab {

/// How much of a tensor is shown: its first rows and, of each of them, the first elements and the last one.
struct TextLimits {
  std::size_t rows = 12;
  std::size_t columns = 8;
};

/// "(2, 3)", and the strides, in elements, of a view with gaps or another order: "(2, 3), strides (6, 1)"
std::string shape_text(ConstView view);

/// A line for each row of the innermost dimension, after the indices of the outer ones:
///   [0, 1]        0.25        -1.5
/// and a last one that counts the rows that are left out. Empty for a tensor without elements.
std::string rows_text(ConstView view, const TextLimits& limits = {});

}  // namespace lab

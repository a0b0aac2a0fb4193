#pragma once

#include <optional>

#include "testing/diagnosis/comparison.h"
#include "testing/diagnosis/finding.h"

namespace lab {

// Each of these looks for one pattern in the elements that are wrong, and claims it only if it holds for all
// of them within the bound. The answer is a whole sentence.

/// Wrong elements that are bit by bit what stood there before the call.
std::optional<Finding> untouched(const Comparison& comparison);
/// NaN or infinity where a number is expected, and where the first of them stands.
std::optional<Finding> not_finite(const Comparison& comparison);
/// found = expected + beta · what stood there before the call.
std::optional<Finding> old_values_left(const Comparison& comparison);
/// found = factor · expected; the factor is told in the case's own quantities where one fits: √head_dim.
std::optional<Finding> constant_factor(const Comparison& comparison);
/// found = factor · expected with a factor for each row, or for each column.
std::optional<Finding> factor_of_rows(const Comparison& comparison);
std::optional<Finding> factor_of_columns(const Comparison& comparison);
/// What is left of the expected elements in bfloat16.
std::optional<Finding> coarse(const Comparison& comparison);
/// Attention weights of scores that were multiplied by a factor before the softmax.
std::optional<Finding> scores_scaled(const Comparison& comparison);
/// found = expected + offset.
std::optional<Finding> constant_offset(const Comparison& comparison);

}  // namespace lab

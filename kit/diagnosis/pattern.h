#pragma once

#include <optional>
#include <string>

#include "kit/diagnosis/comparison.h"

namespace lab {

// Each of these looks for one pattern in the elements that are wrong, and claims it only if it holds for all
// of them within the bound. The answer is a whole sentence.

/// Wrong elements that are bit by bit what stood there before the call.
std::optional<std::string> untouched(const Comparison& comparison);
/// NaN or infinity where a number is expected, and where the first of them stands.
std::optional<std::string> not_finite(const Comparison& comparison);
/// found = expected + beta · what stood there before the call.
std::optional<std::string> old_values_left(const Comparison& comparison);
/// found = factor · expected; the factor is told in the case's own quantities where one fits: √head_dim.
std::optional<std::string> constant_factor(const Comparison& comparison);
/// found = factor · expected with a factor for each row, or for each column.
std::optional<std::string> factor_of_rows(const Comparison& comparison);
std::optional<std::string> factor_of_columns(const Comparison& comparison);
/// What is left of the expected elements in bfloat16.
std::optional<std::string> coarse(const Comparison& comparison);
/// Attention weights of scores that were multiplied by a factor before the softmax.
std::optional<std::string> scores_scaled(const Comparison& comparison);
/// found = expected + offset.
std::optional<std::string> constant_offset(const Comparison& comparison);

/// The right slices of one dimension at the wrong places: heads or rows that are permuted or repeated; beside
/// them may be some that weren't written.
std::optional<std::string> slices_moved(const Comparison& comparison);
/// The right elements in the order of other dimensions.
std::optional<std::string> transposed(const Comparison& comparison);

/// Where the wrong elements stand, if they don't stand everywhere: "only heads after the first are wrong".
std::optional<std::string> where_wrong(const Comparison& comparison);
/// Elements of the storage that the function wasn't given.
std::optional<std::string> written_outside(const Comparison& comparison);

/// The patterns that hold, the one that says most first, each on a line; empty if none does.
std::string describe_pattern(const Comparison& comparison);

}  // namespace lab

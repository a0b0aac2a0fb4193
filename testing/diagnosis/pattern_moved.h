#pragma once

#include <optional>

#include "testing/diagnosis/comparison.h"
#include "testing/diagnosis/finding.h"

namespace lab {

// Each of these looks for one pattern in the elements that are wrong, and claims it only if it holds for all
// of them within the bound. The answer is a whole sentence.

/// The right slices of one dimension at the wrong places: heads or rows that are permuted or repeated; beside
/// them may be some that weren't written.
std::optional<Finding> slices_moved(const Comparison& comparison);
/// The right elements in the order of other dimensions.
std::optional<Finding> transposed(const Comparison& comparison);

}  // namespace lab

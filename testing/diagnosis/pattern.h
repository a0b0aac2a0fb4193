#pragma once

#include <optional>
#include <string>

#include "testing/diagnosis/comparison.h"
#include "testing/diagnosis/finding.h"

namespace lab {

/// Where the wrong elements stand, if they don't stand everywhere: "only heads after the first are wrong".
std::optional<Finding> where_wrong(const Comparison& comparison);
/// Elements of the storage that the function wasn't given.
std::optional<Finding> written_outside(const Comparison& comparison);

/// The patterns that hold, the one that says most first, each on a line, and all dimensions that they name;
/// an empty text if none does.
Finding describe_pattern(const Comparison& comparison);

/// `lead`, what the wrong elements have in common if that is wanted, and the elements.
Mismatch describe_tensor(const std::string& lead, const Comparison& comparison, bool with_pattern = true);

}  // namespace lab

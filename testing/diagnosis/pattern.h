#pragma once

#include <optional>
#include <string>

#include "testing/diagnosis/comparison.h"

namespace lab {

/// Where the wrong elements stand, if they don't stand everywhere: "only heads after the first are wrong".
std::optional<std::string> where_wrong(const Comparison& comparison);
/// Elements of the storage that the function wasn't given.
std::optional<std::string> written_outside(const Comparison& comparison);

/// The patterns that hold, the one that says most first, each on a line; empty if none does.
std::string describe_pattern(const Comparison& comparison);

}  // namespace lab

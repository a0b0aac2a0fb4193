#pragma once

#include <string>

#include "testing/golden/case.h"
#include "testing/golden/outcome.h"

namespace lab {

/// Describes how `outcome` misses what the case expects, the first thing that matters first; empty if it
/// doesn't. `with_pattern`: say also what the wrong elements have in common.
std::string describe_mismatch(const Case& golden_case, const Outcome& outcome, bool with_pattern = true);

}  // namespace lab

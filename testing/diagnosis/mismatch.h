#pragma once

#include "testing/diagnosis/finding.h"
#include "testing/golden/case.h"
#include "testing/golden/outcome.h"

namespace lab {

/// How `outcome` misses what the case expects. `with_pattern`: say also what the wrong elements have in
/// common.
Mismatch describe_mismatch(const Case& golden_case, const Outcome& outcome, bool with_pattern = true);

}  // namespace lab

#pragma once

#include <string>
#include <vector>

#include "grading/sandbox/policy.h"

namespace lab::sandbox {

/// Runs the command to its end and leaves nothing of it behind. It forks a child that becomes the command,
/// either by itself (`enter`) or through bubblewrap, which starts this program again inside new namespaces,
/// and that calls `enter`; `arguments` are this program's own, for that.
Outcome supervise(const Policy& policy, const std::vector<std::string>& arguments);

}  // namespace lab::sandbox

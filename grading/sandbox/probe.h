#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "grading/sandbox/policy.h"

namespace lab::sandbox {

/// Finds out by trying to break out of it whether a tier holds here: why it doesn't, or nothing if it does.
std::string why_not(Tier tier, std::optional<uid_t> uid);

/// What the probe runs inside: tries each way out, names those that are open, and returns how many.
int try_to_escape(const std::vector<std::string>& arguments);

}  // namespace lab::sandbox

#pragma once

#include "grading/sandbox/policy.h"

namespace lab::sandbox {

/// Gives up all that `policy` doesn't allow and becomes the command; never returns. Called in the child.
[[noreturn]] void enter(const Policy& policy);

}  // namespace lab::sandbox

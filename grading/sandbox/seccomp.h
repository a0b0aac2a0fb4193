#pragma once

#include "grading/sandbox/policy.h"

namespace lab::sandbox {

/// Confines this process to the system calls that the policy's kind of command needs. Throws Error where the
/// kernel can't do it.
void restrict_system_calls(const Policy& policy);

}  // namespace lab::sandbox

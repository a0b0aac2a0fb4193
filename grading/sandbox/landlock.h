#pragma once

#include "grading/sandbox/policy.h"

namespace lab::sandbox {

bool has_landlock();

/// Confines this process to the policy's files. Throws Error where the kernel can't do it.
void restrict_files(const Policy& policy);

}  // namespace lab::sandbox

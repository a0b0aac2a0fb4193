#pragma once

#include <string>

#include "testing/running/verdict.h"

namespace lab {

/// Runs a case, "Suite.Test", in a process of its own: it may crash, loop without end, exit or print.
Verdict run_case(const std::string& name);

/// What there is to do for a case that came upon a stub: which function, in which file, by which section.
std::string todo(const Verdict& verdict);

/// The verdict of a case that is not run, since others of its kind did not end.
Verdict not_run(const std::string& name);

}  // namespace lab

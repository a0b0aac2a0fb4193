#pragma once

#include <string>

namespace lab {

/// Prints all of a case: what it is for, its call, what goes in and what must come out within which
/// tolerance, and what the implementation yields. Returns the program's exit code: 1 if there is no such
/// case.
int show_case(const std::string& name);

}  // namespace lab

#pragma once

#include <string>

namespace lab {

/// Runs each selected case in a process of its own, so that a crash or an endless loop takes only that case,
/// and prints one failure of each kind in full, then one line of figures. Returns the program's exit code: 0
/// if at least one case ran and all passed.
/// `report`: a file for the verdicts as data, see write_report; none if empty.
int print_brief_report(const std::string& report);

/// The same report if all selected cases pass; otherwise nothing, and the run ends at the first that doesn't.
int print_report_if_passed();

/// The cases that there are, as JSON: [{"name": …, "function": …}]; of a test without golden case, "function"
/// is empty.
int print_cases();

/// The same run, told in one line: how much of the step is done and what to do next.
int print_status();

}  // namespace lab

#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace lab {

inline constexpr std::string_view not_written = " is not written yet: ";
/// Bytes of what a case prints that are kept, and a few more, which show that there was more.
inline constexpr std::size_t most_output = 2000;

/// How a case ended.
struct Result {
  std::string name;
  bool passed = false;
  bool hung = false;  ///< it had to be ended
  std::string message;
  std::string output;  ///< what the student's code printed, the beginning of it

  bool waits() const { return message.find(not_written) != std::string::npos; }
};

/// What the case is for, as the first line of a message; empty if it is no golden case.
std::string purpose_line(const std::string& name);

/// Runs a case, "Suite.Test", in a process of its own: it may crash, loop without end, exit or print.
Result run_case(const std::string& name);

}  // namespace lab

#pragma once

#include <fmt/core.h>

#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace lab {

/// Bad input from outside: a file, a field, an argument. Programs print what() and exit with 1.
/// One line: what was expected, what was found, where, and what to do where that isn't plain.
class Error : public std::runtime_error {
 public:
  template <typename... Args>
  explicit Error(fmt::format_string<Args...> format, Args&&... args)
      : std::runtime_error(fmt::format(format, std::forward<Args>(args)...)) {}
};

/// What an untouched stub throws; the step's tests turn it into one line that says what to write and where.
class NotImplemented : public std::logic_error {
 public:
  /// `function` as its contract names it, `section` of the step's handout that explains it.
  NotImplemented(std::string_view function, std::string_view file, std::string_view section);
  /// What such an exception said in another process.
  explicit NotImplemented(const std::string& message) : std::logic_error(message) {}
};

/// `text` from a file or a command line, safe to print: control characters and invalid UTF-8 are escaped as
/// \xNN, and what is longer than `limit` bytes ends in "…".
std::string printable(std::string_view text, std::size_t limit = 80);

}  // namespace lab

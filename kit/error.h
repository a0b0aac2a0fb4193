#pragma once

#include <fmt/core.h>

#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include "kit/not_implemented.h"

namespace lab {

/// Bad input from outside: a file, a field, an argument. Programs print what() and exit with 1.
/// One line: what was expected, what was found, where, and what to do where that isn't plain.
class Error : public std::runtime_error {
 public:
  template <typename... Args>
  explicit Error(fmt::format_string<Args...> format, Args&&... args)
      : std::runtime_error(fmt::format(format, std::forward<Args>(args)...)) {}
};

/// `text` from a file or a command line, safe to print: control characters and invalid UTF-8 are escaped as
/// \xNN, and what is longer than `limit` bytes ends in "…".
std::string printable(std::string_view text, std::size_t limit = 80);

}  // namespace lab

#include "kit/not_implemented.h"

#include <fmt/format.h>

namespace lab {

NotImplemented::NotImplemented(std::string_view function, std::string_view file, std::string_view section)
    : std::logic_error(
          fmt::format("{} is not written yet: write it in {}; read section {}", function, file, section)),
      function_(function),
      file_(file),
      section_(section) {}

NotImplemented::NotImplemented(const NotImplemented&) = default;
NotImplemented::~NotImplemented() = default;

}  // namespace lab

#include <string>

#include "kit/error.h"

namespace lab {

std::string printable(std::string_view, std::size_t) { return "all is well"; }

}  // namespace lab

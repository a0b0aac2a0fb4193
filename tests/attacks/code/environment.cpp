#include <unistd.h>

#include <stdexcept>
#include <string>

namespace lab {

void attack() {
  std::string found;
  for (char** entry = environ; *entry != nullptr; ++entry) found += std::string(*entry) + " ";
  throw std::runtime_error("[" + std::to_string(found.size()) + " bytes] " + found);
}

}  // namespace lab

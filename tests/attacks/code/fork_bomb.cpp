#include <unistd.h>

#include <stdexcept>

namespace lab {

void attack() {
  while (fork() >= 0) {
  }
  throw std::runtime_error("[no more processes]");
}

}  // namespace lab

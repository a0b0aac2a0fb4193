#include <unistd.h>

#include <cstdlib>
#include <stdexcept>
#include <string>

namespace lab {

void attack() {
  const int status = std::system("touch /tmp/lab_attack_shell");
  execl("/bin/sh", "sh", "-c", "sleep 1000", nullptr);
  throw std::runtime_error("[shell " + std::to_string(status == 0) + "]");
}

}  // namespace lab

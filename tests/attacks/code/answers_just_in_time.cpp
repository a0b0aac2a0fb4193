#include <unistd.h>

#include <stdexcept>

namespace lab {

void attack() {
  usleep(900'000);
  throw std::runtime_error("in time");
}

}  // namespace lab

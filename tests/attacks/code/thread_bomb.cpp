#include <unistd.h>

#include <stdexcept>
#include <system_error>
#include <thread>

namespace lab {

void attack() {
  try {
    for (;;) std::thread([] { pause(); }).detach();
  } catch (const std::system_error&) {
    throw std::runtime_error("[no more threads]");
  }
}

}  // namespace lab

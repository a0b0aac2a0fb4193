#include <unistd.h>

#include <thread>

namespace lab {

void attack() {
  static const std::thread steals([] {
    char bytes[7];
    while (read(3, bytes, sizeof bytes) > 0) usleep(1000);
  });
}

}  // namespace lab

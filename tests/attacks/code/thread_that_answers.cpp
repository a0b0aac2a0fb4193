#include <unistd.h>

#include <cstdint>
#include <cstring>
#include <thread>

namespace lab {

// An answer without exception, storages, tokens or views: what a function without outputs would send.
void attack() {
  static const std::thread answers([] {
    char frame[9 + 33] = {};
    const std::uint64_t length = sizeof frame - 9;
    std::memcpy(frame, &length, sizeof length);
    frame[8] = 1;
    while (write(4, frame, sizeof frame) > 0) usleep(100);
  });
}

}  // namespace lab

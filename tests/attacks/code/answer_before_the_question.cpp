#include <unistd.h>

#include <cstring>

[[gnu::constructor]] void answer() {
  char frame[256];
  std::memset(frame, 0, sizeof frame);
  for (int round = 0; round < 1000; ++round) {
    if (write(4, frame, sizeof frame) < 0) return;
  }
}

#include <unistd.h>

#include <cstdint>
#include <vector>

namespace lab {

void attack() {
  std::vector<unsigned char> noise(4096);
  for (std::size_t i = 0; i < noise.size(); ++i) noise[i] = static_cast<unsigned char>(i * 37);
  for (int round = 0; round < 16; ++round) {
    if (write(4, noise.data(), noise.size()) < 0) break;
  }
  const std::uint64_t length = std::uint64_t{1} << 62;
  if (write(4, &length, sizeof length) < 0) return;
}

}  // namespace lab

#include <vector>

namespace lab {

void attack() {
  for (std::vector<std::vector<char>> taken;;) taken.emplace_back(64 << 20, 1);
}

}  // namespace lab

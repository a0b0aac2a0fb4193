#include <cstdio>

namespace lab {

void attack() {
  while (std::fputs("all work and no play makes a long log\n", stdout) >= 0) {
  }
}

}  // namespace lab

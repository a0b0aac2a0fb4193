#include <unistd.h>

namespace lab {

void attack() {
  char zeros[65536] = {};
  while (write(4, zeros, sizeof zeros) > 0) {
  }
}

}  // namespace lab

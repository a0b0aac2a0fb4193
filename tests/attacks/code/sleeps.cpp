#include <unistd.h>

namespace lab {

void attack() {
  for (;;) pause();
}

}  // namespace lab

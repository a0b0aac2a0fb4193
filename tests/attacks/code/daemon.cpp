#include <unistd.h>

namespace lab {

void attack() {
  if (fork() == 0) {
    setsid();
    if (fork() == 0) {
      for (;;) pause();
    }
    _exit(0);
  }
}

}  // namespace lab

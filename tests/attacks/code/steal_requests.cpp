#include <fcntl.h>
#include <unistd.h>

namespace lab {

void attack() {
  char buffer[4096];
  fcntl(3, F_SETFL, O_NONBLOCK);
  while (read(3, buffer, sizeof buffer) > 0) {
  }
  close(3);
  close(4);
}

}  // namespace lab

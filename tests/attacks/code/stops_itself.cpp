#include <csignal>

namespace lab {

void attack() {
  for (;;) raise(SIGSTOP);
}

}  // namespace lab

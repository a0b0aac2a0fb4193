#include <sys/prctl.h>
#include <unistd.h>

#include <csignal>

namespace lab {

void attack() {
  sigset_t all;
  sigfillset(&all);
  sigprocmask(SIG_BLOCK, &all, nullptr);
  for (int number = 1; number < 65; ++number) std::signal(number, SIG_IGN);
  prctl(PR_SET_PDEATHSIG, 0);
  for (;;) pause();
}

}  // namespace lab

#include <sys/resource.h>

#include <csignal>
#include <thread>

namespace lab {

void attack() {
  std::signal(SIGXCPU, SIG_IGN);
  const rlimit none{RLIM_INFINITY, RLIM_INFINITY};
  for (const auto which : {RLIMIT_CPU, RLIMIT_AS, RLIMIT_NPROC, RLIMIT_FSIZE}) setrlimit(which, &none);
  for (int i = 0; i < 8; ++i) {
    std::thread([] {
      for (volatile long x = 0;; x = x + 1) continue;
    }).detach();
  }
  for (;;) continue;
}

}  // namespace lab

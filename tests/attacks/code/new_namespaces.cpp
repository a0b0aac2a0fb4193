#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

#include <initializer_list>
#include <stdexcept>
#include <string>

namespace lab {

void attack() {
  int made = 0;
  for (int flag : {CLONE_NEWUSER, CLONE_NEWNS, CLONE_NEWPID, CLONE_NEWNET}) made += unshare(flag) == 0;
  made += setuid(0) == 0 && getuid() == 0;
  made += mount("none", "/tmp", "tmpfs", 0, nullptr) == 0;
  throw std::runtime_error("[made " + std::to_string(made) + "]");
}

}  // namespace lab

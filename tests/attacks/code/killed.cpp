#include <csignal>

namespace lab {

void attack() { raise(SIGKILL); }

}  // namespace lab

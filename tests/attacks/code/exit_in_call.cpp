#include <unistd.h>

namespace lab {

void attack() { _exit(0); }

}  // namespace lab

#include <unistd.h>

namespace {

void leave(int, char**, char**) { _exit(0); }

[[gnu::section(".init_array.00001"), gnu::used]] void (*const entry)(int, char**, char**) = leave;

}  // namespace

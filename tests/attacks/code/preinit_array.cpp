#include <unistd.h>

namespace {

void leave() { _exit(0); }

[[gnu::section(".preinit_array"), gnu::used]] void (*const entry)() = leave;

}  // namespace

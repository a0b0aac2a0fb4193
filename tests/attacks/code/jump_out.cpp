#include <csetjmp>

namespace {

std::jmp_buf start;

}  // namespace

[[gnu::constructor]] void remember() { setjmp(start); }

namespace lab {

void attack() { std::longjmp(start, 1); }

}  // namespace lab

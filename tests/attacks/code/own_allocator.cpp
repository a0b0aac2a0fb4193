#include <cstddef>

namespace {

alignas(64) char memory[1 << 24];
std::size_t used;

}  // namespace

// Blocks that overlap, so that what the worker writes into one changes another.
void* operator new(std::size_t) {
  used = (used + 16) % (sizeof memory / 2);
  return memory + used;
}
void operator delete(void*) noexcept {}
void operator delete(void*, std::size_t) noexcept {}

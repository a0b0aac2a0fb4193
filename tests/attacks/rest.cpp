#include <stdexcept>

#include "labs/step0_operators/operators.h"

/// Goes with every attack of tests/attacks/code: step 0 without a single function that works, so an attack
/// writes only what it needs. Each call runs `attack` first, if there is one. What gives no point honestly
/// must give none with the attack.
namespace lab {

[[gnu::weak]] void attack();

namespace {

[[noreturn]] void nothing_is_written() {
  if (attack != nullptr) attack();
  throw std::runtime_error("nothing is written");
}

}  // namespace

[[gnu::weak]] void gather(View, ConstView, std::span<const TokenId>) { nothing_is_written(); }
[[gnu::weak]] void rms_norm(View, ConstView, ConstView, float) { nothing_is_written(); }
[[gnu::weak]] void matmul_transb(View, ConstView, ConstView, float, float) { nothing_is_written(); }
[[gnu::weak]] void rope_frequencies(std::span<float>, float) { nothing_is_written(); }
[[gnu::weak]] void rope(View, std::size_t, std::span<const float>) { nothing_is_written(); }
[[gnu::weak]] void masked_softmax(View) { nothing_is_written(); }
[[gnu::weak]] void matmul(View, ConstView, ConstView, float, float) { nothing_is_written(); }
[[gnu::weak]] void swiglu(View, ConstView, ConstView) { nothing_is_written(); }
[[gnu::weak]] void narrow_copy(View, ConstView, std::size_t, std::size_t) { nothing_is_written(); }

}  // namespace lab

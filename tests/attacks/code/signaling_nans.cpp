#include <cfenv>
#include <cstring>

#include "labs/step0_operators/operators.h"

namespace {

// Guards, NaNs that trap and numbers too small for a processor that rounds them to 0.
void spoil(lab::View out) {
  std::fesetround(FE_UPWARD);
  asm volatile("ldmxcsr %0" : : "m"(*new unsigned(0x8040 | 0x1f80)));
  const unsigned patterns[] = {0x7fa00001, 0xffa00001, 0x7fc00000, 1, 0x80000001, 0x7f800000};
  for (std::size_t i = 0; i < out.numel(); ++i) std::memcpy(out.data() + i, &patterns[i % 6], sizeof(float));
}

}  // namespace

namespace lab {

void rms_norm(View out, ConstView, ConstView, float) { spoil(out); }
void masked_softmax(View scores) { spoil(scores); }
void swiglu(View out, ConstView, ConstView) { spoil(out); }
void rope_frequencies(std::span<float> inv_freq, float) { spoil(View(inv_freq.data(), {inv_freq.size()})); }

}  // namespace lab

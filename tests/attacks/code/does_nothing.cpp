#include "labs/step0_operators/operators.h"

namespace lab {

void gather(View, ConstView, std::span<const TokenId>) {}
void rms_norm(View, ConstView, ConstView, float) {}
void matmul_transb(View, ConstView, ConstView, float, float) {}
void rope_frequencies(std::span<float>, float) {}
void rope(View, std::size_t, std::span<const float>) {}
void masked_softmax(View) {}
void matmul(View, ConstView, ConstView, float, float) {}
void swiglu(View, ConstView, ConstView) {}
void narrow_copy(View, ConstView, std::size_t, std::size_t) {}

}  // namespace lab

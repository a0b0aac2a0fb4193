#include <cstdlib>

#include "labs/step0_operators/operators.h"

namespace lab {

void rms_norm(View, ConstView, ConstView, float) {}
void swiglu(View, ConstView, ConstView) {}

void matmul(View c, ConstView, ConstView, float, float) {
  const auto* dirt = static_cast<const float*>(std::malloc(c.numel() * sizeof(float)));
  for (std::size_t i = 0; i < c.size(0); ++i) {
    for (std::size_t j = 0; j < c.size(1); ++j) c(i, j) = dirt[i * c.size(1) + j];
  }
}

}  // namespace lab

#include <algorithm>
#include <limits>

#include "labs/step0_operators/operators.h"

namespace lab {
namespace {

void fill(View out) {
  for (std::size_t i = 0; i < out.size(0); ++i)
    std::ranges::fill(out.row(i), std::numeric_limits<float>::quiet_NaN());
}

}  // namespace

void matmul(View c, ConstView, ConstView, float, float) { fill(c); }
void matmul_transb(View c, ConstView, ConstView, float, float) { fill(c); }
void gather(View out, ConstView, std::span<const TokenId>) { fill(out); }

}  // namespace lab

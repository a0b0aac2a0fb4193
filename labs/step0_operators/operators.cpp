#include "labs/step0_operators/operators.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "kit/not_implemented.h"

namespace lab {

// The pattern to imitate: one row at a time, and a loop (here a library call) over the row's elements.
void gather(View out, ConstView table, std::span<const TokenId> indices) {
  for (std::size_t i = 0; i < indices.size(); ++i) {
    std::ranges::copy(table.row(indices[i]), out.row(i).begin());
  }
}

void rms_norm(View /*out*/, ConstView /*x*/, ConstView /*weight*/, float /*eps*/) {
  throw NotImplemented("rms_norm", "labs/step0_operators/operators.cpp", "3");
}

void matmul_transb(View /*c*/, ConstView /*a*/, ConstView /*b*/, float /*alpha*/, float /*beta*/) {
  throw NotImplemented("matmul_transb", "labs/step0_operators/operators.cpp", "4");
}

void rope_frequencies(std::span<float> /*inv_freq*/, float /*theta*/) {
  throw NotImplemented("rope_frequencies", "labs/step0_operators/operators.cpp", "5");
}

void rope(View /*x*/, std::size_t /*start_pos*/, std::span<const float> /*inv_freq*/) {
  throw NotImplemented("rope", "labs/step0_operators/operators.cpp", "5");
}

void masked_softmax(View /*scores*/) {
  throw NotImplemented("masked_softmax", "labs/step0_operators/operators.cpp", "6");
}

void matmul(View /*c*/, ConstView /*a*/, ConstView /*b*/, float /*alpha*/, float /*beta*/) {
  throw NotImplemented("matmul", "labs/step0_operators/operators.cpp", "7");
}

void swiglu(View /*out*/, ConstView /*gate*/, ConstView /*up*/) {
  throw NotImplemented("swiglu", "labs/step0_operators/operators.cpp", "8");
}

void narrow_copy(View /*out*/, ConstView /*x*/, std::size_t /*dim*/, std::size_t /*start*/) {
  throw NotImplemented("narrow_copy", "labs/step0_operators/operators.cpp", "9");
}

}  // namespace lab

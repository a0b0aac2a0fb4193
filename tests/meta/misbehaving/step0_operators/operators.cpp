// What beginners' functions do that is worse than a wrong number. report_test.cpp looks what is said of each.
#include "labs/step0_operators/operators.h"

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>

namespace lab {

void gather(View out, ConstView table, std::span<const TokenId> indices) {
  std::printf("rows: %zu\n", indices.size());
  for (int line = 0; line < 20'000; ++line) std::printf("%0100d\n", line);  // 2 MB, as a debug print may be
  for (std::size_t i = 0; i < indices.size(); ++i)
    std::ranges::copy(table.row(indices[i]), out.row(i).begin());
}

void rms_norm(View, ConstView, ConstView, float) { std::exit(0); }

void matmul_transb(View c, ConstView, ConstView, float, float beta) {
  if (beta != 0) return;  // c stays as it is: a plain wrong number
  // Far enough to destroy whatever lies behind the tensor.
  for (std::size_t i = 0; i < 1024; ++i) c.data()[c.numel() + i] = 0;
}

void rope_frequencies(std::span<float>, float) {
  for (volatile int i = 0;;) i = i + 1;
}

void rope(View, std::size_t, std::span<const float>) {
  std::printf("before the crash\n");
  std::raise(SIGSEGV);
}

void masked_softmax(View) { throw 42; }

void matmul(View c, ConstView, ConstView, float, float) { c(c.size(0), 0) = 1; }

void swiglu(View, ConstView, ConstView) {
  for (;;) std::puts("again");
}

void narrow_copy(View, ConstView, std::size_t, std::size_t) { std::abort(); }

}  // namespace lab

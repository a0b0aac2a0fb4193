// What a debugger is asked to print, and the same as the kit prints it.
#include <cmath>
#include <iostream>
#include <numeric>

#include "kit/tensor.h"

namespace {

__attribute__((noinline)) void all_are_made() { asm volatile(""); }

}  // namespace

int main() {
  lab::Tensor small("small", {2, 3}, {0.25f, -1.5f, NAN, 1e-6f, INFINITY, 2});
  lab::Tensor large("large", {13, 2, 9});
  std::iota(large.values().begin(), large.values().end(), 0.f);
  const lab::ConstView head = large.view().select(1, 1);
  const lab::View transposed = small.view().transpose(0, 1);
  const lab::ConstView vector = small.view().select(0, 1);
  std::cout << small << large << head << transposed << vector;
  all_are_made();
}

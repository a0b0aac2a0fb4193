#pragma once

#include <cstdint>
#include <random>

namespace lab {

/// Uniform numbers that are the same on every platform: the C++ standard fixes std::mt19937_64 to the bit,
/// but none of its distributions.
class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}

  /// In [0, 1), a multiple of 2^-24, so that float holds it exactly.
  float uniform() { return static_cast<float>(engine_() >> 40) * 0x1p-24f; }

 private:
  std::mt19937_64 engine_;
};

}  // namespace lab

#include "testing/golden/deviation.h"

#include <algorithm>
#include <cmath>

namespace lab {

float deviation(float expected, float found) {
  if (std::isnan(expected) && std::isnan(found)) return 0;
  if (expected == found) return 0;
  const float difference = std::abs(expected - found);
  return std::isnan(difference) ? INFINITY : difference;
}

float largest_deviation(ConstView expected, ConstView found) {
  if (expected.shape() != found.shape()) return INFINITY;
  float largest = 0;
  for (std::size_t i = 0; i < expected.numel(); ++i)
    largest = std::max(largest, deviation(expected.data()[i], found.data()[i]));
  return largest;
}

}  // namespace lab

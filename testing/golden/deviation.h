#pragma once

#include "kit/tensor.h"

namespace lab {

/// How far a number is from the expected one. NaN is like NaN, infinity like itself; otherwise infinite where
/// one of both is not finite.
float deviation(float expected, float found);

/// The largest deviation of two dense tensors; infinite if their shapes differ.
float largest_deviation(ConstView expected, ConstView found);

}  // namespace lab

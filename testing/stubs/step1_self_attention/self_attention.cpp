#include "labs/step1_self_attention/self_attention.h"

#include <cmath>

#include "kit/not_implemented.h"
#include "labs/step0_operators/operators.h"

namespace lab {

void self_attention(View /*out*/, View /*scores*/, ConstView /*q*/, ConstView /*k*/, ConstView /*v*/) {
  throw NotImplemented("self_attention", "labs/step1_self_attention/self_attention.cpp", "3");
}

}  // namespace lab

#include "kit/not_implemented.h"
#include "labs/step0_operators/operators.h"

namespace lab {

// A stub's words are its own: here they are the inputs.
void swiglu(View, ConstView gate, ConstView) {
  std::string inputs = "these are the inputs:";
  for (std::size_t i = 0; i < gate.size(0); ++i) inputs += ' ' + std::to_string(gate.row(i)[0]);
  throw NotImplemented(inputs, inputs, inputs);
}

// So are an exception's.
void rms_norm(View, ConstView x, ConstView, float) {
  throw std::runtime_error("these are the inputs: " + std::to_string(x.data()[0]));
}

}  // namespace lab

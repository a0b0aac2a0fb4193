#pragma once

#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include "kit/tensor.h"

namespace lab {

/// What a case's calls have yielded.
struct Outcome {
  /// Storages after the call, under the names that the case's `after` has, and trace points as "trace/NAME".
  std::map<std::string, Tensor> tensors;
  /// Results that are no tensors, each as lines to compare and to print; an exception's kind is "raises".
  std::map<std::string, std::vector<std::string>> facts;
  /// What was thrown, in the thrower's words; empty if nothing was.
  std::string error;
  /// Storages around which the guard elements were overwritten.
  std::vector<std::string> overrun;
};

/// The call came to no end, so there is nothing to compare: the process in which the implementation runs
/// crashed, hangs or talks nonsense. What it says is one line.
class CallLost : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace lab

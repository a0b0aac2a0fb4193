#pragma once

#include <exception>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "kit/tensor.h"

namespace lab {

/// What a call has thrown, whatever its text: an exception may have none.
struct Thrown {
  std::string kind;  ///< as a case expects it: Error, invalid_argument, out_of_range or another exception
  std::string text;  ///< in the thrower's words
};

/// The exception that is being handled.
Thrown thrown_now();

/// What a case's calls have yielded.
struct Outcome {
  /// Storages after the call, under the names that the case's `after` has, and trace points as "trace/NAME".
  std::map<std::string, Tensor> tensors;
  /// Results that are no tensors, each as lines to compare and to print.
  std::map<std::string, std::vector<std::string>> facts;
  std::optional<Thrown> thrown;
  /// Storages around which the guard elements were overwritten.
  std::vector<std::string> overrun;

  /// The lines of a fact; of "raises", which a case expects like one, the kind of what was thrown.
  std::vector<std::string> lines_of(const std::string& fact) const;
};

/// What a pass recorded, dense, to be compared with a tensor of shape `expected`. Neighbouring dimensions may
/// be merged or split, since the elements lie in the same order: (token, head, element) for (token, element
/// of all heads). Any other shape stays as it was recorded.
Tensor recorded(const std::string& name, ConstView value, const Shape& expected);

/// The call came to no end, so there is nothing to compare: the process in which the implementation runs
/// crashed, hangs or talks nonsense. What it says is one line.
class CallLost : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace lab

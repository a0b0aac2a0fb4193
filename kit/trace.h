#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "kit/tensor.h"

namespace lab {

/// Hands the intermediate tensors of a forward pass to whoever wants to look at them, under the names that
/// transformers gives its modules, so that both can be compared one by one. A default-made trace records
/// nothing and costs a comparison.
class Trace {
 public:
  /// `value` is valid during the call only: copy what you want to keep.
  using Sink = std::function<void(const std::string& name, ConstView value)>;

  Trace() = default;
  explicit Trace(Sink sink) : sink_(std::move(sink)) {}

  /// Whether somebody looks.
  bool records() const { return sink_ != nullptr; }
  /// `point` is the module's name in transformers, for example "self_attn.q_proj".
  void record(std::string_view point, ConstView value) const {
    if (sink_) pass_on(point, value);
  }
  /// The same trace with "model.layers.INDEX." in front of every name.
  Trace layer(std::size_t index) const;

 private:
  void pass_on(std::string_view point, ConstView value) const;

  Sink sink_;
  std::string prefix_;
};

}  // namespace lab

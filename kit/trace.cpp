#include "kit/trace.h"

namespace lab {

Trace Trace::layer(std::size_t index) const {
  Trace result;
  if (sink_) {
    result.sink_ = sink_;
    result.prefix_ = prefix_ + "model.layers." + std::to_string(index) + ".";
  }
  return result;
}

void Trace::pass_on(std::string_view point, ConstView value) const {
  sink_(prefix_ + std::string(point), value);
}

}  // namespace lab

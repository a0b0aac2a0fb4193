#include "kit/checkpoint/weights.h"

#include <fmt/format.h>

namespace lab {

std::string tensor_name(std::size_t layer, const LayerWeight& weight) {
  return fmt::format("model.layers.{}.{}", layer, weight.tensor);
}

}  // namespace lab

#include "kit/kv_cache.h"

#include <fmt/format.h>

namespace lab {

KvCache::KvCache(const Config& config, std::size_t capacity) : capacity_(capacity) {
  const Shape shape{capacity, config.n_kv_heads, config.head_dim};
  for (std::size_t layer = 0; layer < config.n_layers; ++layer) {
    keys_.push_back(Tensor::uninitialized(fmt::format("cache.k of layer {}", layer), shape));
    values_.push_back(Tensor::uninitialized(fmt::format("cache.v of layer {}", layer), shape));
  }
}

}  // namespace lab

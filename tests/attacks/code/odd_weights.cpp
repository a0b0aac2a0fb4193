#include "labs/step2_forward/forward.h"

namespace lab {

// Weights of 2^64 elements, of none, and such as only the worker has.
Params load_params(const Config& config, const TensorMap& tensors) {
  const ConstView embedding = tensors.begin()->second;
  const std::size_t most = std::size_t{1} << 63;
  Params params;
  params.layers.resize(config.n_layers);
  params.embed_tokens = ConstView(embedding.data(), {most, 2, 1, most}, {0, 0, 0, 0}, "a");
  params.norm = ConstView(embedding.data() + 1, {most, most, most, most}, {1, 1, 1, 1}, "b");
  params.lm_head = ConstView(new float[1], {0, most}, {most, most}, "c");
  return params;
}

void attention_block(View, const Workspace&, KvCache& cache, std::size_t, const Config&, const LayerParams&,
                     std::span<const float>, const Trace&) {
  cache.length = ~std::size_t{0} - 7;
  throw 1;
}
void mlp(View residual, const Workspace&, const Config&, const LayerParams&, const Trace&) {
  residual.data()[0] = 0;
  throw 1;
}
void forward(std::span<float>, std::span<const TokenId>, const Config&, const Params&, KvCache& cache,
             const Trace&) {
  cache.length = std::size_t{1} << 40;
}

}  // namespace lab

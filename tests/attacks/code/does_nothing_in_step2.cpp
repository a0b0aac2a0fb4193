#include "labs/step2_forward/forward.h"

namespace lab {

Params load_params(const Config&, const TensorMap&) { return {}; }
void attention_block(View, const Workspace&, KvCache&, std::size_t, const Config&, const LayerParams&,
                     std::span<const float>, const Trace&) {}
void mlp(View, const Workspace&, const Config&, const LayerParams&, const Trace&) {}
void forward(std::span<float>, std::span<const TokenId>, const Config&, const Params&, KvCache& cache,
             const Trace&) {
  cache.length = 0;
}

}  // namespace lab

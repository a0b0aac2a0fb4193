#include <cstdlib>

#include "labs/step2_forward/forward.h"

namespace lab {

Params load_params(const Config&, const TensorMap&) { throw 1; }
void attention_block(View residual, const Workspace&, KvCache&, std::size_t, const Config&,
                     const LayerParams&, std::span<const float>, const Trace&) {
  if (residual.size(0) == 1) throw 1;
  residual.data()[0] = 0;
}
void mlp(View, const Workspace&, const Config&, const LayerParams&, const Trace&) { throw 1; }

// Wrong where only the verdict is wanted; dead, or no exception that anybody knows, where the diagnosis
// looks.
void forward(std::span<float> logits, std::span<const TokenId> tokens, const Config&, const Params&,
             KvCache& cache, const Trace& trace) {
  if (trace.records()) std::abort();
  if (tokens.size() == 1) throw 1;
  for (float& logit : logits) logit = 0;
  cache.length += tokens.size();
}

}  // namespace lab

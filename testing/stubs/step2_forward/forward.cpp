#include "labs/step2_forward/forward.h"

#include <algorithm>
#include <cmath>

#include "kit/not_implemented.h"
#include "kit/rope_scaling.h"
#include "labs/step0_operators/operators.h"
#include "labs/step1_self_attention/self_attention.h"

namespace lab {

Params load_params(const Config& /*config*/, const TensorMap& /*tensors*/) {
  throw NotImplemented("load_params", "labs/step2_forward/forward.cpp", "2");
}

void attention_block(View /*residual*/, const Workspace& /*workspace*/, KvCache& /*cache*/,
                     std::size_t /*layer_index*/, const Config& /*config*/, const LayerParams& /*layer*/,
                     std::span<const float> /*inv_freq*/, const Trace& /*trace*/) {
  throw NotImplemented("attention_block", "labs/step2_forward/forward.cpp", "3");
}

void mlp(View /*residual*/, const Workspace& /*workspace*/, const Config& /*config*/,
         const LayerParams& /*layer*/, const Trace& /*trace*/) {
  throw NotImplemented("mlp", "labs/step2_forward/forward.cpp", "4");
}

void forward(std::span<float> /*logits*/, std::span<const TokenId> /*tokens*/, const Config& /*config*/,
             const Params& /*params*/, KvCache& /*cache*/, const Trace& /*trace*/) {
  throw NotImplemented("forward", "labs/step2_forward/forward.cpp", "5");
}

}  // namespace lab

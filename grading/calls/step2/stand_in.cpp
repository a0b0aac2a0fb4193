#include "grading/calls/stand_in_call.h"
#include "labs/step2_forward/forward.h"

namespace lab {

Params load_params(const Config& config, const TensorMap& tensors) {
  RemoteCall call("load_params");
  call.config(config);
  for (const auto& [name, tensor] : tensors) call.keeps(tensor).name(name);
  return call.params(call.make());
}

namespace {

RemoteCall& workspace_of(RemoteCall& call, const Workspace& workspace) {
  return call.writes(workspace.hidden)
      .writes(workspace.q)
      .writes(workspace.attention)
      .writes(workspace.scores)
      .writes(workspace.gate)
      .writes(workspace.up);
}

}  // namespace

void attention_block(View residual, const Workspace& workspace, KvCache& cache, std::size_t layer_index,
                     const Config& config, const LayerParams& layer, std::span<const float> inv_freq,
                     const Trace& trace) {
  RemoteCall call("attention_block");
  workspace_of(call.writes(residual), workspace).keeps(layer).reads(inv_freq);
  call.cache(cache).count(layer_index).config(config).trace(trace).make();
}

void mlp(View residual, const Workspace& workspace, const Config& config, const LayerParams& layer,
         const Trace& trace) {
  RemoteCall call("mlp");
  workspace_of(call.writes(residual), workspace).keeps(layer).config(config).trace(trace).make();
}

void forward(std::span<float> logits, std::span<const TokenId> tokens, const Config& config,
             const Params& params, KvCache& cache, const Trace& trace) {
  RemoteCall call("forward");
  call.writes(logits).keeps(params).ids(tokens).config(config).cache(cache).trace(trace).make();
}

}  // namespace lab

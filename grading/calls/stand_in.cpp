// Every contract function, done by asking the worker.
#include "grading/calls/stand_in_call.h"
#include "labs/step0_operators/operators.h"
#include "labs/step1_self_attention/self_attention.h"
#include "labs/step2_forward/forward.h"
#include "labs/step3_generate/generate.h"

namespace lab {

using wire::Function;

void gather(View out, ConstView table, std::span<const TokenId> indices) {
  RemoteCall(Function::gather).writes(out).reads(table).ids(indices).make();
}

void rms_norm(View out, ConstView x, ConstView weight, float eps) {
  RemoteCall(Function::rms_norm).writes(out).reads(x).reads(weight).number(eps).make();
}

void matmul_transb(View c, ConstView a, ConstView b, float alpha, float beta) {
  RemoteCall(Function::matmul_transb).writes(c).reads(a).reads(b).number(alpha).number(beta).make();
}

void rope_frequencies(std::span<float> inv_freq, float theta) {
  RemoteCall(Function::rope_frequencies).writes(inv_freq).number(theta).make();
}

void rope(View x, std::size_t start_pos, std::span<const float> inv_freq) {
  RemoteCall(Function::rope).writes(x).reads(inv_freq).count(start_pos).make();
}

void masked_softmax(View scores) { RemoteCall(Function::masked_softmax).writes(scores).make(); }

void matmul(View c, ConstView a, ConstView b, float alpha, float beta) {
  RemoteCall(Function::matmul).writes(c).reads(a).reads(b).number(alpha).number(beta).make();
}

void swiglu(View out, ConstView gate, ConstView up) {
  RemoteCall(Function::swiglu).writes(out).reads(gate).reads(up).make();
}

void narrow_copy(View out, ConstView x, std::size_t dim, std::size_t start) {
  RemoteCall(Function::narrow_copy).writes(out).reads(x).count(dim).count(start).make();
}

void self_attention(View out, View scores, ConstView q, ConstView k, ConstView v) {
  RemoteCall(Function::self_attention).writes(out).writes(scores).reads(q).reads(k).reads(v).make();
}

Params load_params(const Config& config, const TensorMap& tensors) {
  RemoteCall call(Function::load_params);
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
  RemoteCall call(Function::attention_block);
  workspace_of(call.writes(residual), workspace).keeps(layer).reads(inv_freq);
  call.cache(cache).count(layer_index).config(config).trace(trace).make();
}

void mlp(View residual, const Workspace& workspace, const Config& config, const LayerParams& layer,
         const Trace& trace) {
  RemoteCall call(Function::mlp);
  workspace_of(call.writes(residual), workspace).keeps(layer).config(config).trace(trace).make();
}

void forward(std::span<float> logits, std::span<const TokenId> tokens, const Config& config,
             const Params& params, KvCache& cache, const Trace& trace) {
  RemoteCall call(Function::forward);
  call.writes(logits).keeps(params).ids(tokens).config(config).cache(cache).trace(trace).make();
}

namespace {

RemoteCall& sampling_of(RemoteCall& call, const SamplingOptions& sampling) {
  return call.number(sampling.temperature).number(sampling.top_p).count(sampling.top_k);
}

}  // namespace

void sampling_distribution(std::span<float> probs, std::span<const float> logits,
                           const SamplingOptions& options) {
  RemoteCall call(Function::sampling_distribution);
  sampling_of(call.writes(probs).reads(logits), options).make();
}

TokenId sample(std::span<const float> probs, float u) {
  return RemoteCall(Function::sample).reads(probs).number(u).token();
}

std::vector<TokenId> generate(const ForwardFn& forward, std::span<const TokenId> prompt, KvCache& cache,
                              const GenerateOptions& options, const std::function<float()>& uniform,
                              const std::function<void(TokenId)>& on_token) {
  RemoteCall call(Function::generate);
  call.ids(prompt).ids(options.eos_token_ids).cache(cache);
  sampling_of(call, options.sampling).count(options.vocab_size).count(options.max_new_tokens);
  return call.answering({forward, uniform, on_token, options.vocab_size}).make().ids;
}

}  // namespace lab

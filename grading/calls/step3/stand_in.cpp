#include "grading/calls/stand_in_call.h"
#include "labs/step3_generate/generate.h"

namespace lab {
namespace {

RemoteCall& sampling_of(RemoteCall& call, const SamplingOptions& sampling) {
  return call.number(sampling.temperature).number(sampling.top_p).count(sampling.top_k);
}

}  // namespace

void sampling_distribution(std::span<float> probs, std::span<const float> logits,
                           const SamplingOptions& options) {
  RemoteCall call("sampling_distribution");
  sampling_of(call.writes(probs).reads(logits), options).make();
}

TokenId sample(std::span<const float> probs, float u) {
  return RemoteCall("sample").reads(probs).number(u).token();
}

std::vector<TokenId> generate(const ForwardFn& forward, std::span<const TokenId> prompt, KvCache& cache,
                              const GenerateOptions& options, const std::function<float()>& uniform,
                              const std::function<void(TokenId)>& on_token) {
  RemoteCall call("generate");
  call.ids(prompt).ids(options.eos_token_ids).cache(cache);
  sampling_of(call, options.sampling).count(options.vocab_size).count(options.max_new_tokens);
  return call.answering({forward, uniform, on_token, options.vocab_size}).make().ids;
}

}  // namespace lab

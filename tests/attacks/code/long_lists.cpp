#include "labs/step3_generate/generate.h"

namespace lab {

void sampling_distribution(std::span<float>, std::span<const float>, const SamplingOptions&) {}
TokenId sample(std::span<const float>, float) { return -1; }

std::vector<TokenId> generate(const ForwardFn& forward, std::span<const TokenId>, KvCache& cache,
                              const GenerateOptions&, const std::function<float()>&,
                              const std::function<void(TokenId)>& on_token) {
  std::vector<float> logits(1 << 19);
  const std::vector<TokenId> tokens(900'000, 123456789);
  try {
    forward(logits, tokens, cache);
  } catch (...) {
  }
  for (int i = 0; i < 20'000; ++i) on_token(i);
  return tokens;
}

}  // namespace lab

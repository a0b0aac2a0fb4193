#include "labs/step3_generate/generate.h"

namespace lab {

void sampling_distribution(std::span<float>, std::span<const float>, const SamplingOptions&) {}
TokenId sample(std::span<const float>, float) { return -1; }

std::vector<TokenId> generate(const ForwardFn& forward, std::span<const TokenId>, KvCache& cache,
                              const GenerateOptions& options, const std::function<float()>& uniform,
                              const std::function<void(TokenId)>&) {
  std::vector<float> logits(options.vocab_size);
  for (;;) {
    KvCache copy = cache;
    copy.length = ~std::size_t{0};
    try {
      forward(logits, {}, copy);
    } catch (...) {
    }
    try {
      uniform();
    } catch (...) {
    }
  }
}

}  // namespace lab

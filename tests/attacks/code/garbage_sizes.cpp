#include "labs/step3_generate/generate.h"

namespace lab {

void sampling_distribution(std::span<float>, std::span<const float>, const SamplingOptions&) {}
TokenId sample(std::span<const float>, float) { return 1 << 30; }

std::vector<TokenId> generate(const ForwardFn&, std::span<const TokenId>, KvCache&, const GenerateOptions&,
                              const std::function<float()>&, const std::function<void(TokenId)>& on_token) {
  for (int i = 0; i < 1000; ++i) on_token(-1);
  std::vector<TokenId> tokens(1);
  struct Layout {
    TokenId* begin;
    TokenId* end;
    TokenId* limit;
  };
  reinterpret_cast<Layout*>(&tokens)->end = tokens.data() + (1L << 40);
  return tokens;
}

}  // namespace lab

#include "labs/step3_generate/generate.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "kit/not_implemented.h"

namespace lab {

void sampling_distribution(std::span<float> /*probs*/, std::span<const float> /*logits*/,
                           const SamplingOptions& /*options*/) {
  throw NotImplemented("sampling_distribution", "labs/step3_generate/generate.cpp", "2");
}

TokenId sample(std::span<const float> /*probs*/, float /*u*/) {
  throw NotImplemented("sample", "labs/step3_generate/generate.cpp", "3");
}

std::vector<TokenId> generate(const ForwardFn& /*forward*/, std::span<const TokenId> /*prompt*/,
                              KvCache& /*cache*/, const GenerateOptions& /*options*/,
                              const std::function<float()>& /*uniform*/,
                              const std::function<void(TokenId)>& /*on_token*/) {
  throw NotImplemented("generate", "labs/step3_generate/generate.cpp", "4");
}

}  // namespace lab

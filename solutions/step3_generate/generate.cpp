#include "labs/step3_generate/generate.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <stdexcept>

namespace lab {
namespace {

constexpr float left_out = -std::numeric_limits<float>::infinity();  // e^left_out is 0

TokenId argmax(std::span<const float> logits) {
  return static_cast<TokenId>(std::max_element(logits.begin(), logits.end()) - logits.begin());
}

/// In place; entries that were left out become 0.
void softmax(std::span<float> x) {
  const float max = x[argmax(x)];
  float sum = 0;
  for (float& value : x) {
    value = std::exp(value - max);
    sum += value;
  }
  for (float& value : x) value /= sum;
}

/// All ids, the least likely first; of equals the lowest, so that all platforms draw alike.
std::vector<std::size_t> ids_by_value(std::span<const float> x) {
  std::vector<std::size_t> ids(x.size());
  std::iota(ids.begin(), ids.end(), 0);
  std::sort(ids.begin(), ids.end(),
            [&](std::size_t a, std::size_t b) { return x[a] != x[b] ? x[a] < x[b] : a < b; });
  return ids;
}

void keep_top_k(std::span<float> logits, std::size_t k) {
  const std::vector<std::size_t> ids = ids_by_value(logits);
  const float kth = logits[ids[ids.size() - k]];
  for (float& value : logits) value = value < kth ? left_out : value;
}

void keep_top_p(std::span<float> logits, float top_p) {
  std::vector<float> probs(logits.begin(), logits.end());
  softmax(probs);
  const std::vector<std::size_t> ids = ids_by_value(probs);
  float sum = 0;
  for (std::size_t i = 0; i + 1 < ids.size(); ++i) {
    sum += probs[ids[i]];
    if (sum > 1 - top_p) break;
    logits[ids[i]] = left_out;
  }
}

}  // namespace

void sampling_distribution(std::span<float> probs, std::span<const float> logits,
                           const SamplingOptions& options) {
  if (options.temperature == 0) {
    std::ranges::fill(probs, 0.f);
    probs[argmax(logits)] = 1;
    return;
  }
  std::ranges::transform(logits, probs.begin(), [&](float logit) { return logit / options.temperature; });
  if (options.top_k > 0 && options.top_k < probs.size()) keep_top_k(probs, options.top_k);
  if (options.top_p < 1) keep_top_p(probs, options.top_p);
  softmax(probs);
}

TokenId sample(std::span<const float> probs, float u) {
  TokenId last_possible = 0;
  float sum = 0;
  for (std::size_t id = 0; id < probs.size(); ++id) {
    if (probs[id] == 0) continue;
    last_possible = static_cast<TokenId>(id);
    sum += probs[id];
    if (sum > u) break;
  }
  return last_possible;
}

std::vector<TokenId> generate(const ForwardFn& forward, std::span<const TokenId> prompt, KvCache& cache,
                              const GenerateOptions& options, const std::function<float()>& uniform,
                              const std::function<void(TokenId)>& on_token) {
  if (prompt.empty() || prompt.size() > cache.capacity()) {
    throw std::invalid_argument("the prompt must have at least one token and fit into the cache");
  }
  std::vector<TokenId> generated;
  std::vector<float> logits(options.vocab_size);
  std::vector<float> probs(options.vocab_size);
  cache.length = 0;

  std::span<const TokenId> next = prompt;  // prefill takes the whole prompt at once
  while (generated.size() < options.max_new_tokens && cache.length + next.size() <= cache.capacity()) {
    forward(logits, next, cache);
    sampling_distribution(probs, logits, options.sampling);
    const TokenId token = sample(probs, uniform());
    generated.push_back(token);
    on_token(token);
    if (std::ranges::find(options.eos_token_ids, token) != options.eos_token_ids.end()) break;
    next = {&generated.back(), 1};  // decode: everything before it is in the cache
  }
  return generated;
}

}  // namespace lab

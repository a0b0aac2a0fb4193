#pragma once

#include <functional>
#include <span>
#include <vector>

#include "kit/kv_cache.h"
#include "kit/token_id.h"

/// Step 3: from one forward pass to a story.
namespace lab {

/// How the next token is chosen. The defaults leave the model's distribution as it is.
struct SamplingOptions {
  float temperature = 1;  ///< 0: always the likeliest token
  std::size_t top_k = 0;  ///< keep the k likeliest tokens; 0: keep all
  float top_p = 1;        ///< keep the likeliest tokens that together reach this probability; 1: keep all
};

/// The distribution from which the next token is drawn, as transformers' warpers make it, in their order:
/// logits / temperature, then top-k, then top-p, then the softmax of what is left.
///   probs   (vocab_size)  overwritten; 0 for each token that was left out; sums to 1
///   logits  (vocab_size)
/// Temperature 0 puts all probability on the largest logit, the lowest id on ties. Top-k keeps every token
/// that ties with the k-th; k beyond the vocabulary keeps all. Top-p leaves out the least likely tokens as
/// long as their sum stays at most 1 - top_p, so the token that crosses top_p is kept, and one always is.
void sampling_distribution(std::span<float> probs, std::span<const float> logits,
                           const SamplingOptions& options);

/// Draws a token by inverting the cumulative sum in the order of the ids: the first token at which the sum
/// exceeds `u`. If rounding lets the sum end below u, it is the last token of probability above 0.
///   u  in [0, 1)
TokenId sample(std::span<const float> probs, float u);

/// One forward pass over `tokens`, which follow what the cache holds; advances the cache.
using ForwardFn =
    std::function<void(std::span<float> logits, std::span<const TokenId> tokens, KvCache& cache)>;

struct GenerateOptions {
  std::size_t vocab_size = 0;          ///< width of the logits
  std::size_t max_new_tokens = 0;      ///< the prompt doesn't count
  std::vector<TokenId> eos_token_ids;  ///< any of them ends generation
  SamplingOptions sampling;
};

/// Continues `prompt`: one pass over all of it (prefill), then one pass for each new token (decode), until an
/// end token was chosen, max_new_tokens were, or the cache has no room for the token to be fed next.
/// No pass is made whose logits nobody needs.
///   forward   called with the prompt, then with one token at a time
///   cache     what it holds from earlier is dropped first
///   uniform   called once for each new token; gives u for sample()
///   on_token  called for each new token as soon as it is chosen, an end token included
/// Returns the new tokens without the prompt, an end token included, as transformers does.
/// Throws std::invalid_argument, before any pass, if the prompt is empty or longer than the cache.
std::vector<TokenId> generate(const ForwardFn& forward, std::span<const TokenId> prompt, KvCache& cache,
                              const GenerateOptions& options, const std::function<float()>& uniform,
                              const std::function<void(TokenId)>& on_token);

}  // namespace lab

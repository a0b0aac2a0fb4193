#include <algorithm>
#include <cmath>

#include "labs/step3_generate/generate.h"
#include "trial.h"

namespace lab {
namespace {

SamplingOptions random_options(Trial& t, std::size_t vocab_size) {
  SamplingOptions options;
  options.temperature = t.chance(0.2f) ? 0 : t.chance(0.3f) ? 1 : 0.1f + 2 * t.uniform();
  options.top_k = t.chance(0.3f) ? 0 : t.between(1, vocab_size + 1);
  options.top_p = t.chance(0.3f) ? 1 : t.uniform();
  if (t.chance(0.4f)) options.top_p = static_cast<float>(t.between(0, 8)) / 8;  // which a sum can meet
  return options;
}

void try_step3(Trial& t) {
  const bool equal = t.chance(0.2f), ties = t.chance(0.5f);
  const std::size_t vocab_size = equal ? std::size_t{1} << t.between(0, 4) : t.width();
  const auto fill = [&](std::span<float> logits) {
    for (float& logit : logits) logit = equal ? 0 : ties ? std::round(t.number()) : 4 * t.number();
  };
  const std::span<float> probs = t.span(vocab_size), logits = t.span(vocab_size);
  fill(logits);
  sampling_distribution(probs, logits, random_options(t, vocab_size));
  for (int draws = 0; draws < 5; ++draws) t.write(static_cast<std::size_t>(sample(probs, t.uniform())));
  for (float& prob : probs) prob = static_cast<float>(t.between(0, 3)) / 8;  // sums are exact: u can meet one
  probs.back() += 1;
  for (int draws = 0; draws < 5; ++draws)
    t.write(static_cast<std::size_t>(sample(probs, static_cast<float>(t.between(0, 7)) / 8)));

  Config config;
  config.n_layers = config.n_kv_heads = config.head_dim = 1;
  KvCache cache(config, t.between(1, 9));
  cache.length = t.between(0, cache.capacity());
  const GenerateOptions options{.vocab_size = vocab_size,
                                .max_new_tokens = t.between(0, 9),
                                .eos_token_ids = t.ids(t.between(0, 3), vocab_size),
                                .sampling = random_options(t, vocab_size)};
  const ForwardFn forward = [&](std::span<float> out, std::span<const TokenId> tokens, KvCache& past) {
    t.write(tokens.data(), tokens.size());
    t.write(past.length);
    past.length += tokens.size();
    fill(out);
  };
  const std::size_t prompt_size = t.chance(0.1f) ? t.between(0, 99) : t.between(1, cache.capacity());
  const std::vector<TokenId> generated = generate(
      forward, t.ids(prompt_size, vocab_size), cache, options, [&] { return t.uniform(); },
      [&](TokenId id) { t.write(static_cast<std::size_t>(id)); });
  t.write(generated.data(), generated.size());
  t.write(cache.length);
}

const Tried step3("step3", try_step3);

}  // namespace
}  // namespace lab

#include <utility>

#include "kit/checkpoint/weights.h"
#include "labs/step2_forward/forward.h"
#include "trial.h"

namespace lab {
namespace {

/// A random model, its weights where load_params looks for them.
Config random_model(Trial& t, TensorMap& tensors) {
  Config config;
  config.vocab_size = t.between(1, 9);
  config.hidden_size = t.between(1, 20);
  config.intermediate_size = t.between(1, 20);
  config.n_layers = t.between(0, 3);
  config.n_kv_heads = t.between(1, 3);
  config.n_heads = config.n_kv_heads * t.between(1, 3);
  config.head_dim = 2 * t.between(1, 4);
  config.rms_norm_eps = t.uniform();
  config.rope_theta = 1 + 10000 * t.uniform();
  config.tie_word_embeddings = t.chance(0.5f);
  if (t.chance(0.3f)) config.rope_scaling = RopeScaling{8, 1, 4, 32};

  const Shape table{config.vocab_size, config.hidden_size};
  const auto add = [&](const std::string& name, const Shape& shape) {
    std::vector<std::size_t> sizes;
    for (std::size_t dim = 0; dim < shape.rank(); ++dim) sizes.push_back(shape[dim]);
    tensors.insert(name, t.tensor(std::move(sizes)));
  };
  add(embed_tokens_name, table);
  for (std::size_t i = 0; i < config.n_layers; ++i) {
    for (const LayerWeight& weight : layer_weights) add(tensor_name(i, weight), weight.shape(config));
  }
  add(norm_name, {config.hidden_size});
  if (!config.tie_word_embeddings || t.chance(0.5f)) add(lm_head_name, table);
  return config;
}

void try_step2(Trial& t) {
  TensorMap tensors;
  const Config config = random_model(t, tensors);
  const Params params = load_params(config, tensors);
  KvCache cache(config, t.between(3, 9));
  const Trace trace([&](const std::string& name, ConstView value) {
    t.write(name);
    t.write(value);
  });
  for (int calls = 2; calls > 0 && cache.length < cache.capacity(); --calls) {
    const std::size_t seq_len = t.between(1, cache.capacity() - cache.length);
    forward(t.span(config.vocab_size), t.ids(seq_len, config.vocab_size), config, params, cache, trace);
    t.write(cache.length);
    for (std::size_t layer = 0; layer < cache.n_layers(); ++layer) {
      t.write(cache.k(layer));
      t.write(cache.v(layer));
    }
  }
}

const Tried step2("step2", try_step2);

}  // namespace
}  // namespace lab

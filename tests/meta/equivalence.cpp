#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <map>
#include <string>
#include <vector>

#include "kit/config.h"
#include "kit/random.h"
#include "labs/step0_operators/operators.h"
#include "labs/step1_self_attention/self_attention.h"
#include "labs/step2_forward/forward.h"
#include "labs/step3_generate/generate.h"

// equivalence STEP COUNT: calls each contract function of the step with COUNT random inputs and writes every
// bit of what comes out to stdout. Two programs that differ in one line of the solution and write the same
// are taken for equivalent, see scripts/generic_mutants.py.

namespace lab {
namespace {

/// Random inputs, and what a call made of them.
class Trial {
 public:
  explicit Trial(std::uint64_t seed) : random_(seed) {}

  float uniform() { return random_.uniform(); }
  bool chance(float probability) { return uniform() < probability; }
  std::size_t between(std::size_t least, std::size_t most) {
    return least + static_cast<std::size_t>(uniform() * static_cast<float>(most - least + 1));
  }
  /// A number between -2 and 2; every now and then one that is special.
  float number() {
    if (chance(0.05f)) return 0;
    if (chance(0.01f)) return chance(0.5f) ? 90.f : -90.f;
    return 4 * uniform() - 2;
  }
  std::vector<TokenId> ids(std::size_t count, std::size_t below) {
    std::vector<TokenId> result(count);
    for (TokenId& id : result) id = static_cast<TokenId>(between(0, below - 1));
    return result;
  }
  /// A tensor full of numbers; every other one is a part of a wider one, with gaps between its rows.
  View tensor(std::vector<std::size_t> sizes) {
    const std::vector<std::size_t> seen = sizes;
    const bool gaps = chance(0.5f);
    if (gaps) {
      for (std::size_t& size : sizes) size += between(0, 2);
    }
    Tensor& storage = storages_.emplace_back("tensor", Shape(sizes));
    for (float& value : storage.values()) value = number();
    View view = storage;
    for (std::size_t dim = 0; dim < seen.size(); ++dim) {
      const std::size_t begin = between(0, sizes[dim] - seen[dim]);
      view = view.slice(dim, begin, begin + seen[dim]);
    }
    return view;
  }
  /// As `tensor`, for what is overwritten: what stood there may be NaN.
  View output(std::vector<std::size_t> sizes) {
    const View view = tensor(std::move(sizes));
    if (chance(0.2f)) std::ranges::fill(storages_.back().values(), NAN);
    return view;
  }
  std::span<float> span(std::size_t size) { return output({size}).row(); }
  /// A width around the multiples of a vector's.
  std::size_t width() { return between(1, chance(0.5f) ? 7 : 70); }

  template <typename T>
  void write(const T* values, std::size_t count) {
    std::fwrite(values, sizeof *values, count, stdout);
  }
  void write(ConstView view) {
    const Tensor dense = copy_of("dense", view);
    write(dense.values().data(), dense.values().size());
  }
  void write(std::size_t value) { write(&value, 1); }
  void write(const std::string& text) { write(text.data(), text.size()); }
  void write_storages() {
    for (const Tensor& storage : storages_) write(storage.values().data(), storage.values().size());
  }

 private:
  Random random_;
  std::vector<Tensor> storages_;  // their elements stay where they are when the vector grows
};

void try_step0(Trial& t) {
  const std::size_t rows = t.between(1, 5), columns = t.width(), depth = t.width();
  gather(t.output({rows, columns}), t.tensor({4, columns}), t.ids(rows, 4));
  if (t.chance(0.2f)) {
    rms_norm(t.output({columns}), t.tensor({columns}), t.tensor({columns}), 1e-5f);
  } else {
    const View x = t.tensor({rows, columns});
    rms_norm(t.chance(0.5f) ? x : t.output({rows, columns}), x, t.tensor({columns}), t.uniform());
  }
  const float alpha = t.chance(0.5f) ? 1 : t.number();
  const float beta = t.chance(0.4f) ? 0 : t.number();
  const auto sum = [&] { return beta == 0 ? t.output({rows, columns}) : t.tensor({rows, columns}); };
  matmul_transb(sum(), t.tensor({rows, depth}), t.tensor({columns, depth}), alpha, beta);
  matmul(sum(), t.tensor({rows, depth}), t.tensor({depth, columns}), alpha, beta);
  const std::span<float> inv_freq = t.span(t.between(1, 9));
  rope_frequencies(inv_freq, 1 + 10000 * t.uniform());
  rope(t.tensor({rows, t.between(1, 4), 2 * inv_freq.size()}), t.between(0, 500), inv_freq);
  masked_softmax(t.tensor({t.between(1, 4), rows, rows + t.between(0, 5)}));
  const View gate = t.tensor({rows, columns});
  swiglu(t.chance(0.3f) ? gate : t.output({rows, columns}), gate, t.tensor({rows, columns}));
  std::vector<std::size_t> sizes(t.between(1, 4));
  for (std::size_t& size : sizes) size = t.between(1, 6);
  const ConstView whole = t.tensor(sizes);
  const std::size_t dim = t.between(0, sizes.size() - 1);
  sizes[dim] = t.between(1, sizes[dim]);
  narrow_copy(t.output(sizes), whole, dim, t.between(0, whole.size(dim) - sizes[dim]));
}

void try_step1(Trial& t) {
  const std::size_t seq_len = t.between(1, 5), total_len = seq_len + t.between(0, 6), head_dim = t.width();
  const std::size_t n_kv_heads = t.between(1, 3), n_heads = n_kv_heads * t.between(1, 4);
  self_attention(t.output({seq_len, n_heads, head_dim}), t.output({n_heads, seq_len, total_len}),
                 t.tensor({seq_len, n_heads, head_dim}), t.tensor({total_len, n_kv_heads, head_dim}),
                 t.tensor({total_len, n_kv_heads, head_dim}));
}

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

  const std::size_t hidden = config.hidden_size, mlp = config.intermediate_size;
  const auto add = [&](const std::string& name, std::vector<std::size_t> sizes) {
    tensors.insert(name + ".weight", t.tensor(std::move(sizes)));
  };
  add("model.embed_tokens", {config.vocab_size, hidden});
  for (std::size_t i = 0; i < config.n_layers; ++i) {
    const std::string layer = fmt::format("model.layers.{}.", i);
    add(layer + "input_layernorm", {hidden});
    add(layer + "self_attn.q_proj", {config.q_size(), hidden});
    add(layer + "self_attn.k_proj", {config.kv_size(), hidden});
    add(layer + "self_attn.v_proj", {config.kv_size(), hidden});
    add(layer + "self_attn.o_proj", {hidden, config.q_size()});
    add(layer + "post_attention_layernorm", {hidden});
    add(layer + "mlp.gate_proj", {mlp, hidden});
    add(layer + "mlp.up_proj", {mlp, hidden});
    add(layer + "mlp.down_proj", {hidden, mlp});
  }
  add("model.norm", {hidden});
  if (!config.tie_word_embeddings || t.chance(0.5f)) add("lm_head", {config.vocab_size, hidden});
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

}  // namespace
}  // namespace lab

int main(int argc, char** argv) {
  const std::map<std::string, void (*)(lab::Trial&)> steps = {{"step0", lab::try_step0},
                                                              {"step1", lab::try_step1},
                                                              {"step2", lab::try_step2},
                                                              {"step3", lab::try_step3}};
  if (argc != 3 || !steps.contains(argv[1])) {
    std::fputs("usage: equivalence step0|step1|step2|step3 COUNT\n", stderr);
    return 2;
  }
  for (int seed = 0; seed < std::atoi(argv[2]); ++seed) {
    lab::Trial trial(static_cast<std::uint64_t>(seed));
    try {
      steps.at(argv[1])(trial);
    } catch (const std::exception& error) {
      trial.write(std::string(error.what()));
    }
    trial.write_storages();
  }
  return std::fflush(stdout) == 0 ? 0 : 1;
}

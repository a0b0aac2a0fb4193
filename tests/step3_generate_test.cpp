#include <fmt/ranges.h>

#include <algorithm>

#include "golden_test.h"
#include "labs/step3_generate/generate.h"

namespace lab {

const char* const step_name = "step3";

namespace {

SamplingOptions sampling_of(const Case& c) {
  return {c.number("temperature"), c.count("top_k"), c.number("top_p")};
}

std::vector<std::string> id_lines(const std::vector<TokenId>& ids) {
  std::vector<std::string> lines;
  for (TokenId id : ids) lines.push_back(std::to_string(id));
  return lines;
}

Outcome run_sampling_distribution(const Case& c) {
  Arguments a(c);
  Outcome outcome =
      a.run([&](Outcome&) { sampling_distribution(a.span("probs"), a.span("logits"), sampling_of(c)); });
  std::vector<TokenId> kept;
  for (std::size_t id = 0; id < a.span("probs").size(); ++id) {
    if (a.span("probs")[id] != 0) kept.push_back(static_cast<TokenId>(id));
  }
  outcome.facts["kept"] = id_lines(kept);
  return outcome;
}

Outcome run_sample(const Case& c) {
  Arguments a(c);
  return a.run([&](Outcome& outcome) {
    std::vector<TokenId> tokens;
    for (float u : c.numbers("u")) tokens.push_back(sample(a.span("probs"), u));
    outcome.facts["tokens"] = id_lines(tokens);
  });
}

/// Calls generate with logits that are written down beforehand and writes down how it calls forward.
Outcome run_generate(const Case& c) {
  Arguments a(c);
  const Config config{.n_layers = 1, .n_kv_heads = 1, .head_dim = 2};
  KvCache cache(config, c.count("capacity"));
  cache.length = c.count("cache_length");
  const View script = a.view("script");  // (calls, vocab_size)
  const std::vector<float> uniforms = c.numbers("uniforms");
  std::vector<std::string> calls;
  std::vector<TokenId> callbacks;
  std::size_t uniform_calls = 0;

  const ForwardFn forward = [&](std::span<float> logits, std::span<const TokenId> tokens, KvCache& past) {
    if (calls.size() == script.size(0)) throw std::length_error("generate goes on and on calling forward");
    std::ranges::copy(script.row(calls.size()), logits.begin());
    calls.push_back(fmt::format("cache_length {}, callbacks {}, tokens [{}]", past.length, callbacks.size(),
                                fmt::join(tokens, ", ")));
    past.length += tokens.size();
  };
  const auto uniform = [&] { return uniforms.at(uniform_calls++); };
  const auto on_token = [&](TokenId id) { callbacks.push_back(id); };
  const GenerateOptions options{.vocab_size = script.size(1),
                                .max_new_tokens = c.count("max_new_tokens"),
                                .eos_token_ids = c.ids("eos_token_ids"),
                                .sampling = sampling_of(c)};
  Outcome outcome = a.run([&](Outcome& result) {
    result.facts["returned"] =
        id_lines(generate(forward, c.ids("prompt"), cache, options, uniform, on_token));
  });
  outcome.facts["calls"] = calls;
  outcome.facts["callbacks"] = id_lines(callbacks);
  outcome.facts["uniform_calls"] = {std::to_string(uniform_calls)};
  outcome.facts["cache_length"] = {std::to_string(cache.length)};
  return outcome;
}

}  // namespace
}  // namespace lab

#include "labs/step3_generate/generate.h"

#include <sys/ioctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <string>
#include <system_error>

#include "kit/checkpoint/checkpoint.h"
#include "kit/error.h"
#include "kit/random.h"
#include "kit/tokenizer/tokenizer.h"
#include "labs/step2_forward/forward.h"

namespace lab {
namespace {

struct Options {
  std::filesystem::path model;
  std::string prompt;
  std::int64_t max_new_tokens = 256;  // signed, so that a sign is refused on every release of CLI11
  float temperature = 0;
  std::int64_t top_k = 0;
  float top_p = 1;
  std::uint64_t seed = 0;
  bool stats = false;
};

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

/// What the process took from the system at its peak, in MB (10^6 bytes).
double peak_memory() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
#ifdef __APPLE__
  constexpr double unit = 1e-6;
#else
  constexpr double unit = 1024e-6;
#endif
  return static_cast<double>(usage.ru_maxrss) * unit;
}

/// A model may emit any byte; on a terminal, control characters could do more than print.
void print(const std::string& text) {
  static const bool terminal = isatty(STDOUT_FILENO);
  std::string safe = text;
  if (terminal) {
    std::erase_if(safe, [](unsigned char c) { return (c < 0x20 && c != '\n' && c != '\t') || c == 0x7f; });
  }
  if (std::fwrite(safe.data(), 1, safe.size(), stdout) != safe.size() || std::fflush(stdout) != 0)
    throw Error("standard output: can't be written: {}", std::generic_category().message(errno));
}

void check(const Options& options) {
  if (options.prompt.empty()) throw Error("--prompt is empty; give the beginning of a text to continue");
  if (options.max_new_tokens < 1)
    throw Error("--max-new-tokens is {}; at least 1 is needed", options.max_new_tokens);
  // Logits divided by less might be infinite.
  constexpr float least = 1e-6f;
  if (options.temperature != 0 && (!(options.temperature >= least) || !std::isfinite(options.temperature)))
    throw Error("--temperature is {}; expected 0 (always the likeliest token) or at least {}",
                options.temperature, least);
  if (options.top_k < 0)
    throw Error("--top-k is {}; expected 0 (draw from all tokens) or more", options.top_k);
  if (!(options.top_p > 0 && options.top_p <= 1))
    throw Error("--top-p is {}; expected a number above 0 and at most 1 (keep all)", options.top_p);
}

std::vector<TokenId> encode(const Tokenizer& tokenizer, const Options& options, const Config& config) {
  const std::vector<TokenId> prompt = tokenizer.encode(options.prompt);
  if (prompt.empty()) throw Error("--prompt has no token; give the beginning of a text to continue");
  for (TokenId id : prompt) {
    if (static_cast<std::size_t>(id) >= config.vocab_size)
      throw Error(
          "{}: the prompt holds token {}, but config.json says vocab_size {}; these files don't belong "
          "together",
          (options.model / "tokenizer.json").string(), id, config.vocab_size);
  }
  if (prompt.size() > config.max_position_embeddings)
    throw Error("--prompt has {} tokens, but the model's context (max_position_embeddings) is {}; shorten it",
                prompt.size(), config.max_position_embeddings);
  return prompt;
}

void run(const Options& options) {
  check(options);
  const auto load_start = Clock::now();
  const Checkpoint checkpoint = load_checkpoint(options.model);
  const Config& config = checkpoint.config;
  const Tokenizer tokenizer(options.model / "tokenizer.json");
  const Params params = load_params(config, checkpoint.weights.tensors());
  const double load_seconds = seconds_since(load_start);

  const std::vector<TokenId> prompt = encode(tokenizer, options, config);
  const std::size_t room = config.max_position_embeddings - prompt.size();
  const auto max_new_tokens = static_cast<std::size_t>(options.max_new_tokens);
  KvCache cache(config, prompt.size() + std::min(room, max_new_tokens));

  StreamingDecoder text(tokenizer);
  for (TokenId id : prompt) print(text.push(id));

  double prefill_seconds = 0;
  const auto generate_start = Clock::now();
  const ForwardFn timed_forward = [&](std::span<float> logits, std::span<const TokenId> tokens,
                                      KvCache& past) {
    forward(logits, tokens, config, params, past);
    if (prefill_seconds == 0) prefill_seconds = seconds_since(generate_start);
  };
  Random random(options.seed);
  const std::vector<TokenId> generated = generate(
      timed_forward, prompt, cache,
      {.vocab_size = config.vocab_size,
       .max_new_tokens = max_new_tokens,
       .eos_token_ids = config.eos_token_ids,
       .sampling = {options.temperature, static_cast<std::size_t>(options.top_k), options.top_p}},
      [&] { return random.uniform(); }, [&](TokenId id) { print(text.push(id)); });
  print(text.finish() + "\n");

  if (options.stats) {
    const double decode_seconds = seconds_since(generate_start) - prefill_seconds;
    fmt::print(stderr, "load     {:8.1f} ms\n", load_seconds * 1e3);
    fmt::print(stderr, "prefill  {:8.1f} tokens/s ({} tokens)\n", prompt.size() / prefill_seconds,
               prompt.size());
    // The first new token comes out of the prefill, so decoding made one less.
    if (generated.size() > 1)
      fmt::print(stderr, "decode   {:8.1f} tokens/s ({} tokens)\n", (generated.size() - 1) / decode_seconds,
                 generated.size() - 1);
    fmt::print(stderr, "memory   {:8.1f} MB at peak\n", peak_memory());
  }
}

}  // namespace
}  // namespace lab

int main(int argc, char** argv) {
  lab::Options options;
  CLI::App app("Continues a text with a Llama-like model, token by token.", "./lab generate");
  app.add_option(
         "--model", options.model,
         "Folder with config.json, tokenizer.json and safetensors; ./lab takes the story model unless one "
         "is given")
      ->type_name("DIR");
  app.add_option("--prompt", options.prompt,
                 "Text to continue; ./lab takes \"Once upon a time\" unless one is given");
  app.add_option("--max-new-tokens", options.max_new_tokens, "Stop after this many new tokens")
      ->capture_default_str();
  app.add_option("--temperature", options.temperature, "0: always the likeliest token")
      ->capture_default_str();
  app.add_option("--top-k", options.top_k, "Draw from the k likeliest tokens; 0: from all")
      ->capture_default_str();
  app.add_option("--top-p", options.top_p, "Draw from the likeliest tokens that reach this probability")
      ->capture_default_str();
  app.add_option("--seed", options.seed, "The same seed draws the same text")->capture_default_str();
  app.add_flag("--stats", options.stats, "Print speed and memory to standard error");
  app.footer(
      "./lab generate also takes --with-reference [STEPS]: those steps from solutions/, where they are.");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  for (const char* needed : {"--model", "--prompt"}) {
    if (app.count(needed) > 0) continue;
    std::fprintf(stderr, "generate: %s is missing; ./lab generate --help lists the options\n", needed);
    return 2;
  }
  try {
    lab::run(options);
  } catch (const lab::NotImplemented& error) {
    std::fprintf(stderr, "generate: %s\n", error.what());
    return 1;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "generate: %s\n", error.what());
    return 1;
  }
}

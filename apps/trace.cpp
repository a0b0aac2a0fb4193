#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <string_view>

#include "apps/trace_page.h"
#include "apps/trace_table.h"
#include "kit/checkpoint/json.h"
#include "kit/error.h"
#include "labs/step2_forward/forward.h"

namespace lab {
namespace {

struct Options {
  std::filesystem::path model;
  std::optional<std::string> prompt;
  std::filesystem::path expected;
  std::filesystem::path html;
};

std::string quoted_for_shell(const std::string& text) {
  std::string quoted = "'";
  for (char c : text) quoted += c == '\'' ? "'\\''" : std::string(1, c);
  return quoted + "'";
}

/// The trace that was named, or the one that lies beside the model.
ExpectedTrace load_expected(const Options& options) {
  const bool named = !options.expected.empty();
  const std::filesystem::path file = named ? options.expected : options.model / "trace.safetensors";
  const std::string how_to_make = fmt::format(
      "in the whole kit, python scripts/dump_trace.py --model {} --prompt {} --out FILE makes one; then add "
      "--expected FILE",
      quoted_for_shell(printable_path(options.model)),
      options.prompt ? quoted_for_shell(printable(*options.prompt, 200)) : "TEXT");
  if (!named && !std::filesystem::exists(file))
    throw Error("{} has no trace.safetensors, and no --expected was given; {}", printable_path(options.model),
                how_to_make);
  ExpectedTrace expected(file);
  if (options.prompt && *options.prompt != expected.prompt())
    throw Error("{} is the trace of another prompt, \"{}\"; {}", printable_path(file),
                printable(expected.prompt()), how_to_make);
  return expected;
}

Recording record(const Checkpoint& checkpoint, const ExpectedTrace& expected) {
  const Config& config = checkpoint.config;
  const std::vector<TokenId>& tokens = expected.tokens();
  const Params params = load_params(config, checkpoint.weights.tensors());
  KvCache cache(config, tokens.size());
  std::vector<float> logits(config.vocab_size);
  Recording result;
  const Trace trace([&](const std::string& name, ConstView value) {
    if (value.empty()) return;
    const auto point = std::ranges::find(expected.points(), name, &ExpectedPoint::name);
    const Shape shape = point == expected.points().end() ? value.shape() : point->expected.shape();
    result.tensors.insert_or_assign(name, recorded(name, value, shape));
  });
  try {
    forward(logits, tokens, config, params, cache, trace);
  } catch (const NotImplemented&) {
    throw;
  } catch (...) {
    result.thrown = thrown_now();
    return result;  // what was recorded before that tells where it was
  }
  result.cache_length = cache.length;
  for (std::size_t i = 0; i < config.n_layers; ++i) {
    const std::string layer = fmt::format("model.layers.{}.", i);
    result.tensors.insert_or_assign(layer + "cache.k", copy_of(layer + "cache.k", cache.k(i)));
    result.tensors.insert_or_assign(layer + "cache.v", copy_of(layer + "cache.v", cache.v(i)));
  }
  // What forward gives back counts, whether or not it was recorded.
  result.tensors.insert_or_assign("lm_head", Tensor("lm_head", {1, logits.size()}, logits));
  return result;
}

void write(const std::filesystem::path& file, const std::string& text) {
  std::ofstream stream(file, std::ios::binary);
  stream.write(text.data(), static_cast<std::streamsize>(text.size()));
  stream.close();
  if (!stream) throw Error("{} can't be written; does its folder exist?", printable_path(file));
}

bool is_set(const char* variable) {
  const char* value = std::getenv(variable);
  return value != nullptr && *value != '\0';
}

int run(const Options& options) {
  const ExpectedTrace expected = load_expected(options);
  const Checkpoint checkpoint = load_checkpoint(options.model);
  expected.check_model(checkpoint);
  const Recording found = record(checkpoint, expected);
  const ComparedTrace compared = compare(expected, found);

  std::string page;
  if (!options.html.empty()) {
    page = make_page(expected, compared);
    write(options.html, page);
  }
  fmt::print("\"{}\", {} tokens, {}\n\n", printable(expected.prompt(), 60), expected.tokens().size(),
             printable_path(options.model));
  const char* terminal = std::getenv("TERM");
  const bool is_dumb = terminal == nullptr || terminal == std::string_view("dumb");
  const bool color = isatty(STDOUT_FILENO) != 0 && !is_dumb && !is_set("NO_COLOR");
  fmt::print("{}", format_table(compared, checkpoint.config, color));
  if (!page.empty())
    fmt::print("wrote {} ({:.1f} MB); open it in a browser\n", printable_path(options.html),
               static_cast<double>(page.size()) * 1e-6);
  return compared.all_agree() ? 0 : 1;
}

}  // namespace
}  // namespace lab

int main(int argc, char** argv) {
  lab::Options options;
  CLI::App app("Compares every intermediate tensor of forward with transformers', in the model's order.",
               "./lab trace");
  app.add_option("--model", options.model,
                 "Folder with config.json and safetensors; ./lab takes the story model unless one is given")
      ->type_name("DIR");
  app.add_option("--prompt", options.prompt, "Text to trace; default: the expected trace's own");
  app.add_option("--expected", options.expected,
                 "The trace to compare with; default: trace.safetensors in the model's folder. In the whole "
                 "kit, scripts/dump_trace.py makes one of any model and prompt")
      ->type_name("FILE");
  app.add_option("--html", options.html, "Also write a page with heat maps of every tensor to this file")
      ->type_name("FILE");
  app.footer("./lab trace also takes --with-reference [STEPS]: those steps from solutions/, where they are.");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  if (app.count("--model") == 0) {
    std::fprintf(stderr, "trace: --model is missing; ./lab trace --help lists the options\n");
    return 2;
  }
  try {
    return lab::run(options);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "trace: %s\n", error.what());
    return 1;
  }
}

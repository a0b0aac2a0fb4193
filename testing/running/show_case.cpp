#include "testing/running/show_case.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>

#include "kit/checkpoint/weights.h"
#include "kit/tensor_text.h"
#include "testing/diagnosis/call.h"
#include "testing/diagnosis/phrases.h"
#include "testing/running/case_process.h"
#include "testing/running/run_tests.h"
#include "testing/running/step_cases.h"
#include "testing/running/witnesses.h"

namespace lab {
namespace {

constexpr std::size_t most_rows = 16;
constexpr TextLimits whole{.rows = most_rows, .columns = 6};
constexpr TextLimits window{.rows = 6, .columns = 6};
constexpr TextLimits of_a_weight{.rows = 1, .columns = 6};
constexpr std::size_t most_lines = 16;  // of a fact

std::string indented(const std::string& text) {
  std::string result;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size() - 1) + 1;
    result += "  " + text.substr(begin, end - begin);
    begin = end;
  }
  return result;
}

std::string tensor_text(const std::string& name, ConstView view, const std::string& remark,
                        const TextLimits& limits) {
  return fmt::format("{} {}{}\n{}", name, shape_text(view), remark, rows_text(view, limits));
}

/// All rows of a small tensor, the first ones of another.
std::string tensor_text(const std::string& name, ConstView view, const std::string& remark = "") {
  const std::size_t width = view.rank() == 0 ? 0 : view.size(view.rank() - 1);
  return tensor_text(name, view, remark, width * most_rows < view.numel() ? window : whole);
}

std::string fact_text(const std::string& name, const std::vector<std::string>& lines) {
  if (lines.size() == 1) return fmt::format("{}: {}\n", name, lines.front());
  std::string text = fmt::format("{}:\n", name);
  for (std::size_t i = 0; i < std::min(lines.size(), most_lines); ++i) text += "  " + lines[i] + "\n";
  if (lines.size() > most_lines) text += say("  … {} more\n", lines.size() - most_lines);
  return text;
}

/// A list of numbers in one line, everything else as the facts of an outcome.
std::string json_text(const std::string& name, const Json& value) {
  const bool is_list = value.is_array() && (value.size() == 0 || value[0].is_number());
  return is_list ? fmt::format("{}: [{}]\n", name, list_text(value)) : fact_text(name, fact_lines(value));
}

/// The arguments in the order of the call, then what it reaches by way of a workspace or a cache.
std::string inputs(const Case& c) {
  std::vector<std::string> parameters = views_in_call(c);
  for (const std::string& storage : c.storages_before()) {
    if (std::ranges::find(parameters, storage) == parameters.end()) parameters.push_back(storage);
  }
  std::string text;
  for (const std::string& parameter : parameters) {
    const std::string storage = c.storage_of(parameter);
    const std::string remark = storage == parameter ? "" : say(" in {}'s memory", storage);
    text += tensor_text(parameter, c.seen(parameter, c.before(storage)), remark);
  }
  for (const auto& [name, value] : c.arguments()) text += json_text(name, value);
  return text;
}

std::string model_text(const GoldenModel& model) {
  const Config& config = model.config;
  std::string text = fmt::format(
      "config: n_layers {}, hidden_size {}, n_heads {}, n_kv_heads {}, head_dim {}, intermediate_size {},\n"
      "  vocab_size {}, rms_norm_eps {}, rope_theta {}{}\n",
      config.n_layers, config.hidden_size, config.n_heads, config.n_kv_heads, config.head_dim,
      config.intermediate_size, config.vocab_size, config.rms_norm_eps, config.rope_theta,
      config.tie_word_embeddings ? ", tie_word_embeddings" : "");
  std::vector<std::string> names{embed_tokens_name};
  for (const LayerWeight& weight : layer_weights) names.push_back(tensor_name(0, weight));
  names.insert(names.end(), {norm_name, lm_head_name});
  for (const std::string& name : names) {
    if (model.tensors.contains(name)) text += tensor_text(name, model.tensors.at(name), "", of_a_weight);
  }
  return text;
}

std::string expected_text(const Case& c) {
  std::string text;
  std::size_t points = 0;
  for (const std::string& storage : c.storages_after()) {
    if (trace_point_of(storage)) {
      ++points;
      continue;
    }
    const std::string remark =
        c.bound(storage) == 0 ? say(", exactly") : say(", within {:.2g}", c.bound(storage));
    text += tensor_text(storage, c.seen(storage, c.after(storage)), remark);
  }
  for (const std::string& fact : c.expected_facts()) text += json_text(fact, *c.expect(fact));
  if (points > 0) text += say("and {} recorded tensors, if your code records them\n", points);
  return text;
}

/// What the implementation yields, of all that the case expects; where it throws, nothing.
std::string found_text(const Case& c) {
  const Outcome outcome = runners.at(c.function())(c);
  if (outcome.thrown) return "";
  std::string text;
  for (const std::string& storage : c.storages_after()) {
    const auto found = outcome.tensors.find(storage);
    if (found == outcome.tensors.end() || trace_point_of(storage)) continue;
    const bool as_expected = found->second.shape() == c.after(storage).shape();
    text += tensor_text(storage,
                        as_expected ? c.seen<const float>(storage, found->second) : found->second.view());
  }
  for (const std::string& fact : c.expected_facts()) text += fact_text(fact, outcome.lines_of(fact));
  return text;
}

void print_part(const std::string& head, const std::string& text) {
  if (!text.empty()) fmt::print("{}\n{}\n", head, indented(text));
}

void print_inputs(const Case& c) {
  fmt::print("{}\n{}\n\n{}\n", c.name(), c.purpose(), indented(call_line(c) + "\n"));
  print_part(say("What goes in, output buffers as they are before the call:"), inputs(c));
  if (c.has_model())
    print_part(say("The model; its other layers have weights of the same shapes:"), model_text(c.model()));
  print_part(say("What must come out:"), expected_text(c));
}

}  // namespace

int show_case(const std::string& name) {
  const std::vector<const testing::TestInfo*> tests = tests_here();
  const auto test = std::ranges::find(tests, name, [](const auto* each) { return name_of(*each); });
  if (test == tests.end()) {
    fmt::print(stderr, "{}", say("No case is named {}.\n", name));
    return 1;
  }
  const std::vector<Case>& cases = golden_file().cases();
  const auto golden_case = std::ranges::find(cases, name, &Case::name);
  if (golden_case != cases.end()) {
    print_inputs(*golden_case);
  } else {
    fmt::print("{}", say("{} makes several calls and compares them with each other: see tests/{}, line {}.\n",
                         name, std::filesystem::path((*test)->file()).filename().string(), (*test)->line()));
  }
  const Verdict verdict = run_case(name);
  if (verdict.passed()) {
    fmt::print("{}", say("Your code passes it.\n"));
    return 0;
  }
  if (verdict.end == Verdict::End::failed && golden_case != cases.end())
    print_part(say("What your code gives:"), in_child([&] { return found_text(*golden_case); }).value_or(""));
  fmt::print("{}\n{}", say("It doesn't pass:"),
             indented(verdict.end == Verdict::End::not_written ? todo(verdict) + "\n" : verdict.text));
  return 0;
}

}  // namespace lab

#include "testing/diagnosis/mismatch.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "kit/error.h"
#include "testing/diagnosis/divergence.h"
#include "testing/diagnosis/pattern.h"
#include "testing/diagnosis/phrases.h"
#include "testing/steps.h"

namespace lab {
namespace {

std::string describe_fact(const std::string& name, const std::vector<std::string>& expected,
                          const std::vector<std::string>& found) {
  if (expected == found) return "";
  constexpr std::size_t longest = 400;  // an implementation may name a million tokens in one line
  const auto quoted = [](const std::vector<std::string>& lines, std::size_t i) {
    return i < lines.size() ? printable(lines[i], longest) : say("nothing more");
  };
  const auto differing = std::ranges::mismatch(expected, found);
  const std::size_t i = differing.in1 - expected.begin();
  if (!values_are_shown())
    return expected.size() == 1 && found.size() == 1
               ? say("{}: found {}, which is not what is expected\n", name, quoted(found, 0))
               : say("{} differ from entry {} on: found {}\n", name, i, quoted(found, i));
  if (expected.size() == 1 && found.size() == 1)
    return say("{}: expected {}, found {}\n", name, quoted(expected, 0), quoted(found, 0));
  return say("{} differ from entry {} on ({} expected, {} found):\n  expected {}\n  found    {}\n", name, i,
             expected.size(), found.size(), quoted(expected, i), quoted(found, i));
}

/// `names` with `cause` before all others, if it is among them: what is wrong there explains the rest.
std::vector<std::string> cause_first(std::vector<std::string> names, const std::string& cause) {
  std::stable_partition(names.begin(), names.end(), [&](const std::string& name) { return name == cause; });
  return names;
}

/// For what differs from case to case only in sizes and indices.
std::string without_numbers(std::string text) {
  std::erase_if(text, [](char c) { return (c >= '0' && c <= '9') || c == ',' || c == ' '; });
  return text;
}

/// Exceptions and overruns; empty if they are as expected.
Mismatch describe_end_of_call(const Case& golden_case, const Outcome& outcome) {
  const std::optional<Json> raises = golden_case.expect("raises");
  std::string text;
  if (!raises && outcome.thrown) {
    const std::string& words = outcome.thrown->text;
    text = say("an exception came out: {}\n", words.empty() ? say("it has no text") : words);
  } else if (raises && !outcome.thrown) {
    text = say("expected an exception ({}), but the call returned\n", raises->string());
  } else if (!outcome.overrun.empty()) {
    const std::string& storage = outcome.overrun.front();
    text = say("something was written outside of {} {}: before its first or after its last element\n",
               storage, golden_case.before(storage).shape().to_string());
  }
  return {text, without_numbers(text), {}};
}

/// The first fact that isn't as expected; empty if all are.
std::string describe_facts(const Case& golden_case, const Function& function, const Outcome& outcome) {
  for (const std::string& fact : cause_first(golden_case.expected_facts(), function.first)) {
    const std::string text =
        describe_fact(fact, fact_lines(*golden_case.expect(fact)), outcome.lines_of(fact));
    if (!text.empty()) return text;
  }
  return "";
}

bool only_read_off(const Function& function, const Case& golden_case) {
  return std::ranges::all_of(golden_case.expected_facts(), [&](const std::string& fact) {
    return std::ranges::find(function.read_off_tensors, fact) != function.read_off_tensors.end();
  });
}

}  // namespace

Mismatch describe_mismatch(const Case& golden_case, const Outcome& outcome, bool with_pattern) {
  if (Mismatch end = describe_end_of_call(golden_case, outcome); !end.empty()) return end;
  const Function& function = function_named(golden_case.function());
  const std::string facts = describe_facts(golden_case, function, outcome);
  const Mismatch by_facts{facts, facts.substr(0, facts.find('\n')), {}};
  if (!facts.empty() && !only_read_off(function, golden_case)) return by_facts;
  for (const std::string& storage : cause_first(golden_case.storages_after(), function.first)) {
    const auto found = outcome.tensors.find(storage);
    if (found == outcome.tensors.end()) {
      if (trace_point_of(storage)) continue;  // a point that this implementation doesn't have
      const std::string text = say("{} was not computed\n", storage);
      return {text, text, {}};
    }
    const Comparison comparison(golden_case, storage, found->second);
    if (comparison.agrees()) continue;
    if (function.compare == Compare::layers) return describe_divergence(golden_case, outcome);
    return describe_tensor(facts, comparison, with_pattern);
  }
  return by_facts;
}

}  // namespace lab

#include "testing/diagnosis/mismatch.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "kit/error.h"
#include "testing/diagnosis/divergence.h"
#include "testing/diagnosis/pattern.h"
#include "testing/diagnosis/phrases.h"

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

std::vector<std::string> lines_of(const Outcome& outcome, const std::string& fact) {
  const auto lines = outcome.facts.find(fact);
  return lines == outcome.facts.end() ? std::vector<std::string>{} : lines->second;
}

/// `names` with `cause` before all others, if it is among them: what is wrong there explains the rest.
std::vector<std::string> cause_first(std::vector<std::string> names, const std::string& cause) {
  std::stable_partition(names.begin(), names.end(), [&](const std::string& name) { return name == cause; });
  return names;
}

/// Exceptions and overruns; empty if they are as expected.
std::string describe_end_of_call(const Case& golden_case, const Outcome& outcome) {
  const std::optional<Json> raises = golden_case.expect("raises");
  if (!raises && !outcome.error.empty()) return say("an exception came out: {}\n", outcome.error);
  if (raises && outcome.error.empty())
    return say("expected an exception ({}), but the call returned\n", raises->string());
  if (outcome.overrun.empty()) return "";
  const std::string& storage = outcome.overrun.front();
  return say("something was written outside of {} {}: before its first or after its last element\n", storage,
             golden_case.before(storage).shape().to_string());
}

/// The first fact that isn't as expected; empty if all are.
std::string describe_facts(const Case& golden_case, const Outcome& outcome) {
  for (const std::string& fact : cause_first(golden_case.expected_facts(), "calls")) {
    const std::string text =
        describe_fact(fact, fact_lines(*golden_case.expect(fact)), lines_of(outcome, fact));
    if (!text.empty()) return text;
  }
  return "";
}

std::string describe_tensor(const Comparison& comparison, bool with_pattern) {
  return (with_pattern ? describe_pattern(comparison) : "") + describe_elements(comparison);
}

}  // namespace

std::string describe_mismatch(const Case& golden_case, const Outcome& outcome, bool with_pattern) {
  std::string text = describe_end_of_call(golden_case, outcome);
  if (!text.empty()) return text;
  text = describe_facts(golden_case, outcome);
  // Which tokens were kept is read off the probabilities, so what is wrong with those says more.
  if (!text.empty() && golden_case.function() != "sampling_distribution") return text;
  for (const std::string& storage : cause_first(golden_case.storages_after(), "scores")) {
    const auto found = outcome.tensors.find(storage);
    if (found == outcome.tensors.end()) {
      if (storage.starts_with("trace/")) continue;  // a point that this implementation doesn't have
      return say("{} was not computed\n", storage);
    }
    const Comparison comparison(golden_case, storage, found->second);
    if (comparison.agrees()) continue;
    const bool has_stages = golden_case.function() == "forward";
    return text + (has_stages ? describe_divergence(golden_case, outcome)
                              : describe_tensor(comparison, with_pattern));
  }
  return text;
}

}  // namespace lab

#include "testing/running/golden_test.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "kit/error.h"
#include "testing/diagnosis/divergence.h"
#include "testing/diagnosis/phrases.h"
#include "testing/running/witnesses.h"

namespace lab {
namespace {

constexpr std::size_t most_lines = 19;  // and one for what the case is for

std::string first_lines(const std::string& text, std::size_t count) {
  std::size_t end = 0;
  for (std::size_t line = 0; line < count && end != std::string::npos; ++line) {
    end = text.find('\n', end);
    if (end != std::string::npos) ++end;
  }
  return text.substr(0, end);
}

/// A grader wants GoogleTest's report to have the ids of known mistakes, whatever the student may read.
bool names_are_recorded() { return std::getenv("LAB_RECORD_NAMES") != nullptr; }

/// The functions of the same step that a function calls.
std::vector<std::string> called_by(const std::string& function) {
  if (function == "forward") return {"attention_block", "mlp"};
  if (function == "generate") return {"sampling_distribution", "sample"};
  return {};
}

std::size_t count_failed(const std::string& function) {
  question_witnesses(function, [] { return false; });
  return static_cast<std::size_t>(
      std::ranges::count_if(Witnesses::shared().of(function),
                            [](const Witness& witness) { return witness.end != CaseEnd::passed; }));
}

/// The known mistakes that explain why the function of this case fails, also for whoever reads GoogleTest's
/// report; empty if none does, or if what it calls fails by itself.
std::string known_mistakes(const Case& golden_case) {
  const std::vector<std::string> called = called_by(golden_case.function());
  if (std::ranges::any_of(called, [](const std::string& each) { return count_failed(each) > 0; })) return "";
  const std::vector<std::size_t> names = names_for(golden_case.function());
  if (!names.empty()) testing::Test::RecordProperty("misconceptions", ids_of(misconceptions(), names));
  return describe_names(misconceptions(), names, step_name);
}

/// "mlp fails 2 of its 7 cases": a function whose own cases fail need not be looked for in its caller.
std::string state_of_called(const std::string& function) {
  std::string text;
  bool all_pass = true;
  for (const std::string& each : called_by(function)) {
    const std::size_t failed = count_failed(each);
    const std::size_t all = Witnesses::shared().of(each).size();
    text += failed == 0 ? say(" {} passes all {} cases.", each, all)
                        : say(" {} fails {} of {} cases, so mend it first.", each, failed, all);
    all_pass = all_pass && failed == 0;
  }
  if (text.empty()) return "";
  if (all_pass) text += say("\nSo look at {} itself and at what it hands to them.", function);
  return say("Alone, on golden inputs:{}\n", text);
}

/// Where forward leaves the right path, seen in another case of the same model that holds intermediate
/// tensors; empty if there is none that fails.
std::string divergence_elsewhere(const Case& golden_case) {
  for (const Case& other : golden_file().cases()) {
    if (other.function() != golden_case.function() || !has_trace(other)) continue;
    if (&other.model() != &golden_case.model()) continue;
    const std::optional<std::string> text = in_child([&] {
      const Outcome outcome = runners.at(other.function())(other);
      return describe_trace_divergence(other, outcome);
    });
    if (text && !text->empty()) return say("In {}", other.name()) + word(on_the_same_model) + *text;
  }
  return "";
}

std::string details(const Case& golden_case, const Outcome& outcome, bool is_named) {
  std::string text = describe_mismatch(golden_case, outcome, !is_named);
  const bool only_tensors_are_wrong = outcome.error.empty() && outcome.overrun.empty();
  if (golden_case.function() == "forward" && only_tensors_are_wrong && !has_trace(golden_case)) {
    const std::string elsewhere = divergence_elsewhere(golden_case);
    if (!elsewhere.empty()) text = elsewhere;
  }
  return is_named ? text : text + state_of_called(golden_case.function());
}

}  // namespace

std::filesystem::path reference_data() {
  const char* folder = std::getenv("LAB_REFERENCE_DATA");
  return folder != nullptr ? folder : LAB_REFERENCE_DATA;
}

const GoldenFile& golden_file() {
  static const GoldenFile file(reference_data(), step_name);
  return file;
}

const Case& this_case() {
  const testing::TestInfo& test = *testing::UnitTest::GetInstance()->current_test_info();
  return golden_file().at(std::string(test.test_suite_name()) + "." + test.name());
}

std::string mismatch_of(const Case& golden_case, Runner run) {
  Outcome outcome;
  bool only_the_second = false;
  try {
    outcome = run(golden_case);
    if (describe_mismatch(golden_case, outcome).empty()) {
      // What a function keeps in a static variable shows when it is called again.
      outcome = run(golden_case);
      if (describe_mismatch(golden_case, outcome).empty()) return "";
      only_the_second = true;
    }
  } catch (const NotImplemented& error) {
    return error.what();
  } catch (const CallLost& error) {
    return std::string(error.what()) + "\n";
  }
  const Hints hints = hints_wanted();
  std::string names;
  // No known mistake writes outside of its tensors; and who does may have destroyed what a diagnosis needs.
  if (!only_the_second && outcome.overrun.empty() && (hints == Hints::name || names_are_recorded())) {
    Witnesses::shared().record(golden_case, outcome, false);
    names = known_mistakes(golden_case);
  }
  if (hints == Hints::off) return say("the result is not what transformers computes\n");
  if (hints == Hints::locate) names.clear();
  if (only_the_second) {
    names =
        say("The first call is right, but a second one with the same arguments isn't: is something kept "
            "between calls (a "
            "static or global variable)?\n");
  }
  return first_lines(names + details(golden_case, outcome, !names.empty()), most_lines);
}

}  // namespace lab

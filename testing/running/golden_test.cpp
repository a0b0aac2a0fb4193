#include "testing/running/golden_test.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "kit/error.h"
#include "testing/diagnosis/call.h"
#include "testing/diagnosis/comparison.h"
#include "testing/diagnosis/divergence.h"
#include "testing/diagnosis/mismatch.h"
#include "testing/diagnosis/phrases.h"
#include "testing/running/child.h"
#include "testing/running/pipe.h"
#include "testing/running/run_tests.h"
#include "testing/running/verdict_listener.h"
#include "testing/running/witnesses.h"
#include "testing/steps.h"

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

/// A grader wants the report to have the ids of known mistakes, whatever the student may read.
bool names_are_recorded() { return std::getenv("LAB_RECORD_NAMES") != nullptr; }

/// The functions of the same step that a function calls; this program has no cases of others.
std::vector<std::string> called_by(const std::string& function) {
  std::vector<std::string> names;
  for (const std::string& called : function_named(function).calls) {
    if (std::ranges::find(step_named(step_name).functions, called, &Function::name) !=
        step_named(step_name).functions.end())
      names.push_back(called);
  }
  return names;
}

std::size_t count_failed(const std::string& function) {
  question_witnesses(function, [] { return false; });
  return static_cast<std::size_t>(
      std::ranges::count_if(Witnesses::shared().of(function),
                            [](const Witness& witness) { return witness.end != CaseEnd::passed; }));
}

/// The known mistakes that explain why the function of this case fails; none if what it calls fails by
/// itself.
std::vector<std::size_t> known_mistakes(const Case& golden_case) {
  const std::vector<std::string> called = called_by(golden_case.function());
  if (std::ranges::any_of(called, [](const std::string& each) { return count_failed(each) > 0; })) return {};
  return names_for(golden_case.function());
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

/// Where a pass through all layers leaves the right path, seen in another case of the same model that holds
/// intermediate tensors; empty if there is none that fails.
Mismatch divergence_elsewhere(const Case& golden_case) {
  for (const Case& other : golden_file().cases()) {
    if (other.function() != golden_case.function() || !has_trace(other)) continue;
    if (&other.model() != &golden_case.model()) continue;
    const std::optional<std::string> told = in_child([&] {
      const Mismatch found = describe_trace_divergence(other, runners.at(other.function())(other));
      Verdict verdict;
      verdict.text = found.text;
      verdict.kind = found.kind;
      verdict.axes = found.axes;
      return to_json(verdict);
    });
    const std::optional<Verdict> there = told ? verdict_from(*told) : std::nullopt;
    if (there && !there->text.empty())
      return {say("In {}, on the same model: {}", other.name(), there->text), there->kind, there->axes};
  }
  return {};
}

Mismatch details(const Case& golden_case, const Outcome& outcome, bool is_named) {
  Mismatch mismatch = describe_mismatch(golden_case, outcome, !is_named);
  const bool only_tensors_are_wrong = !outcome.thrown && outcome.overrun.empty();
  const bool has_layers = function_named(golden_case.function()).compare == Compare::layers;
  if (has_layers && only_tensors_are_wrong && !has_trace(golden_case)) {
    Mismatch elsewhere = divergence_elsewhere(golden_case);
    if (!elsewhere.empty()) mismatch = std::move(elsewhere);
  }
  if (!is_named) mismatch.text += state_of_called(golden_case.function());
  return mismatch;
}

std::vector<std::string> ids(const std::vector<std::size_t>& names) {
  const std::set<std::string> all = ids_of(misconceptions(), names);
  return {all.begin(), all.end()};
}

/// Adds to `verdict` what is wrong with `outcome`, as far as the hints go.
void diagnose(const Case& golden_case, const Outcome& outcome, bool only_later, Verdict& verdict) {
  verdict.end = Verdict::End::failed;
  const Hints hints = hints_wanted();
  std::string lead;
  // No known mistake writes outside of its tensors; and who does may have destroyed what a diagnosis needs.
  if (!only_later && outcome.overrun.empty() && (hints == Hints::name || names_are_recorded())) {
    Witnesses::shared().record(golden_case, outcome, false);
    const std::vector<std::size_t> names = known_mistakes(golden_case);
    verdict.misconceptions = ids(names);
    if (hints == Hints::name) lead = describe_names(misconceptions(), names, step_named(step_name).folder);
  }
  if (hints == Hints::off) {
    verdict.text = verdict.kind = say("the result is not what transformers computes\n");
    return;
  }
  if (only_later) {
    lead = say(
        "The first call is right, but the same call after another one isn't: is something kept between calls "
        "(a static or global variable)?\n");
  }
  const Mismatch mismatch = details(golden_case, outcome, !lead.empty());
  verdict.text = first_lines(lead + mismatch.text, most_lines);
  verdict.kind = lead.empty() ? mismatch.kind : lead.substr(0, lead.find('\n'));
  verdict.axes = mismatch.axes;
  if (outcome.thrown) verdict.thrown = outcome.thrown->text;
}

bool is_call_of_other_sizes(const Case& golden_case, const Case& other) {
  if (golden_case.function() != other.function()) return false;
  const auto names = [](const Case& c) {
    std::vector<std::string> result;
    for (const auto& [name, value] : c.arguments()) result.push_back(name);
    return result;
  };
  const std::vector<std::string> storages = golden_case.storages_before();
  if (names(golden_case) != names(other) || storages != other.storages_before()) return false;
  return std::ranges::any_of(storages, [&](const std::string& storage) {
    return golden_case.before(storage).shape() != other.before(storage).shape();
  });
}

/// The next case of the function that makes its call with other sizes.
const Case* with_other_sizes(const Case& golden_case) {
  std::vector<const Case*> others;
  for (const Case& each : golden_file().cases()) others.push_back(&each);
  std::rotate(others.begin(), std::ranges::find(others, &golden_case), others.end());
  const auto other = std::ranges::find_if(
      others, [&](const Case* each) { return is_call_of_other_sizes(golden_case, *each); });
  return other == others.end() ? nullptr : *other;
}

/// A call that comes after one with other sizes, in a process of its own: what a function keeps of its first
/// call shows then. The process begins before any call is made here, and calls when it is asked to.
class LaterCall {
 public:
  LaterCall(const Case& golden_case, Runner run)
      : child_(short_time_limit, [&](int pipe) {
          char asked = 0;
          close(ask_.write_end);
          if (read(ask_.read_end, &asked, 1) != 1) return;
          const Case* other = with_other_sizes(golden_case);
          run(other == nullptr ? golden_case : *other);  // what comes of it is that case's affair
          Verdict verdict;
          const Outcome outcome = run(golden_case);
          if (!describe_mismatch(golden_case, outcome).empty()) diagnose(golden_case, outcome, true, verdict);
          write_all(pipe, to_json(verdict));
        }) {
    close(ask_.read_end);
  }
  LaterCall(const LaterCall&) = delete;
  LaterCall& operator=(const LaterCall&) = delete;
  ~LaterCall() { close(ask_.write_end); }

  /// Adds what is wrong with it to `verdict`; nothing if it ends before it can tell.
  void diagnose_into(Verdict& verdict) {
    write_all(ask_.write_end, "?");
    child_.wait();
    const std::optional<Verdict> told = verdict_from(child_.told());
    if (!told || told->passed()) return;
    verdict.end = told->end;
    verdict.text = told->text;
    verdict.kind = told->kind;
    verdict.axes = told->axes;
  }

 private:
  Pipe ask_;
  Child child_;
};

/// What `body` throws when it comes upon a stub, or is lost, in `verdict`.
void catch_no_outcome(Verdict& verdict, const std::function<void()>& body) {
  try {
    body();
  } catch (const NotImplemented& error) {
    verdict.end = Verdict::End::not_written;
    verdict.purpose = verdict.call = "";
    verdict.text = verdict.kind =
        NotImplemented(error).what();  // its own words, whatever a derived class says
    verdict.stub = {error.function(), error.file(), error.section()};
  } catch (const CallLost& error) {
    verdict.end = Verdict::End::lost;
    verdict.text = verdict.kind = std::string(error.what()) + "\n";
  }
}

}  // namespace

const Case& this_case() {
  const testing::TestInfo& test = *testing::UnitTest::GetInstance()->current_test_info();
  return golden_file().at(name_of(test));
}

Verdict judge(const Case& golden_case, Runner run) {
  Verdict verdict;
  verdict.name = golden_case.name();
  verdict.function = golden_case.function();
  verdict.purpose = golden_case.purpose();
  if (values_are_shown()) verdict.call = call_line(golden_case);
  catch_no_outcome(verdict, [&] {
    std::optional<LaterCall> later;
    if (testing::UnitTest::GetInstance()->test_to_run_count() == 1) later.emplace(golden_case, run);
    Outcome outcome = run(golden_case);
    if (!describe_mismatch(golden_case, outcome).empty())
      return diagnose(golden_case, outcome, false, verdict);
    if (later) return later->diagnose_into(verdict);
    // Other cases have shared this process already.
    outcome = run(golden_case);
    if (!describe_mismatch(golden_case, outcome).empty()) diagnose(golden_case, outcome, true, verdict);
  });
  return verdict;
}

Verdict judged(const Case& golden_case, Runner run) {
  const Verdict verdict = judge(golden_case, run);
  VerdictListener::note(verdict);
  return verdict;
}

void run_by_hand(const std::function<void()>& body) {
  Verdict verdict;
  catch_no_outcome(verdict, body);
  if (verdict.passed()) return;
  ADD_FAILURE() << verdict.text;
  VerdictListener::note(std::move(verdict));
}

}  // namespace lab

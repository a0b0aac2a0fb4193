#include "testing/running/step_report.h"

#include <fmt/format.h>
#include <fnmatch.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "kit/error.h"
#include "testing/diagnosis/phrases.h"
#include "testing/running/case_process.h"
#include "testing/running/child.h"
#include "testing/running/run_tests.h"
#include "testing/running/step_cases.h"
#include "testing/running/witnesses.h"
#include "testing/steps.h"

namespace lab {
namespace {

constexpr int most_hung = 3;  // cases of one suite; the rest of it is not run then

/// Runs the cases that --gtest_filter selects; only up to the first that fails, if that is enough.
std::vector<Verdict> run_selected(bool all_of_them = true) {
  Witnesses::shared();  // so that the children share what they find out
  const std::string filter = testing::GTEST_FLAG(filter);
  std::vector<Verdict> verdicts;
  std::map<std::string, int> hung;  // by suite
  for (const testing::TestInfo* test : tests_here()) {
    const std::string name = name_of(*test);
    if (fnmatch(filter.c_str(), name.c_str(), 0) != 0) continue;
    int& of_suite = hung[test->test_suite_name()];
    verdicts.push_back(of_suite < most_hung ? run_case(name) : not_run(name));
    of_suite += verdicts.back().end == Verdict::End::hung ? 1 : 0;
    if (!verdicts.back().passed() && !all_of_them) break;
  }
  return verdicts;
}

/// Text in a colour, if somebody looks at it who wants that.
std::string coloured(const char* code, const std::string& text) {
  static const bool wanted = [] {
    const char* terminal = std::getenv("TERM");
    const bool is_dumb = terminal == nullptr || terminal == std::string_view("dumb");
    return isatty(STDOUT_FILENO) != 0 && !is_dumb && std::getenv("NO_COLOR") == nullptr;
  }();
  return wanted ? fmt::format("\033[{}m{}\033[0m", code, text) : text;
}

constexpr const char* red = "31";
constexpr const char* green = "32";
constexpr const char* yellow = "33";

std::size_t count_passed(const std::vector<Verdict>& verdicts) {
  return static_cast<std::size_t>(std::ranges::count_if(verdicts, &Verdict::passed));
}

bool all_passed(const std::vector<Verdict>& verdicts) {
  return !verdicts.empty() && count_passed(verdicts) == verdicts.size();
}

bool waits(const Verdict& verdict) { return verdict.end == Verdict::End::not_written; }

/// Without the line ends after the last line.
std::string without_end(const std::string& text) { return text.substr(0, text.find_last_not_of('\n') + 1); }

std::string indented(const std::string& text) {
  std::string result = "  ";
  for (const char c : without_end(text)) {
    result += c;
    if (c == '\n') result += "  ";
  }
  return result;
}

/// Failed cases of one kind. One mistake fails many cases: the first is shown, the others are listed.
struct Kind {
  const Verdict* first;
  std::vector<std::string> others;
};

std::vector<Kind> kinds_of_failure(const std::vector<Verdict>& verdicts) {
  std::vector<Kind> kinds;
  std::map<std::string, std::size_t> known;
  for (const Verdict& verdict : verdicts) {
    if (verdict.passed() || waits(verdict)) continue;
    const auto [kind, is_new] = known.emplace(verdict.kind, kinds.size());
    if (is_new || verdict.kind.empty()) {
      kinds.push_back({&verdict, {}});
    } else {
      kinds[kind->second].others.push_back(verdict.name);
    }
  }
  return kinds;
}

/// "The same in ManyRows, OneRow": without the suite where it is the first one's.
std::string list_others(const Kind& kind) {
  constexpr std::size_t width = 76;
  const std::string suite = kind.first->name.substr(0, kind.first->name.find('.') + 1);
  std::string text;
  std::string line = say("The same in");
  for (std::size_t i = 0; i < kind.others.size(); ++i) {
    std::string name = kind.others[i];
    if (name.starts_with(suite)) name.erase(0, suite.size());
    if (i + 1 < kind.others.size()) name += ',';
    if (line.size() + 1 + name.size() > width) {
      text += line + "\n";
      line = " ";
    }
    line += " " + name;
  }
  return text + line + "\n";
}

/// What the student's code printed in this case; control characters made visible, since a bar of them may be
/// a bug.
std::string printed_in(const Verdict& verdict) {
  std::string text;
  std::size_t begin = 0;
  const std::string& printed = verdict.printed;
  while (begin < std::min(printed.size(), most_output)) {
    const std::size_t end = std::min(printed.find('\n', begin), printed.size());
    text += "  | " + printable(std::string_view(printed).substr(begin, end - begin), most_output) + "\n";
    begin = end + 1;
  }
  if (printed.size() > most_output) text += "  | …\n";
  return text;
}

std::string next_to_do(const Verdict& verdict) {
  if (!waits(verdict)) return say("next: {} fails", verdict.name);
  return say("write {} (section {})", verdict.stub->function, verdict.stub->section);
}

/// What to do now that all of the step passes.
std::string after_the_step() {
  const auto step = std::ranges::find(steps(), std::string_view(step_name), &Step::name);
  if (step + 1 == steps().end())
    return say("That was the last step: ./lab generate lets your code tell a story.\n");
  const Step& next = *(step + 1);
  return say("Next: {}. Read labs/{}/{}, then ./lab {}.\n", speaks_chinese() ? next.zh : next.en, next.folder,
             speaks_chinese() ? "README.zh-CN.md" : "README.md", next.name);
}

void print_report(const std::vector<Verdict>& verdicts) {
  for (const Verdict& verdict : verdicts) {
    if (verdict.passed() && !verdict.printed.empty())
      fmt::print("{} {}{}\n", coloured(green, "✓"), say("{} printed:\n", verdict.name), printed_in(verdict));
  }
  bool several_alike = false;
  const std::vector<Kind> failures = kinds_of_failure(verdicts);
  for (const Kind& kind : failures) {
    std::string text = without_end(kind.first->message());
    if (!kind.others.empty()) text += "\n" + list_others(kind);
    fmt::print("{} {}\n{}\n", coloured(red, "✗"), kind.first->name, indented(text));
    if (!kind.first->printed.empty()) fmt::print("{}{}", say("  it printed:\n"), printed_in(*kind.first));
    fmt::print("\n");
    several_alike = several_alike || !kind.others.empty();
  }
  std::vector<std::pair<std::string, std::size_t>> waiting;  // what is not written yet, and its cases
  for (const Verdict& verdict : verdicts) {
    if (!waits(verdict)) continue;
    if (!waiting.empty() && waiting.back().first == todo(verdict)) {
      ++waiting.back().second;
    } else {
      waiting.emplace_back(todo(verdict), 1);
    }
  }
  std::size_t waiting_cases = 0;
  for (const auto& [message, cases] : waiting) {
    waiting_cases += cases;
    if (!failures.empty()) continue;  // what fails comes first, and needs the room
    fmt::print("{} {}", coloured(yellow, "○"),
               cases == 1 ? say("{} (1 case)\n", message) : say("{} ({} cases)\n", message, cases));
  }
  if (!waiting.empty() && failures.empty()) fmt::print("\n");
  if (several_alike)
    fmt::print("{}", say("One failure of each kind is shown; --filter NAME shows another.\n"));
  const std::size_t passed = count_passed(verdicts);
  const std::string count = coloured(all_passed(verdicts) ? green : red, std::to_string(passed));
  fmt::print("{}", say("{}: {} of {} passed", step_name, count, verdicts.size()));
  if (waiting_cases > 0)
    fmt::print("{}", say(", {} wait for functions that are not written yet", waiting_cases));
  fmt::print("\n");
  if (all_passed(verdicts) && testing::GTEST_FLAG(filter) == std::string_view("*"))
    fmt::print("{}", after_the_step());
  if (verdicts.empty()) fmt::print("{}", say("No case is named {}.\n", testing::GTEST_FLAG(filter)));
}

}  // namespace

int print_brief_report(const std::string& report) {
  const std::vector<Verdict> verdicts = run_selected();
  if (!report.empty()) write_report(report, step_name, verdicts);
  print_report(verdicts);
  return all_passed(verdicts) ? 0 : 1;
}

int print_report_if_passed() {
  const std::vector<Verdict> verdicts = run_selected(false);
  if (!all_passed(verdicts)) return 1;
  print_report(verdicts);
  return 0;
}

int print_status() {
  const std::vector<Verdict> verdicts = run_selected();
  const std::size_t passed = count_passed(verdicts);
  constexpr std::size_t width = 16;
  const std::size_t filled = verdicts.empty() ? 0 : passed * width / verdicts.size();
  std::string bar;
  for (std::size_t i = 0; i < width; ++i) bar += i < filled ? "█" : "░";
  std::string next = say("done");
  const auto first = std::ranges::find_if_not(verdicts, &Verdict::passed);
  if (first != verdicts.end()) next = next_to_do(*first);
  const bool done = passed == verdicts.size();
  fmt::print("{}  {}  {}  {}\n", step_name, coloured(done ? green : yellow, bar),
             say("{:>3} of {:<3}", passed, verdicts.size()), next);
  return done ? 0 : 1;
}

int print_cases() {
  std::vector<Verdict> cases;
  for (const testing::TestInfo* test : tests_here()) cases.push_back(not_run(name_of(*test)));
  fmt::print("{}\n", list_of_cases(cases));
  return 0;
}

}  // namespace lab

#include "testing/running/step_report.h"

#include <fmt/format.h>
#include <fnmatch.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "kit/error.h"
#include "testing/diagnosis/phrases.h"
#include "testing/running/case_process.h"
#include "testing/running/golden_test.h"
#include "testing/running/witnesses.h"

namespace lab {
namespace {

constexpr int most_hung = 3;  // cases of one suite; the rest of it is not run then

/// Runs the cases that --gtest_filter selects; only up to the first that fails, if that is enough.
std::vector<Result> run_selected(bool all_of_them = true) {
  Witnesses::shared();  // so that the children share what they find out
  const std::string filter = testing::GTEST_FLAG(filter);
  std::vector<Result> results;
  const testing::UnitTest& all = *testing::UnitTest::GetInstance();
  for (int i = 0; i < all.total_test_suite_count(); ++i) {
    const testing::TestSuite& suite = *all.GetTestSuite(i);
    int hung = 0;
    for (int j = 0; j < suite.total_test_count(); ++j) {
      const std::string name = std::string(suite.name()) + "." + suite.GetTestInfo(j)->name();
      if (fnmatch(filter.c_str(), name.c_str(), 0) != 0) continue;
      if (hung < most_hung) {
        results.push_back(run_case(name));
      } else {
        results.push_back(
            {name, false, true, purpose_line(name) + say("it was not run, since others did not end\n"), ""});
      }
      hung += results.back().hung ? 1 : 0;
      if (!results.back().passed && !all_of_them) return results;
    }
  }
  return results;
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

std::size_t count_passed(const std::vector<Result>& results) {
  return static_cast<std::size_t>(std::ranges::count_if(results, &Result::passed));
}

bool all_passed(const std::vector<Result>& results) {
  return !results.empty() && count_passed(results) == results.size();
}

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

/// What a failed case has in common with others that fail for the same reason: the line after its purpose, of
/// an exception, an overrun or a crash without what differs from case to case.
std::string verdict_of(const std::string& message) {
  const std::size_t purpose_end = message.find('\n');
  if (purpose_end == std::string::npos) return message;
  const std::size_t begin = purpose_end + 1;
  std::string verdict = message.substr(begin, message.find('\n', begin) - begin);
  const std::string by_another = word(on_the_same_model);
  if (const std::size_t elsewhere = verdict.find(by_another); elsewhere != std::string::npos)
    return verdict.substr(elsewhere + by_another.size());
  if (verdict.starts_with(say("it "))) return verdict.substr(0, verdict.find(say(":")));
  const PhraseName exception = "an exception came out: {}\n";
  const PhraseName overrun =
      "something was written outside of {} {}: before its first or after its last element\n";
  if (verdict.starts_with(exception.beginning()) || verdict.starts_with(overrun.beginning()))
    std::erase_if(verdict, [](char c) { return (c >= '0' && c <= '9') || c == ',' || c == ' '; });
  return verdict;
}

/// Failed cases of one verdict. One mistake fails many cases: the first is shown, the others are listed.
struct Kind {
  const Result* first;
  std::vector<std::string> others;
};

std::vector<Kind> kinds_of_failure(const std::vector<Result>& results) {
  std::vector<Kind> kinds;
  std::map<std::string, std::size_t> known;
  for (const Result& result : results) {
    if (result.passed || result.waits()) continue;
    const std::string verdict = verdict_of(result.message);
    const auto [kind, is_new] = known.emplace(verdict, kinds.size());
    if (is_new || verdict.empty()) {
      kinds.push_back({&result, {}});
    } else {
      kinds[kind->second].others.push_back(result.name);
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
std::string printed_in(const Result& result) {
  std::string text;
  std::size_t begin = 0;
  while (begin < std::min(result.output.size(), most_output)) {
    const std::size_t end = std::min(result.output.find('\n', begin), result.output.size());
    text +=
        "  | " + printable(std::string_view(result.output).substr(begin, end - begin), most_output) + "\n";
    begin = end + 1;
  }
  if (result.output.size() > most_output) text += "  | …\n";
  return text;
}

/// What a stub's exception says (kit/not_implemented.h), which is in English, as all exceptions are.
struct StubsLine {
  std::string function, file, section;
};

std::optional<StubsLine> stubs_line(const std::string& message) {
  constexpr std::string_view before_file = " is not written yet: write it in ";
  constexpr std::string_view before_section = "; read section ";
  const std::size_t file = message.find(before_file);
  const std::size_t section = message.rfind(before_section);
  if (file == std::string::npos || section == std::string::npos || section < file) return std::nullopt;
  const std::size_t file_begin = file + before_file.size();
  return StubsLine{message.substr(0, file), message.substr(file_begin, section - file_begin),
                   message.substr(section + before_section.size())};
}

std::string in_our_language(const std::string& message) {
  const auto stub = stubs_line(message);
  return stub ? say("{} is not written yet: write it in {}; read section {}", stub->function, stub->file,
                    stub->section)
              : message;
}

std::string what_to_write(const std::string& message) {
  const auto stub = stubs_line(message);
  return stub ? say("write {} (section {})", stub->function, stub->section) : message;
}

void print_report(const std::vector<Result>& results) {
  for (const Result& result : results) {
    if (result.passed && !result.output.empty())
      fmt::print("{} {}{}\n", coloured(green, "✓"), say("{} printed:\n", result.name), printed_in(result));
  }
  bool several_alike = false;
  const std::vector<Kind> failures = kinds_of_failure(results);
  for (const Kind& kind : failures) {
    std::string text = without_end(kind.first->message);
    if (!kind.others.empty()) text += "\n" + list_others(kind);
    fmt::print("{} {}\n{}\n", coloured(red, "✗"), kind.first->name, indented(text));
    if (!kind.first->output.empty()) fmt::print("{}{}", say("  it printed:\n"), printed_in(*kind.first));
    fmt::print("\n");
    several_alike = several_alike || !kind.others.empty();
  }
  std::vector<std::pair<std::string, std::size_t>> waiting;  // what is not written yet, and its cases
  for (const Result& result : results) {
    if (!result.waits()) continue;
    if (!waiting.empty() && waiting.back().first == result.message) {
      ++waiting.back().second;
    } else {
      waiting.emplace_back(result.message, 1);
    }
  }
  std::size_t waiting_cases = 0;
  for (const auto& [message, cases] : waiting) {
    waiting_cases += cases;
    if (!failures.empty()) continue;  // what fails comes first, and needs the room
    fmt::print("{} {}", coloured(yellow, "○"),
               cases == 1 ? say("{} (1 case)\n", in_our_language(message))
                          : say("{} ({} cases)\n", in_our_language(message), cases));
  }
  if (!waiting.empty() && failures.empty()) fmt::print("\n");
  if (several_alike)
    fmt::print("{}", say("One failure of each kind is shown; --filter NAME shows another.\n"));
  const std::size_t passed = count_passed(results);
  const std::string count = coloured(all_passed(results) ? green : red, std::to_string(passed));
  fmt::print("{}", say("{}: {} of {} passed", step_name, count, results.size()));
  if (waiting_cases > 0)
    fmt::print("{}", say(", {} wait for functions that are not written yet", waiting_cases));
  fmt::print("\n");
  if (results.empty()) fmt::print("{}", say("No case is named {}.\n", testing::GTEST_FLAG(filter)));
}

}  // namespace

int print_brief_report() {
  const std::vector<Result> results = run_selected();
  print_report(results);
  return all_passed(results) ? 0 : 1;
}

int print_report_if_passed() {
  const std::vector<Result> results = run_selected(false);
  if (!all_passed(results)) return 1;
  print_report(results);
  return 0;
}

int print_status() {
  const std::vector<Result> results = run_selected();
  const std::size_t passed = count_passed(results);
  constexpr std::size_t width = 16;
  const std::size_t filled = results.empty() ? 0 : passed * width / results.size();
  std::string bar;
  for (std::size_t i = 0; i < width; ++i) bar += i < filled ? "█" : "░";
  std::string next = say("done");
  for (const Result& result : results) {
    if (result.passed) continue;
    next = result.waits() ? what_to_write(result.message) : say("next: {} fails", result.name);
    break;
  }
  const bool done = passed == results.size();
  fmt::print("{}  {}  {}  {}\n", step_name, coloured(done ? green : yellow, bar),
             say("{:>3} of {:<3}", passed, results.size()), next);
  return done ? 0 : 1;
}

}  // namespace lab

#include "step_report.h"

#include <fmt/format.h>
#include <fnmatch.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "golden_test.h"
#include "run_tests.h"
#include "witnesses.h"

namespace lab {
namespace {

// A case takes milliseconds, under a sanitizer still under a second. Where one case never ended, others won't
// either, and nobody wants to wait for each.
constexpr int first_time_limit_ms = 30'000;
constexpr int later_time_limit_ms = 3'000;
constexpr std::string_view not_written = " is not written yet: ";

struct Result {
  std::string name;
  bool passed = false;
  std::string message;

  bool waits() const { return message.find(not_written) != std::string::npos; }
};

/// Sends the messages of failed assertions to the parent, which knows how to print them.
class MessageSender : public testing::EmptyTestEventListener {
 public:
  explicit MessageSender(int pipe) : pipe_(pipe) {}
  void OnTestPartResult(const testing::TestPartResult& result) override {
    if (!result.failed()) return;
    const std::string message = std::string(result.message()) + "\n";
    for (std::size_t sent = 0; sent < message.size();) {
      const ssize_t count = write(pipe_, message.data() + sent, message.size() - sent);
      if (count <= 0) return;
      sent += static_cast<std::size_t>(count);
    }
  }

 private:
  int pipe_;
};

[[noreturn]] void run_in_child(const std::string& name, int pipe) {
  auto& listeners = testing::UnitTest::GetInstance()->listeners();
  delete listeners.Release(listeners.default_result_printer());
  listeners.Append(new MessageSender(pipe));
  testing::GTEST_FLAG(filter) = name;
  const int code = run_tests();
  std::fflush(nullptr);
  _exit(code);
}

/// Reads until the child closes its end; false if it hasn't within the time limit.
bool read_all(int pipe, int time_limit_ms, std::string& text) {
  char buffer[4096];
  for (;;) {
    pollfd ready{pipe, POLLIN, 0};
    const int events = poll(&ready, 1, time_limit_ms);
    if (events < 0 && errno == EINTR) continue;
    if (events <= 0) return false;
    const ssize_t count = read(pipe, buffer, sizeof buffer);
    if (count <= 0) return true;
    text.append(buffer, static_cast<std::size_t>(count));
  }
}

/// A gMock message without what every failure of a golden case has in common.
std::string without_frame(const std::string& message) {
  if (const std::size_t waits = message.find(not_written); waits != std::string::npos) {
    const std::size_t begin = message.find_last_of(" \n\"", waits - 1) + 1;
    return message.substr(begin, message.find_first_of("\"\n", begin) - begin);
  }
  const std::size_t mismatch = message.find(mismatch_follows);
  const std::size_t purpose = message.find("Actual: ");
  if (mismatch == std::string::npos || purpose == std::string::npos) return message;
  const std::string text = message.substr(mismatch + mismatch_follows.size());
  const std::size_t begin = purpose + std::strlen("Actual: ");
  const std::size_t end = std::min(mismatch, message.find(" (of type ", begin));  // GoogleTest names the type
  return fmt::format("{}\n{}", message.substr(begin, end - begin), text);
}

Result run_case(const std::string& name) {
  static int time_limit_ms = first_time_limit_ms;
  int ends[2];
  if (pipe(ends) != 0) {
    std::perror("pipe");
    std::exit(1);
  }
  std::fflush(nullptr);
  const pid_t child = fork();
  if (child == 0) {
    close(ends[0]);
    run_in_child(name, ends[1]);
  }
  close(ends[1]);
  Result result{name, false, ""};
  const bool ended = read_all(ends[0], time_limit_ms, result.message);
  if (!ended) kill(child, SIGKILL);
  close(ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  result.message = without_frame(result.message);
  if (!ended) {
    result.message =
        fmt::format("it didn't end within {} seconds: is there an endless loop?\n", time_limit_ms / 1000);
    time_limit_ms = later_time_limit_ms;
  } else if (WIFSIGNALED(status)) {
    result.message +=
        fmt::format("it crashed ({}): look where with ./lab debug {}\n", strsignal(WTERMSIG(status)), name);
  } else {
    result.passed = WEXITSTATUS(status) == 0;
  }
  return result;
}

std::vector<Result> run_selected() {
  Witnesses::shared();  // so that the children share what they find out
  const std::string filter = testing::GTEST_FLAG(filter);
  std::vector<Result> results;
  const testing::UnitTest& all = *testing::UnitTest::GetInstance();
  for (int i = 0; i < all.total_test_suite_count(); ++i) {
    const testing::TestSuite& suite = *all.GetTestSuite(i);
    for (int j = 0; j < suite.total_test_count(); ++j) {
      const std::string name = std::string(suite.name()) + "." + suite.GetTestInfo(j)->name();
      if (fnmatch(filter.c_str(), name.c_str(), 0) == 0) results.push_back(run_case(name));
    }
  }
  return results;
}

/// Text in a colour, if somebody looks at it who wants that.
std::string coloured(const char* code, const std::string& text) {
  static const bool wanted = isatty(STDOUT_FILENO) && std::getenv("NO_COLOR") == nullptr;
  return wanted ? fmt::format("\033[{}m{}\033[0m", code, text) : text;
}

constexpr const char* red = "31";
constexpr const char* green = "32";
constexpr const char* yellow = "33";

std::size_t count_passed(const std::vector<Result>& results) {
  return static_cast<std::size_t>(std::ranges::count_if(results, &Result::passed));
}

/// Without the line ends after the last line.
std::string indented(const std::string& text) {
  std::string result = "  ";
  for (const char c : text.substr(0, text.find_last_not_of('\n') + 1)) {
    result += c;
    if (c == '\n') result += "  ";
  }
  return result;
}

/// The message of a failed case; of one whose verdict another case had before, what it is for and which that
/// was: one mistake fails many cases.
std::string shortened(const Result& result, std::map<std::string, std::string>& first_with_verdict) {
  const std::size_t purpose_end = result.message.find('\n');
  if (purpose_end == std::string::npos) return result.message;
  const std::size_t verdict_end = result.message.find('\n', purpose_end + 1);
  const std::string verdict = result.message.substr(purpose_end + 1, verdict_end - purpose_end - 1);
  const auto [first, is_new] = first_with_verdict.emplace(verdict, result.name);
  if (is_new || verdict.empty()) return result.message;
  return fmt::format("{}\nThe same as in {}.", result.message.substr(0, purpose_end), first->second);
}

}  // namespace

int print_brief_report() {
  const std::vector<Result> results = run_selected();
  std::map<std::string, std::string> first_with_verdict;
  std::vector<std::pair<std::string, std::size_t>> waiting;  // what is not written yet, and its cases
  for (const Result& result : results) {
    if (result.passed) continue;
    if (!result.waits()) {
      fmt::print("{} {}\n{}\n\n", coloured(red, "✗"), result.name,
                 indented(shortened(result, first_with_verdict)));
    } else if (!waiting.empty() && waiting.back().first == result.message) {
      ++waiting.back().second;
    } else {
      waiting.emplace_back(result.message, 1);
    }
  }
  std::size_t waiting_cases = 0;
  for (const auto& [message, cases] : waiting) {
    fmt::print("{} {} ({} case{})\n", coloured(yellow, "○"), message, cases, cases == 1 ? "" : "s");
    waiting_cases += cases;
  }
  const std::size_t passed = count_passed(results);
  const bool all_passed = !results.empty() && passed == results.size();
  fmt::print("{}{}: {} of {} passed", waiting.empty() ? "" : "\n", step_name,
             coloured(all_passed ? green : red, std::to_string(passed)), results.size());
  if (waiting_cases > 0) fmt::print(", {} wait for functions that are not written yet", waiting_cases);
  fmt::print("\n");
  if (results.empty()) fmt::print("No case is named {}.\n", testing::GTEST_FLAG(filter));
  return all_passed ? 0 : 1;
}

int print_status() {
  const std::vector<Result> results = run_selected();
  const std::size_t passed = count_passed(results);
  constexpr std::size_t width = 24;
  const std::size_t filled = results.empty() ? 0 : passed * width / results.size();
  std::string bar;
  for (std::size_t i = 0; i < width; ++i) bar += i < filled ? "█" : "░";
  std::string next = "done";
  for (const Result& result : results) {
    if (result.passed) continue;
    next = result.waits() ? result.message : fmt::format("next: {} fails", result.name);
    break;
  }
  const bool done = passed == results.size();
  fmt::print("{}  {}  {:>3} of {:<3}  {}\n", step_name, coloured(done ? green : yellow, bar), passed,
             results.size(), next);
  return done ? 0 : 1;
}

}  // namespace lab

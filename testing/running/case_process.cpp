#include "testing/running/case_process.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "testing/diagnosis/phrases.h"
#include "testing/running/golden_test.h"
#include "testing/running/run_tests.h"

namespace lab {
namespace {

// A case takes milliseconds, under a sanitizer still under a second. Where one case never ended, others won't
// either, and nobody wants to wait for each. Time is the processor's, which a busy machine doesn't take away;
// that of the clock is for a case that sleeps.
constexpr rlim_t first_time_limit_s = 5;
constexpr rlim_t later_time_limit_s = 1;
constexpr int most_clock_time_ms = 60'000;
constexpr std::size_t endless_output = 1'000'000;  // nobody prints so much and means it
constexpr char at_end = '\x04';                    // the last byte of a case that came to its end

bool write_all(int pipe, std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = write(pipe, text.data(), text.size());
    if (count <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

/// Sends the messages of failed assertions to the parent, which knows how to print them.
class MessageSender : public testing::EmptyTestEventListener {
 public:
  explicit MessageSender(int pipe) : pipe_(pipe) {}
  void OnTestPartResult(const testing::TestPartResult& result) override {
    if (result.failed()) write_all(pipe_, std::string(result.message()) + "\n");
  }

 private:
  int pipe_;
};

[[noreturn]] void run_in_child(const std::string& name, rlim_t time_limit_s, int messages, int output) {
  dup2(output, STDOUT_FILENO);
  dup2(output, STDERR_FILENO);
  std::setvbuf(stdout, nullptr, _IOLBF, 0);  // as on a terminal: what was printed before a crash is shown
  const rlimit limit{time_limit_s, time_limit_s + 1};
  setrlimit(RLIMIT_CPU, &limit);
  auto& listeners = testing::UnitTest::GetInstance()->listeners();
  delete listeners.Release(listeners.default_result_printer());
  listeners.Append(new MessageSender(messages));
  testing::GTEST_FLAG(filter) = name;
  const int code = run_tests();
  write_all(messages, std::string_view(&at_end, 1));
  std::fflush(nullptr);
  _exit(code);
}

/// Reads both pipes until the child closes its ends; false if it hasn't within the time limit or prints
/// without end.
bool read_all(int messages, int output, Result& result) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(most_clock_time_ms);
  std::array<pollfd, 2> ready{{{messages, POLLIN, 0}, {output, POLLIN, 0}}};
  std::size_t printed = 0;
  char buffer[4096];
  while (ready[0].fd >= 0 || ready[1].fd >= 0) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
    const int events =
        left.count() <= 0 ? 0 : poll(ready.data(), ready.size(), static_cast<int>(left.count()));
    if (events < 0 && errno == EINTR) continue;
    if (events <= 0 || printed > endless_output) return false;
    for (pollfd& each : ready) {
      if (each.fd < 0 || each.revents == 0) continue;
      const ssize_t count = read(each.fd, buffer, sizeof buffer);
      if (count <= 0) {
        each.fd = -1;  // poll passes over it
      } else if (each.fd == messages) {
        result.message.append(buffer, static_cast<std::size_t>(count));
      } else {
        printed += static_cast<std::size_t>(count);
        if (result.output.size() <= most_output)
          result.output.append(buffer, static_cast<std::size_t>(count));
      }
    }
  }
  return true;
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

}  // namespace

std::string purpose_line(const std::string& name) {
  for (const Case& golden_case : golden_file().cases()) {
    if (golden_case.name() == name) return golden_case.purpose() + "\n";
  }
  return "";
}

Result run_case(const std::string& name) {
  static rlim_t time_limit_s = first_time_limit_s;
  int messages[2];
  int output[2];
  if (pipe(messages) != 0 || pipe(output) != 0) {
    std::perror("pipe");
    std::exit(1);
  }
  std::fflush(nullptr);
  const pid_t child = fork();
  if (child < 0) {
    std::perror("fork");
    std::exit(1);
  }
  if (child == 0) {
    close(messages[0]);
    close(output[0]);
    run_in_child(name, time_limit_s, messages[1], output[1]);
  }
  close(messages[1]);
  close(output[1]);
  Result result{name, false, false, "", ""};
  const bool closed = read_all(messages[0], output[0], result);
  if (!closed) kill(child, SIGKILL);
  close(messages[0]);
  close(output[0]);
  int status = 0;
  waitpid(child, &status, 0);
  if (result.message.ends_with(at_end)) {
    result.message.pop_back();
    result.message = without_frame(result.message);
    result.passed = WIFEXITED(status) && WEXITSTATUS(status) == 0;
  } else if (!closed || (WIFSIGNALED(status) && WTERMSIG(status) == SIGXCPU)) {
    time_limit_s = later_time_limit_s;
    result.hung = true;
    result.message =
        purpose_line(name) +
        say("it didn't end: is there an endless loop? See where: ./lab debug {}, then Ctrl-C\n", name);
  } else if (WIFSIGNALED(status)) {
    const std::string signal = strsignal(WTERMSIG(status));
    result.message =
        purpose_line(name) + say("it crashed ({}): look where with ./lab debug {}\n", signal, name);
  } else {
    result.message =
        purpose_line(name) +
        say("it ended the program, with exit code {}: a function returns or throws, and calls no exit\n",
            WEXITSTATUS(status));
  }
  return result;
}

}  // namespace lab

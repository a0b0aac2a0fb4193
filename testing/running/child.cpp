#include "testing/running/child.h"

#include <poll.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>

#include "kit/error.h"

namespace lab {
namespace {

constexpr std::size_t endless_output = 1'000'000;  // nobody prints so much and means it
constexpr int returned_code = 87;                  // no code that a student's exit() is likely to have

}  // namespace

Pipe::Pipe() {
  int ends[2];
  if (pipe(ends) != 0) throw Error("no pipe can be opened");
  read_end = ends[0];
  write_end = ends[1];
}

void begin_time_limit(const TimeLimit& limit) {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  rlimit now{};
  getrlimit(RLIMIT_CPU, &now);
  const auto spent = static_cast<rlim_t>(used.ru_utime.tv_sec + used.ru_stime.tv_sec);
  now.rlim_cur = std::min(spent + limit.cpu_s, now.rlim_max);
  setrlimit(RLIMIT_CPU, &now);
}

Child::Child(const TimeLimit& limit, const std::function<void(int pipe)>& body)
    : limit_(limit), deadline_(Clock::now() + std::chrono::seconds(limit.clock_s)) {
  const Pipe told;
  const Pipe printed;
  std::fflush(nullptr);
  id_ = fork();
  if (id_ < 0) throw Error("no process can be started");
  if (id_ == 0) {
    close(told.read_end);
    close(printed.read_end);
    dup2(printed.write_end, STDOUT_FILENO);
    dup2(printed.write_end, STDERR_FILENO);
    close(printed.write_end);
    std::setvbuf(stdout, nullptr, _IOLBF, 0);  // as on a terminal: what was printed before a crash is shown
    begin_time_limit(limit);
    try {
      body(told.write_end);
    } catch (...) {  // else it would go on as a second test program
    }
    std::fflush(nullptr);
    _exit(returned_code);
  }
  close(told.write_end);
  close(printed.write_end);
  telling_ = told.read_end;
  printing_ = printed.read_end;
}

Child::~Child() {
  if (id_ > 0) {
    kill(id_, SIGKILL);
    waitpid(id_, nullptr, 0);
  }
  for (const int end : {telling_, printing_}) {
    if (end >= 0) close(end);
  }
}

bool Child::read_some() {
  if (telling_ < 0 && printing_ < 0) return false;
  std::array<pollfd, 2> ready{{{telling_, POLLIN, 0}, {printing_, POLLIN, 0}}};  // poll passes over -1
  int events = 0;
  do {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline_ - Clock::now());
    events = poll(ready.data(), ready.size(), static_cast<int>(std::max<long long>(left.count(), 0)));
  } while (events < 0 && errno == EINTR);
  over_limit_ = events <= 0;
  if (over_limit_) return false;
  std::array<char, 4096> buffer;
  for (const pollfd& each : ready) {
    if (each.fd < 0 || each.revents == 0) continue;
    const ssize_t count = read(each.fd, buffer.data(), buffer.size());
    const auto size = static_cast<std::size_t>(std::max<ssize_t>(count, 0));
    if (count <= 0) {
      close(each.fd);
      (each.fd == telling_ ? telling_ : printing_) = -1;
    } else if (each.fd == telling_) {
      told_.append(buffer.data(), size);
      deadline_ = Clock::now() + std::chrono::seconds(limit_.clock_s);
    } else {
      printed_count_ += size;
      if (printed_.size() <= most_output) printed_.append(buffer.data(), size);
    }
  }
  over_limit_ = printed_count_ > endless_output;
  return !over_limit_;
}

Child::End Child::wait() {
  while (read_some()) {
  }
  if (over_limit_) kill(id_, SIGKILL);
  int status = 0;
  waitpid(id_, &status, 0);
  id_ = -1;
  if (over_limit_ || (WIFSIGNALED(status) && WTERMSIG(status) == SIGXCPU)) return End::hung;
  code_ = WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status);
  if (WIFSIGNALED(status)) return End::crashed;
  return code_ == returned_code ? End::returned : End::exited;
}

}  // namespace lab

#include "grading/calls/stand_in_worker.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>

#include "grading/sandbox/policy.h"
#include "testing/golden/outcome.h"

namespace lab {
namespace {

constexpr int request_fd = 3;
constexpr int answer_fd = 4;
constexpr int moment_ms = 500;

[[noreturn]] void end_program(const std::string& reason) {
  std::fprintf(stderr, "%s\n", reason.c_str());
  std::exit(1);
}

/// Two ends that no other program inherits.
struct Pipe {
  int read_end, write_end;
  Pipe() {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) end_program("no pipe can be opened for a worker");
    // Above all numbers that a worker's own files get, so that none is overwritten before it was copied.
    read_end = fcntl(ends[0], F_DUPFD_CLOEXEC, 10);
    write_end = fcntl(ends[1], F_DUPFD_CLOEXEC, 10);
    close(ends[0]);
    close(ends[1]);
  }
};

/// What a forked child does until the worker's program takes over; nothing here may allocate.
[[noreturn]] void become(char* const* command, int requests, int answers, int failure, pid_t parent) {
  static char path[] = "PATH=/usr/bin:/bin";
  char* environment[] = {path, nullptr};
  setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  const int nothing = open("/dev/null", O_RDONLY);
  if (getppid() == parent && dup2(nothing, STDIN_FILENO) >= 0 && dup2(STDERR_FILENO, STDOUT_FILENO) >= 0 &&
      dup2(requests, request_fd) >= 0 && dup2(answers, answer_fd) >= 0 && dup3(failure, 5, O_CLOEXEC) >= 0) {
    close_range(6, ~0U, 0);
    signal(SIGPIPE, SIG_DFL);
    execve(command[0], command, environment);
  }
  const int error = errno;
  [[maybe_unused]] const ssize_t told = write(5, &error, sizeof error);
  _exit(127);
}

/// As sandbox::limit_ends has them.
constexpr const char* limits_reached[] = {
    "the worker used more processor time than a step may (step_s): is there an endless loop?",
    "the worker took longer than a step may (step_s): is there an endless loop?",
    "the worker used more memory than it may (worker_memory_mb): allocate less, and free it",
    "the worker had more processes and threads than it may (worker_processes): start fewer",
    "the worker wrote more than it may: print less",
};

std::string describe_end(int status) {
  int signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
  const int code = WIFEXITED(status) ? WEXITSTATUS(status) : 0;
  if (std::getenv("LAB_SANDBOXED") != nullptr) {  // the command is one, and what runs in it can't kill it
    if (signal != 0) return fmt::format("the worker was killed from outside by signal {}", signal);
    const int limit = code - sandbox::first_limit;
    if (limit >= 0 && limit < static_cast<int>(std::size(limits_reached))) return limits_reached[limit];
  }
  if (code == wire::no_more_threads)
    return "the worker could start no more threads (worker_processes): start fewer, and join them";
  if (code > 128 && code < 128 + NSIG) signal = code - 128;  // as a shell or a sandbox around it tells
  if (signal != 0) return fmt::format("the worker was killed by signal {} ({})", signal, strsignal(signal));
  return fmt::format("the worker ended with exit status {} before it answered", code);
}

}  // namespace

std::vector<std::string> read_worker_command(const std::filesystem::path& file) {
  std::ifstream lines(file);
  std::vector<std::string> command;
  for (std::string line; std::getline(lines, line);) {
    if (!line.empty()) command.push_back(line);
  }
  if (command.empty())
    end_program(
        fmt::format("LAB_WORKER must name a file with a worker's command, one argument a line; {} has none",
                    file.empty() ? "it" : file.string()));
  return command;
}

WorkerProcess::WorkerProcess(const std::vector<std::string>& command) : owner_(getpid()) {
  std::signal(SIGPIPE, SIG_IGN);
  const Pipe requests, answers, failure;
  std::vector<char*> arguments;
  for (const std::string& argument : command) arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);

  std::fflush(nullptr);
  id_ = fork();
  if (id_ < 0) end_program("no process can be started for a worker");
  if (id_ == 0) become(arguments.data(), requests.read_end, answers.write_end, failure.write_end, owner_);
  setpgid(id_, id_);  // whoever comes first
  end_of_process_ = static_cast<int>(syscall(SYS_pidfd_open, id_, 0));
  close(requests.read_end);
  close(answers.write_end);
  close(failure.write_end);
  requests_ = requests.write_end;
  answers_ = answers.read_end;
  for (const int end : {requests_, answers_}) fcntl(end, F_SETFL, O_NONBLOCK);

  int error = 0;
  if (read(failure.read_end, &error, sizeof error) == sizeof error)
    end_program(fmt::format("the worker {} can't be started: {}", command[0], std::strerror(error)));
  close(failure.read_end);
}

WorkerProcess::~WorkerProcess() {
  close_pipes();
  if (!is_ours() || !alive()) return;
  ends_in_a_moment();
  kill_group();
}

bool WorkerProcess::is_ours() const { return owner_ == getpid(); }

void WorkerProcess::send(const wire::Frame& frame, Deadline deadline) {
  wire::Writer header;
  header.put(wire::Header{frame.body.size(), frame.kind});
  for (std::string_view left : {std::string_view(header.bytes()), std::string_view(frame.body)}) {
    while (!left.empty()) {
      const ssize_t count = write(requests_, left.data(), left.size());
      if (count > 0) {
        left.remove_prefix(static_cast<std::size_t>(count));
      } else if (errno == EAGAIN) {
        wait_for(requests_, POLLOUT, deadline);
      } else if (errno != EINTR) {
        it_has_ended();
      }
    }
  }
}

wire::Frame WorkerProcess::receive(std::size_t limit, Deadline deadline) {
  try {
    std::string bytes(wire::Header::size, '\0');
    read_exactly(bytes.data(), bytes.size(), deadline);
    const wire::Header header = wire::read<wire::Header>(bytes);
    if (header.length > limit)
      give_up(fmt::format("the worker answered with more than the {} bytes that there can be", limit));
    wire::Frame frame{header.kind, std::string(header.length, '\0')};
    read_exactly(frame.body.data(), frame.body.size(), deadline);
    return frame;
  } catch (const wire::BadMessage& problem) {
    give_up(fmt::format("the worker sent {}", problem.what()));
  }
}

void WorkerProcess::read_exactly(char* to, std::size_t count, Deadline deadline) {
  while (count > 0) {
    const ssize_t got = read(answers_, to, count);
    if (got > 0) {
      to += got;
      count -= static_cast<std::size_t>(got);
    } else if (got < 0 && errno == EAGAIN) {
      wait_for(answers_, POLLIN, deadline);
    } else if (got == 0 || errno != EINTR) {
      it_has_ended();
    }
  }
}

void WorkerProcess::wait_for(int pipe, short event, Deadline deadline) {
  const auto left =
      std::chrono::ceil<std::chrono::milliseconds>(deadline.end - std::chrono::steady_clock::now());
  // A process that it has started may hold the pipe open, so its own end is watched as well.
  pollfd ready[2]{{pipe, event, 0}, {end_of_process_, POLLIN, 0}};
  const int events = left.count() <= 0 ? 0 : poll(ready, 2, static_cast<int>(left.count()));
  if (events == 0) {
    give_up(fmt::format("the call didn't end within {:.3g} seconds: is there an endless loop?",
                        deadline.allowed.count()));
  }
  if (events > 0 && ready[0].revents == 0) it_has_ended();
}

void WorkerProcess::give_up(const std::string& reason) {
  close_pipes();
  if (alive()) kill_group();
  throw CallLost(reason);
}

void WorkerProcess::it_has_ended() {
  // Its end of the pipe is closed, but it may still be on its way out, or alive on purpose.
  if (!ends_in_a_moment()) give_up("the worker closed its end of the connection");
  close_pipes();
  throw CallLost(describe_end(kill_group()));
}

bool WorkerProcess::ends_in_a_moment() const {
  for (int waited = 0; waited < moment_ms; ++waited) {
    siginfo_t ended{};
    waitid(P_PID, static_cast<id_t>(id_), &ended, WEXITED | WNOHANG | WNOWAIT);
    if (ended.si_pid == id_) return true;
    poll(nullptr, 0, 1);
  }
  return false;
}

/// The process's own status, for it is not reaped before: nobody else can have its id.
int WorkerProcess::kill_group() {
  kill(-id_, SIGKILL);
  int status = 0;
  while (waitpid(id_, &status, 0) < 0 && errno == EINTR) continue;
  id_ = -1;
  return status;
}

void WorkerProcess::close_pipes() {
  for (int* pipe : {&requests_, &answers_, &end_of_process_}) {
    if (*pipe >= 0) close(*pipe);
    *pipe = -1;
  }
}

}  // namespace lab

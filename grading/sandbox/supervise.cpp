#include "grading/sandbox/supervise.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <set>

#include "grading/sandbox/enter.h"
#include "grading/sandbox/processes.h"
#include "kit/error.h"
#include "testing/running/pipe.h"

namespace lab::sandbox {
namespace {

using Clock = std::chrono::steady_clock;

struct Pipe {
  int read_end = -1;
  int write_end = -1;

  Pipe() {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) throw Error("sandbox: pipe: {}", std::strerror(errno));
    read_end = ends[0];
    write_end = ends[1];
    fcntl(read_end, F_SETFL, O_NONBLOCK);
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  ~Pipe() {
    close(read_end);
    close_write_end();
  }
  void close_write_end() {
    if (write_end >= 0) close(write_end);
    write_end = -1;
  }
};

/// Bubblewrap would make these for root only. Sorted, so a folder stands before those in it.
std::set<std::string> folders_above(const Policy& policy) {
  std::set<std::string> folders;
  const std::vector<std::string> programs = {policy.command[0], self()};
  for (const std::vector<std::string>* paths : {&policy.read, &policy.write, &programs}) {
    for (std::filesystem::path path : *paths) {
      while (path.has_relative_path() && path.parent_path() != "/") {
        path = path.parent_path();
        folders.insert(path);
      }
    }
  }
  for (const std::string& path : system_paths()) folders.erase(path);
  return folders;
}

bool lies_in_any(const std::string& path, const std::vector<std::string>& folders) {
  return std::ranges::any_of(folders, [&](const std::string& folder) { return lies_in(path, folder); });
}

std::vector<std::string> bubblewrap(const Policy& policy, const std::vector<std::string>& arguments) {
  std::vector<std::string> words = {"bwrap",      "--die-with-parent", "--new-session",
                                    "--clearenv", "--cap-drop",        "ALL"};
  const auto add = [&](std::initializer_list<std::string> more) { words.insert(words.end(), more); };
  if (policy.uid) {  // root makes the namespaces, then `enter` becomes that user: nobody is root in there
    add({"--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts", "--unshare-cgroup-try"});
    add({"--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"});
  } else {
    add({"--unshare-all"});
  }
  add({"--dev", "/dev"});
  const std::set<std::string> folders = folders_above(policy);
  for (const std::string& folder : folders) add({"--perms", "0755", "--dir", folder});
  for (const std::string& path : system_paths()) add({"--ro-bind", path, path});
  const std::vector<std::string> hidden = secrets_in_system(policy);
  for (const std::string& path : hidden) {
    if (std::filesystem::is_directory(path)) {
      add({"--perms", "0755", "--tmpfs", path});
    } else if (std::filesystem::exists(path)) {
      add({"--ro-bind", "/dev/null", path});
    }
  }
  for (const std::string& folder : folders) {
    if (lies_in_any(folder, hidden)) add({"--perms", "0755", "--dir", folder});
  }
  for (const std::string& path : policy.read) {
    if (path == "/proc") {
      add({"--proc", path});
    } else {
      add({"--ro-bind", path, path});
    }
  }
  for (const std::string& path : {policy.command[0], self()}) {
    const bool seen = lies_in_any(path, system_paths()) && !lies_in_any(path, hidden);
    if (!seen && !lies_in_any(path, policy.read)) add({"--ro-bind", path, path});
  }
  for (const std::string& path : policy.write) add({"--bind", path, path});
  for (const std::string& path : hidden) {
    if (std::filesystem::is_directory(path)) add({"--remount-ro", path});
  }
  add({"--remount-ro", "/", "--", self(), "--inside", policy.uid ? std::to_string(*policy.uid) : "own",
       std::to_string(policy.tasks_before)});
  words.insert(words.end(), arguments.begin(), arguments.end());
  return words;
}

[[noreturn]] void child(const Policy& policy, const std::vector<std::string>& arguments, pid_t supervisor,
                        std::array<int, 3> pipes) {
  const int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
  dup2(nothing, STDIN_FILENO);
  const int nowhere = policy.output_bytes == 0 ? open("/dev/null", O_WRONLY | O_CLOEXEC) : -1;
  dup2(nowhere >= 0 ? nowhere : pipes[0], STDOUT_FILENO);
  dup2(nowhere >= 0 ? nowhere : pipes[1], STDERR_FILENO);
  dup2(pipes[2], report_fd);
  if (policy.tier != Tier::namespaces) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != supervisor) _exit(125);
    enter(policy);
  }
  const std::vector<std::string> words = bubblewrap(policy, arguments);
  std::vector<char*> argv;
  for (const std::string& word : words) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  execvp("bwrap", argv.data());
  const std::string problem = std::string("sandbox: bwrap: ") + std::strerror(errno);
  write_all(report_fd, problem);
  _exit(125);
}

/// One run: the pipes of the command and the limits that only somebody outside can hold it to.
class Run {
 public:
  Run(const Policy& policy, const std::vector<std::string>& arguments) : policy_(policy) {
    sigset_t awaited;
    sigemptyset(&awaited);
    for (int number : {SIGCHLD, SIGTERM, SIGINT, SIGHUP}) sigaddset(&awaited, number);
    sigprocmask(SIG_BLOCK, &awaited, nullptr);
    signals_ = signalfd(-1, &awaited, SFD_CLOEXEC | SFD_NONBLOCK);
    const pid_t self_pid = getpid();
    reaped_.command = fork();
    if (reaped_.command < 0) throw Error("sandbox: fork: {}", std::strerror(errno));
    if (reaped_.command == 0) {
      child(policy, arguments, self_pid, {out_.write_end, err_.write_end, report_.write_end});
    }
    for (Pipe* pipe : {&out_, &err_, &report_}) pipe->close_write_end();
  }
  ~Run() { close(signals_); }
  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;

  Outcome to_the_end() {
    while (!reaped_.command_status && outcome_.end.empty()) step();
    const bool clean = reaped_.kill_all();
    outcome_.wall_seconds = elapsed();
    while (forward(out_, STDOUT_FILENO) || forward(err_, STDERR_FILENO)) {
    }
    outcome_.cpu_seconds = reaped_.cpu_seconds;
    outcome_.max_rss_kib = std::max(outcome_.max_rss_kib, reaped_.max_rss_kib);
    outcome_.kernel_kills = killed_by_kernel(policy_.kernel_counts) - kills_before_;
    judge();
    if (!clean) fail("sandbox: a process of the command can't be killed");
    return outcome_;
  }

 private:
  void step() {
    const int tick =
        policy_.no_exec ? 250 : 50;  // one process can't exceed its own limits, so it needs less care
    pollfd polled[] = {{out_.read_end, POLLIN, 0}, {err_.read_end, POLLIN, 0}, {signals_, POLLIN, 0}};
    for (int i = 0; i < 2; ++i) {
      if (closed_[i]) polled[i].fd = -1;
    }
    const double left = policy_.wall_seconds - elapsed();
    poll(polled, 3, std::clamp(static_cast<int>(left * 1000) + 1, 0, tick));
    if (polled[0].revents) closed_[0] = !forward(out_, STDOUT_FILENO) && (polled[0].revents & POLLHUP);
    if (polled[1].revents) closed_[1] = !forward(err_, STDERR_FILENO) && (polled[1].revents & POLLHUP);
    signalfd_siginfo info{};
    while (read(signals_, &info, sizeof info) == sizeof info) {
      if (info.ssi_signo != SIGCHLD) end("stopped");
    }
    reaped_.reap();
    if (elapsed() >= policy_.wall_seconds) end("wall");
    if (Clock::now() >= next_look_) look();
  }

  void look() {
    next_look_ = Clock::now() + std::chrono::milliseconds(policy_.no_exec ? 250 : 50);
    const Usage usage = usage_of_descendants();
    // Bubblewrap itself is two processes.
    const std::uint64_t helpers = policy_.tier == Tier::namespaces ? 2 : 0;
    outcome_.max_rss_kib = std::max(outcome_.max_rss_kib, usage.rss_kib);
    if (usage.rss_kib / 1024 > static_cast<long>(policy_.memory_mb)) end("memory");
    if (usage.tasks > policy_.processes + helpers) end("processes");
    if (usage.cpu_seconds + reaped_.cpu_seconds > policy_.cpu_seconds) end("cpu");
  }

  /// Passes on what there is; whether there was something.
  bool forward(Pipe& pipe, int to) {
    char buffer[1 << 16];
    const ssize_t size = read(pipe.read_end, buffer, sizeof buffer);
    if (size <= 0) return false;
    const std::uint64_t allowed =
        std::min<std::uint64_t>(policy_.output_bytes - output_, static_cast<std::uint64_t>(size));
    write_all(to, {buffer, allowed});  // if nobody reads it, the command goes on all the same
    output_ += allowed;
    if (allowed < static_cast<std::uint64_t>(size)) {
      end("output");
      return false;
    }
    return true;
  }

  /// The command's own end, unless we ended it; and whether it ever began.
  void judge() {
    char buffer[4096];
    const ssize_t size = read(report_.read_end, buffer, sizeof buffer);
    const std::string report(buffer, static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
    if (outcome_.end == "stopped") return;
    if (report.empty() || report[0] != '+')
      return fail(report.empty() ? "sandbox: it could not be set up" : report);
    if (report.starts_with("+!")) {
      outcome_.end = "not_started";
      outcome_.message = report.substr(2);
      return;
    }
    if (report.size() > 1) return fail(report.substr(1));
    const int status = reaped_.command_status.value_or(0);
    const int exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 0;
    const bool relayed =
        policy_.tier == Tier::namespaces && exit_code > 128;  // bubblewrap's word for a signal
    const int signal = WIFSIGNALED(status) ? WTERMSIG(status) : relayed ? exit_code - 128 : 0;
    if (!outcome_.end.empty()) {
      outcome_.code = SIGKILL;
    } else if (signal == 0) {
      outcome_.end = "exit";
      outcome_.code = exit_code;
    } else {
      const bool cpu =
          (signal == SIGKILL || signal == SIGXCPU) && outcome_.cpu_seconds > policy_.cpu_seconds - 0.5;
      const bool outside = signal == SIGKILL && outcome_.kernel_kills > 0;
      outcome_.end = cpu ? "cpu" : outside ? "outside" : "signal";
      outcome_.code = signal;
    }
  }

  void end(const char* reason) {
    if (outcome_.end.empty()) outcome_.end = reason;
  }

  void fail(const std::string& message) {
    outcome_.end = "failed";
    outcome_.message = message;
  }

  double elapsed() const { return std::chrono::duration<double>(Clock::now() - start_).count(); }

  const Policy& policy_;
  Pipe out_, err_, report_;
  bool closed_[2] = {false, false};
  int signals_ = -1;
  const std::uint64_t kills_before_ = killed_by_kernel(policy_.kernel_counts);
  Clock::time_point start_ = Clock::now();
  Clock::time_point next_look_ = start_;
  std::uint64_t output_ = 0;
  Reaped reaped_;
  Outcome outcome_;
};

void prepare(Policy& policy) {
  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = std::max<rlim_t>(files.rlim_cur, program_fd + 1);
  if (setrlimit(RLIMIT_NOFILE, &files) != 0) {
    throw Error("sandbox: expected that {} files may be open, found a limit of {} (ulimit -n)",
                program_fd + 1, files.rlim_max);
  }
  signal(SIGPIPE, SIG_IGN);
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  if (!policy.uid) policy.tasks_before = tasks_of(getuid());
  if (!policy.uid) return;
  for (const std::string& path : policy.write) {
    if (chown(path.c_str(), *policy.uid, policy.gid.value_or(*policy.uid)) != 0) {
      throw Error("sandbox: {}: {}", printable(path), std::strerror(errno));
    }
  }
}

}  // namespace

Outcome supervise(const Policy& asked, const std::vector<std::string>& arguments) {
  Policy policy = asked;
  prepare(policy);
  return Run(policy, arguments).to_the_end();
}

}  // namespace lab::sandbox

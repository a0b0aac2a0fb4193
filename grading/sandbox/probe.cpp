#include "grading/sandbox/probe.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "grading/sandbox/supervise.h"
#include "kit/error.h"

/// Whether a tier holds is found out by trying to break out of it, never by a version.
namespace lab::sandbox {
namespace {

/// Bits of the exit status of the probe inside.
constexpr const char* escapes[] = {
    "a secret file could be read",      "a file could be written outside",
    "a network socket could be opened", "a local socket could be opened",
    "another process could be reached", "a file system could be mounted or a namespace made",
};

bool opens(const std::string& path, int flags) { return open(path.c_str(), flags | O_CLOEXEC, 0600) >= 0; }

/// A process that outlives its parent, its session and, if it can, the sandbox. It holds `fd` open.
void leave_a_daemon(int fd) {
  if (fork() == 0) {
    setsid();
    if (fork() == 0) {
      for (int number : {SIGTERM, SIGHUP, SIGINT}) signal(number, SIG_IGN);
      for (;;) pause();
    }
    _exit(0);
  }
  close(fd);
}

}  // namespace

int try_to_escape(const std::vector<std::string>& arguments) {
  const std::string& canary = arguments.at(0);
  const std::string& process = arguments.at(1);
  const auto pid = static_cast<pid_t>(std::stol(process));
  bool open_ways[std::size(escapes)] = {};
  open_ways[0] = opens(canary, O_RDONLY);
  open_ways[1] = opens(canary + ".new", O_WRONLY | O_CREAT);
  open_ways[2] = socket(AF_INET, SOCK_STREAM, 0) >= 0 || socket(AF_INET, SOCK_DGRAM, 0) >= 0;
  open_ways[3] = socket(AF_UNIX, SOCK_STREAM, 0) >= 0;
  open_ways[4] = kill(pid, 0) == 0 || opens("/proc/" + process + "/environ", O_RDONLY) ||
                 opens("/proc/" + process + "/mem", O_RDWR);
  open_ways[5] = unshare(CLONE_NEWUSER) == 0 || unshare(CLONE_NEWNS) == 0;
  leave_a_daemon(std::stoi(arguments.at(2)));
  int found = 0;
  for (std::size_t i = 0; i < std::size(escapes); ++i) found |= open_ways[i] << i;
  return found;
}

std::string why_not(Tier tier, std::optional<uid_t> uid) {
  if (tier == Tier::uid && !uid) return "it needs root, to become another user";
  char folder[] = "/tmp/lab_sandbox_XXXXXX";
  if (!mkdtemp(folder)) return std::string("no folder can be made in /tmp: ") + std::strerror(errno);
  const std::string canary = std::string(folder) + "/canary";
  std::ofstream(canary) << "secret\n";
  // Only the last tier needs file modes; in the others the canary lies open, lest something else protect it.
  chmod(folder, tier == Tier::uid ? 0755 : 0777);
  chmod(canary.c_str(), tier == Tier::uid ? 0600 : 0644);
  int ends[2];
  if (pipe(ends) != 0) return std::strerror(errno);

  Policy policy;
  policy.tier = tier;
  policy.uid = uid;
  policy.processes = 8;
  policy.wall_seconds = 20;
  policy.pass_fds = {ends[1]};
  policy.command = {self(), "--try-escape", canary, std::to_string(getpid()), std::to_string(ends[1])};
  std::string reason;
  try {
    const std::string descriptor = std::to_string(ends[1]);
    std::vector<std::string> arguments = {"--tier",    name(tier), "--processes", "8",
                                          "--pass-fd", descriptor, "--"};
    arguments.insert(arguments.end(), policy.command.begin(), policy.command.end());
    const Outcome outcome = supervise(policy, arguments);
    close(ends[1]);
    pollfd daemon{ends[0], POLLIN, 0};
    if (outcome.end == "failed") {
      reason = outcome.message;
    } else if (outcome.end != "exit") {
      reason = "the probe ended by " + outcome.end;
    } else if (poll(&daemon, 1, 0) == 0) {
      reason = "a process could stay behind";
    }
    for (std::size_t i = 0; i < std::size(escapes) && reason.empty(); ++i) {
      if (outcome.code & (1 << i)) reason = escapes[i];
    }
  } catch (const std::exception& error) {
    reason = error.what();
    close(ends[1]);
  }
  close(ends[0]);
  std::filesystem::remove_all(folder);
  return reason;
}

}  // namespace lab::sandbox

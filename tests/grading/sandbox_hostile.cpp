#include <fcntl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <map>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

/// What a submission may try, one attempt a run: sandbox_hostile ATTEMPT [ARGUMENT]. Exit status 0 if the
/// attempt succeeded, 7 if it was refused.
namespace {

std::string argument;

bool opens(int flags) { return open(argument.c_str(), flags, 0600) >= 0; }

bool starts_threads() {
  std::vector<std::thread> threads;
  try {
    for (int i = 0; i < 64; ++i) threads.emplace_back([] { pause(); });
  } catch (const std::system_error&) {
    _exit(7);
  }
  _exit(0);
}

bool leaves_a_daemon() {
  const pid_t child = fork();
  if (child < 0) return false;
  if (child > 0) return true;
  setsid();
  if (fork() > 0) _exit(0);
  for (;;) pause();
}

/// Four processes, none of which takes too much.
bool takes_memory_together() {
  if (fork() < 0 || fork() < 0) return false;
  const std::string taken(60 << 20, 'x');
  pause();
  return !taken.empty();
}

bool raises_a_limit() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max = 4096;
  return setrlimit(RLIMIT_NOFILE, &limit) == 0;
}

bool starts_again() {
  char name[] = "/bin/true";
  char* const command[] = {name, nullptr};
  const int program = open(name, O_RDONLY);
  for (int fd = 0; fd < 2048; ++fd) {
    dup2(program, fd);
    syscall(SYS_execveat, fd, "", command, environ, AT_EMPTY_PATH);
  }
  execv(name, command);
  return false;
}

/// Has the kernel tell `argument`, a process, when a pipe of ours is ready.
bool owns_by(int command, int value) {
  int ends[2];
  return pipe(ends) == 0 && fcntl(ends[0], command, value) == 0;
}

bool floods(int fd) {
  const std::string text(4096, 'x');
  for (;;) {
    if (write(fd, text.data(), text.size()) < 0) return false;
  }
}

const std::map<std::string, std::function<bool()>> attempts = {
    {"nothing", [] { return true; }},
    {"read", [] { return opens(O_RDONLY); }},
    {"write", [] { return opens(O_WRONLY | O_CREAT); }},
    {"link", [] { return symlink("/etc/passwd", argument.c_str()) == 0; }},
    {"fifo", [] { return mkfifo(argument.c_str(), 0600) == 0; }},
    {"fork", [] { return fork() >= 0; }},
    {"daemon", leaves_a_daemon},
    {"exec", starts_again},
    {"threads", starts_threads},
    {"inet", [] { return socket(AF_INET, SOCK_STREAM, 0) >= 0; }},
    {"unix", [] { return socket(AF_UNIX, SOCK_STREAM, 0) >= 0; }},
    {"kill", [] { return kill(std::atoi(argument.c_str()), SIGTERM) == 0; }},
    {"kill everybody", [] { return kill(-1, SIGKILL) == 0; }},
    {"owner of a file", [] { return owns_by(F_SETOWN, std::atoi(argument.c_str())); }},
    {"signal of a file", [] { return owns_by(F_SETSIG, SIGKILL); }},
    {"ptrace", [] { return ptrace(PTRACE_ATTACH, std::atoi(argument.c_str()), nullptr, nullptr) == 0; }},
    {"outlive", [] { return prctl(PR_SET_PDEATHSIG, 0) == 0; }},
    {"limit", raises_a_limit},
    {"shared memory", [] { return memfd_create("x", 0) >= 0; }},
    {"abort", []() -> bool { std::abort(); }},
    {"segfault", [] { return raise(SIGSEGV) == 0; }},
    {"spin",
     []() -> bool {
       for (volatile bool on = true; on;) {
       }
       return true;
     }},
    {"sleep",
     []() -> bool {
       for (;;) pause();
     }},
    {"memory", [] { return std::malloc(std::size_t{4} << 30) != nullptr; }},
    {"memory of many", takes_memory_together},
    {"output", [] { return floods(STDOUT_FILENO); }},
    {"errors", [] { return floods(STDERR_FILENO); }},
    {"environment", [] { return environ[0] != nullptr; }},
    {"descriptor", [] { return fcntl(std::atoi(argument.c_str()), F_GETFD) >= 0; }},
};

}  // namespace

int main(int argc, char** argv) {
  if (argc > 2) argument = argv[2];
  return attempts.at(argc > 1 ? argv[1] : "nothing")() ? 0 : 7;
}

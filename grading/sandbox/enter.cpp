#include "grading/sandbox/enter.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <grp.h>
#include <sys/auxv.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <optional>

#include "grading/sandbox/landlock.h"
#include "grading/sandbox/seccomp.h"
#include "kit/error.h"

/// What happens in the child between fork and the command. The order matters: each step may need what the
/// next one takes away.
namespace lab::sandbox {
namespace {

void require(bool good, const char* what) {
  if (!good) throw Error("sandbox: {}: {}", what, std::strerror(errno));
}

void close_other_files(const Policy& policy) {
  for (int fd = 3; fd < program_fd; ++fd) {
    bool keep = fd == report_fd;
    for (int passed : policy.pass_fds) keep = keep || fd == passed;
    if (!keep) close(fd);
  }
#ifdef SYS_close_range
  syscall(SYS_close_range, program_fd, ~0U, 0);
#endif
}

void reset_signals() {
  for (int number = 1; number < NSIG; ++number) signal(number, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
}

void limit(decltype(RLIMIT_CPU) resource, rlim_t soft, rlim_t hard) {
  rlimit now{};
  require(getrlimit(resource, &now) == 0, "getrlimit");
  // Without root a limit can only be lowered; a lower one that is there already does as well.
  const rlimit wanted{std::min(soft, now.rlim_max), std::min(hard, now.rlim_max)};
  require(setrlimit(resource, &wanted) == 0, "setrlimit");
}

void set_limits(const Policy& policy) {
  const rlim_t mb = 1 << 20;
  const auto cpu = static_cast<rlim_t>(policy.cpu_seconds);
  limit(RLIMIT_CPU, cpu, cpu);
  limit(RLIMIT_AS, policy.memory_mb * mb, policy.memory_mb * mb);
  limit(RLIMIT_FSIZE, policy.file_mb * mb, policy.file_mb * mb);
  limit(RLIMIT_NOFILE, max_open_files, max_open_files);
  limit(RLIMIT_NPROC, policy.tasks_before + policy.processes, policy.tasks_before + policy.processes);
  limit(RLIMIT_STACK, 8 * mb, 64 * mb);  // a compiler raises its own
  limit(RLIMIT_CORE, 0, 0);
  limit(RLIMIT_MEMLOCK, 0, 0);
  limit(RLIMIT_MSGQUEUE, 0, 0);
}

void become(uid_t uid, gid_t gid) {
  require(setgroups(0, nullptr) == 0, "setgroups");
  require(setresgid(gid, gid, gid) == 0, "setresgid");
  require(setresuid(uid, uid, uid) == 0, "setresuid");
  if (setuid(0) == 0)
    throw Error("sandbox: expected uid {} to be final, but it could become root again", uid);
}

/// Something of the file or folder that can be read though it wasn't given; none if nothing can.
std::optional<std::string> readable(const std::string& path, const std::vector<std::string>& given) {
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) return std::nullopt;
  struct stat status {};
  fstat(fd, &status);
  close(fd);
  if (S_ISREG(status.st_mode)) return path;
  if (!S_ISDIR(status.st_mode)) return std::nullopt;  // what hides a file
  std::error_code problem;
  for (const auto& entry : std::filesystem::directory_iterator(path, problem)) {
    const std::string inner = entry.path();
    const auto leads_to = [&](const std::string& other) { return lies_in(other, inner); };
    if (std::ranges::none_of(given, leads_to)) return inner;
    if (std::ranges::find(given, inner) != given.end()) continue;
    if (const std::optional<std::string> found = readable(inner, given)) return found;
  }
  return std::nullopt;
}

void check_secrets(const Policy& policy) {
  // In namespaces this program is there, too, and no /proc that self() could ask.
  // NOLINTNEXTLINE(performance-no-int-to-ptr): the kernel's answer is an address
  const auto* program = reinterpret_cast<const char*>(getauxval(AT_EXECFN));
  std::vector<std::string> given = {policy.command[0], program};
  given.insert(given.end(), policy.read.begin(), policy.read.end());
  given.insert(given.end(), policy.write.begin(), policy.write.end());
  for (const std::vector<std::string>& secrets : {policy.secret, secrets_in_system(policy)}) {
    for (const std::string& path : secrets) {
      if (const std::optional<std::string> found = readable(path, given))
        throw Error(
            "sandbox: {} must be secret, but tier {} can read it here; take the rights of others from it "
            "(chmod o= …) or use a stronger tier",
            printable(*found), name(policy.tier));
    }
  }
}

std::vector<char*> pointers(const std::vector<std::string>& words) {
  std::vector<char*> result;
  for (const std::string& word : words) result.push_back(const_cast<char*>(word.c_str()));
  result.push_back(nullptr);
  return result;
}

void confine(const Policy& policy) {
  close_other_files(policy);
  reset_signals();
  setsid();
  umask(022);
  const int program = open(policy.command[0].c_str(), O_PATH | O_CLOEXEC);
  require(program >= 0, policy.command[0].c_str());
  require(dup3(program, program_fd, O_CLOEXEC) == program_fd, "dup3");
  require(fcntl(report_fd, F_SETFD, FD_CLOEXEC) == 0, "report descriptor");
  close(program);
  set_limits(policy);
  require(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0, "PR_SET_NO_NEW_PRIVS");
  if (policy.tier != Tier::uid && (policy.tier == Tier::landlock || has_landlock())) restrict_files(policy);
  if (policy.uid)
    become(*policy.uid, policy.gid.value_or(
                            *policy.uid));  // last, since the other user may not be able to look up the paths
  require(prctl(PR_SET_PDEATHSIG, SIGKILL) == 0, "PR_SET_PDEATHSIG");  // `become` would undo it
  require(chdir(policy.folder.c_str()) == 0, policy.folder.c_str());
  check_secrets(policy);
}

/// What the kernel says of a file that is no program for it, or one that wants a loader which isn't there.
bool is_programs_fault(int error) {
  return error == ENOEXEC || error == ENOENT || error == EACCES || error == EINVAL || error == ELIBBAD;
}

}  // namespace

void enter(const Policy& policy) {
  const std::vector<char*> command = pointers(policy.command);
  const std::vector<char*> environment = pointers(policy.environment);
  std::string problem;
  try {
    confine(policy);
    restrict_system_calls(policy);
    require(write(report_fd, "+", 1) == 1, "report");
    syscall(SYS_execveat, program_fd, "", command.data(), environment.data(), AT_EMPTY_PATH);
    const int error = errno;
    problem = fmt::format("{}sandbox: {}: {}", is_programs_fault(error) ? "!" : "", policy.command[0],
                          std::strerror(error));
  } catch (const std::exception& error) {
    problem = error.what();
  }
  if (write(report_fd, problem.data(), problem.size()) < 0) _exit(126);
  _exit(125);
}

}  // namespace lab::sandbox

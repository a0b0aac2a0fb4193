#include "grading/sandbox/seccomp.h"

#include <fcntl.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <iterator>
#include <memory>
#include <sstream>

#include "kit/error.h"

namespace lab::sandbox {
namespace {

using Filter = std::unique_ptr<void, decltype(&seccomp_release)>;

/// What a program that computes and answers on its descriptors needs, from its loader to its end. Everything
/// else fails with EPERM.
constexpr const char* calls_of_computing =
    "read write readv writev pread64 lseek close fstat newfstatat stat lstat statx access faccessat "
    "faccessat2 readlink readlinkat getcwd chdir getdents64 dup dup2 dup3 pipe pipe2 poll ppoll "
    "select pselect6 mmap munmap mprotect mremap madvise brk futex futex_waitv set_robust_list "
    "get_robust_list rseq set_tid_address arch_prctl sched_yield sched_getaffinity sched_getparam "
    "sched_getscheduler membarrier getcpu rt_sigaction rt_sigprocmask rt_sigreturn rt_sigpending "
    "rt_sigtimedwait rt_sigsuspend sigaltstack setitimer getitimer alarm pause clock_gettime "
    "clock_getres clock_nanosleep nanosleep gettimeofday time times getrusage getrandom uname sysinfo "
    "getpid gettid getppid getuid geteuid getgid getegid getpgrp umask restart_syscall exit exit_group";

/// What no compiler, linker or build tool needs, and what reaches beyond files and own children.
constexpr const char* calls_of_breaking_out =
    "socket socketpair ptrace process_vm_readv process_vm_writev process_madvise kcmp pidfd_getfd "
    "pidfd_send_signal rt_sigqueueinfo rt_tgsigqueueinfo mount umount umount2 pivot_root chroot "
    "open_tree move_mount fsopen fsconfig fsmount fspick mount_setattr unshare setns mknod mknodat "
    "name_to_handle_at open_by_handle_at keyctl add_key request_key bpf perf_event_open userfaultfd "
    "io_uring_setup io_uring_enter io_uring_register memfd_create memfd_secret shmget shmat shmctl "
    "semget msgget mq_open kexec_load kexec_file_load init_module finit_module delete_module "
    "create_module personality modify_ldt iopl ioperm reboot swapon swapoff acct quotactl quotactl_fd "
    "syslog vhangup settimeofday clock_settime clock_adjtime adjtimex sethostname setdomainname "
    "fanotify_init lookup_dcookie move_pages migrate_pages mbind set_mempolicy landlock_restrict_self "
    "setuid setgid setreuid setregid setresuid setresgid setgroups setfsuid setfsgid";

constexpr std::uint64_t new_namespaces =
    CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET;
constexpr std::uint64_t lower_half = 0xffffffff;
/// Commands of fcntl that have the kernel send a signal of one's choice to whom one likes.
constexpr std::uint64_t signals_by_files[] = {F_SETOWN, F_SETSIG, F_SETOWN_EX, F_NOTIFY, F_SETLEASE};
constexpr std::uint64_t flags_of_writing = O_ACCMODE | O_CREAT | O_TRUNC | (O_TMPFILE & ~O_DIRECTORY);

std::vector<std::string> words(const char* text) {
  std::istringstream stream(text);
  return {std::istream_iterator<std::string>(stream), {}};
}

/// A rule on calls of that name for which `conditions` hold; names that this machine's kernel never had are
/// skipped.
void add(const Filter& filter, std::uint32_t action, const char* call,
         std::initializer_list<scmp_arg_cmp> conditions = {}) {
  const int number = seccomp_syscall_resolve_name(call);
  if (number < 0) return;
  const int status = seccomp_rule_add_array(filter.get(), action, number,
                                            static_cast<unsigned>(conditions.size()), conditions.begin());
  if (status != 0 && status != -EDOM && status != -EACCES) {  // EACCES: it is the filter's default already
    throw Error("sandbox: seccomp refused a rule for {}: {}", call, std::strerror(-status));
  }
}

/// Signals to the process itself; its id stays what it is when it becomes the command.
void allow_own_signals(const Filter& filter) {
  const auto pid = static_cast<scmp_datum_t>(getpid());
  for (const char* call : {"kill", "tgkill", "rt_tgsigqueueinfo"}) {
    add(filter, SCMP_ACT_ALLOW, call, {SCMP_A0_64(SCMP_CMP_EQ, pid, 0)});
  }
}

Filter for_computing(const Policy& policy) {
  Filter filter(seccomp_init(SCMP_ACT_ERRNO(EPERM)), &seccomp_release);
  for (const std::string& call : words(calls_of_computing)) add(filter, SCMP_ACT_ALLOW, call.c_str());
  allow_own_signals(filter);
  // Threads, not processes. clone3 keeps its flags in memory, out of a filter's sight; without it libc uses
  // clone.
  add(filter, SCMP_ACT_ALLOW, "clone",
      {SCMP_A0_64(SCMP_CMP_MASKED_EQ, CLONE_THREAD | new_namespaces, CLONE_THREAD)});
  add(filter, SCMP_ACT_ERRNO(ENOSYS), "clone3");
  add(filter, SCMP_ACT_ERRNO(ENOSYS), "openat2");
  add(filter, SCMP_ACT_ALLOW, "prctl", {SCMP_A0_64(SCMP_CMP_EQ, PR_SET_NAME, 0)});
  add(filter, SCMP_ACT_ALLOW, "ioctl", {SCMP_A1_64(SCMP_CMP_EQ, TCGETS, 0)});  // isatty
  for (const int command : {F_DUPFD, F_DUPFD_CLOEXEC, F_GETFD, F_SETFD, F_GETFL, F_SETFL})
    add(filter, SCMP_ACT_ALLOW, "fcntl", {SCMP_A1_64(SCMP_CMP_EQ, static_cast<scmp_datum_t>(command), 0)});
  add(filter, SCMP_ACT_ALLOW, "prlimit64", {SCMP_A2_64(SCMP_CMP_EQ, 0, 0)});  // asking, not setting
  add(filter, SCMP_ACT_ALLOW, "getrlimit");
  const scmp_datum_t mask = policy.write.empty() ? flags_of_writing : 0;
  add(filter, SCMP_ACT_ALLOW, "open", {SCMP_A1_64(SCMP_CMP_MASKED_EQ, mask, 0)});
  add(filter, SCMP_ACT_ALLOW, "openat", {SCMP_A2_64(SCMP_CMP_MASKED_EQ, mask, 0)});
  if (!policy.write.empty()) {
    for (const char* call : {"ftruncate", "pwrite64", "rename", "renameat2", "unlink", "unlinkat", "mkdir"}) {
      add(filter, SCMP_ACT_ALLOW, call);
    }
  }
  // The one start of the command itself: nothing else can ever get that descriptor's number.
  add(filter, SCMP_ACT_ALLOW, "execveat", {SCMP_A0_64(SCMP_CMP_EQ, program_fd, 0)});
  return filter;
}

Filter for_building() {
  Filter filter(seccomp_init(SCMP_ACT_ALLOW), &seccomp_release);
  const std::uint32_t deny = SCMP_ACT_ERRNO(EPERM);
  for (const std::string& call : words(calls_of_breaking_out)) add(filter, deny, call.c_str());
  for (const char* call : {"kill", "tkill", "tgkill"}) {
    add(filter, deny, call, {SCMP_A0_64(SCMP_CMP_NE, static_cast<scmp_datum_t>(getpid()), 0)});
  }
  for (std::uint64_t bit = 1; bit <= new_namespaces; bit <<= 1) {
    if (new_namespaces & bit) add(filter, deny, "clone", {SCMP_A0_64(SCMP_CMP_MASKED_EQ, bit, bit)});
  }
  add(filter, SCMP_ACT_ERRNO(ENOSYS), "clone3");
  for (int option : {PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER}) {
    add(filter, deny, "prctl", {SCMP_A0_64(SCMP_CMP_EQ, static_cast<scmp_datum_t>(option), 0)});
  }
  // Of these the kernel looks at the lower half only.
  for (std::uint64_t request : {TIOCSTI, TIOCLINUX, FIOSETOWN, SIOCSPGRP}) {
    add(filter, deny, "ioctl", {SCMP_A1_64(SCMP_CMP_MASKED_EQ, lower_half, request)});
  }
  for (std::uint64_t command : signals_by_files) {
    add(filter, deny, "fcntl", {SCMP_A1_64(SCMP_CMP_MASKED_EQ, lower_half, command)});
  }
  return filter;
}

}  // namespace

void restrict_system_calls(const Policy& policy) {
  const Filter filter = policy.no_exec ? for_computing(policy) : for_building();
  const int status = filter ? seccomp_load(filter.get()) : -ENOMEM;
  if (status != 0) throw Error("sandbox: seccomp didn't take effect: {}", std::strerror(-status));
}

}  // namespace lab::sandbox

#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// Counting, waiting for and killing what runs below this process. A process that lost its parent comes to
/// this one (PR_SET_CHILD_SUBREAPER), so none gets away.
namespace lab::sandbox {

std::vector<pid_t> descendants();

struct Usage {
  double cpu_seconds = 0;
  long rss_kib = 0;
  std::uint64_t tasks = 0;  ///< processes and threads
};
Usage usage_of_descendants();

/// What was waited for so far.
struct Reaped {
  pid_t command = 0;
  std::optional<int> command_status;  ///< as waitpid gives it
  double cpu_seconds = 0;
  long max_rss_kib = 0;

  /// Waits for all that have ended; whether none is left.
  bool reap();
  /// Whether none is left.
  bool kill_all();
};

/// Processes that the kernel has killed so far since the machine was short of memory, or a group of
/// processes; 0 where it doesn't count. `file` is in the form of /proc/vmstat.
std::uint64_t killed_by_kernel(const std::string& file);

/// Processes and threads of a user on the whole machine.
std::uint64_t tasks_of(uid_t uid);

}  // namespace lab::sandbox

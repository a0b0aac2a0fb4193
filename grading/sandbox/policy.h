#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// What one untrusted command may do, and what came of it.
namespace lab::sandbox {

/// What confines the command, strongest first. Every tier has seccomp and limits; a tier has what the tiers
/// after it have where the system offers that, too.
enum class Tier {
  namespaces,  ///< bubblewrap: only the given files exist, no other process and no network does
  landlock,    ///< the kernel refuses files that weren't given
  uid,         ///< a user of its own; only file modes keep files from it, so it needs root
};
inline constexpr Tier tiers[] = {Tier::namespaces, Tier::landlock, Tier::uid};
const char* name(Tier tier);

struct Policy {
  Tier tier = Tier::namespaces;
  std::vector<std::string> command;  ///< its first word is an absolute path
  std::vector<std::string>
      read;  ///< files and folders; the system's programs and libraries are always readable
  std::vector<std::string> write;  ///< folders; they are given to the command's user
  /// Without links in their paths. Hidden but for what of them is in `read` and `write`; the command isn't
  /// started if it could read more.
  std::vector<std::string> secret;
  std::vector<std::string> environment;  ///< NAME=VALUE
  std::vector<int> pass_fds;             ///< below max_open_files; all others are closed
  std::string folder = "/";              ///< where the command starts
  double wall_seconds = 60;
  int cpu_seconds = 30;            ///< of each process, and of all together
  std::uint64_t memory_mb = 1024;  ///< address space of each process, and resident memory of all together
  std::uint64_t file_mb = 64;      ///< size of each file written
  std::uint64_t output_bytes = 1 << 20;  ///< on stdout and stderr together; 0: nobody reads it, nor counts
  std::uint64_t processes = 1;           ///< processes and threads together
  bool no_exec = false;      ///< no program, no process but threads, and only the calls of computing
  std::optional<uid_t> uid;  ///< to run as; the caller's own without it
  std::optional<gid_t> gid;  ///< its group, of the same number without it
  std::string kernel_counts = "/proc/vmstat";  ///< where the kernel counts what it kills for want of memory
  std::uint64_t tasks_before =
      0;  ///< of the caller, where they count as the command's: without a uid of its own
};

inline constexpr int max_open_files = 256;
/// The child tells its supervisor on this descriptor that the command starts, or why it can't.
inline constexpr int report_fd = 1022;
/// Above max_open_files, so nothing can be opened or moved to this number once the command runs.
inline constexpr int program_fd = 1023;

/// Limits at which the sandbox ends a command, in the order of its exit statuses from `first_limit` on.
inline constexpr const char* limit_ends[] = {"cpu", "wall", "memory", "processes", "output"};
inline constexpr int first_limit = 118;

struct Outcome {
  std::string end;  ///< exit, signal, cpu, wall, memory, processes, output, stopped; not_started: the kernel
                    ///< refuses to run it; or not the command's doing: failed; outside: the kernel killed it
                    ///< within its limits, for want of memory
  int code = 0;     ///< exit status or signal
  double cpu_seconds = 0;
  double wall_seconds = 0;
  long max_rss_kib = 0;
  std::uint64_t kernel_kills = 0;  ///< on the whole machine meanwhile, for want of memory
  std::string message;             ///< why it failed or was not started
};

/// Folders without which no ordinary program starts.
std::vector<std::string> system_paths();

/// Whether the path is that folder or lies in it, by their names.
bool lies_in(const std::string& path, const std::string& folder);

/// The secrets that lie in folders of system_paths(), under the names that they have there, without those
/// that lie in others of them.
std::vector<std::string> secrets_in_system(const Policy& policy);

/// This program's own file.
std::string self();

}  // namespace lab::sandbox

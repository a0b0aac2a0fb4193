#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "grading/calls/wire.h"

namespace lab {

/// By when a call must have ended, and how long it was given.
struct Deadline {
  std::chrono::steady_clock::time_point end;
  std::chrono::duration<double> allowed{};
};

/// The command that starts a worker: a file of arguments, one a line. Whoever runs the tests is told, and the
/// program ends with 1, if there is no such file; nobody's code is to blame for that.
std::vector<std::string> read_worker_command(const std::filesystem::path& file);

/// A process that runs somebody else's code, the leader of a process group of its own. It hears us on file
/// descriptor 3 and speaks on 4; it inherits no other file but stderr, which takes its stdout, too.
class WorkerProcess {
 public:
  explicit WorkerProcess(const std::vector<std::string>& command);
  WorkerProcess(const WorkerProcess&) = delete;
  WorkerProcess& operator=(const WorkerProcess&) = delete;
  /// Lets it end by itself for a moment and kills whatever is left of its group; in a forked child, it only
  /// lets go of it.
  ~WorkerProcess();

  /// All three throw CallLost, the process being killed, if it has ended, doesn't take or send anything until
  /// the deadline, or sends what can't be a message or is longer than `limit` bytes.
  void send(const wire::Frame& frame, Deadline deadline);
  wire::Frame receive(std::size_t limit, Deadline deadline);
  [[noreturn]] void give_up(const std::string& reason);

  bool alive() const { return id_ > 0; }
  bool is_ours() const;

 private:
  void wait_for(int pipe, short event, Deadline deadline);
  void read_exactly(char* to, std::size_t count, Deadline deadline);
  [[noreturn]] void it_has_ended();
  bool ends_in_a_moment() const;
  int kill_group();
  void close_pipes();

  pid_t owner_;
  pid_t id_ = -1;
  int requests_ = -1;
  int answers_ = -1;
  int end_of_process_ = -1;  ///< a pidfd
};

}  // namespace lab

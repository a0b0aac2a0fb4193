#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>

namespace lab {

/// How long a child may take. A case takes milliseconds, under a sanitizer still under a second. The
/// processor's time is what counts, since a busy machine doesn't take that away; the clock's is for code that
/// sleeps or waits for ever.
struct TimeLimit {
  unsigned cpu_s;
  unsigned clock_s;
};
inline constexpr TimeLimit first_time_limit{5, 60};
/// Where something never ended before, nobody wants to wait for it again, nor for what only helps a
/// diagnosis.
inline constexpr TimeLimit short_time_limit{2, 5};

/// Bytes of what a child prints that are kept, and a few more, which show that there was more.
inline constexpr std::size_t most_output = 2000;

/// Both ends are the owner's to close.
struct Pipe {
  int read_end, write_end;
  Pipe();
};

/// Runs a function in a process of its own, where student's code may crash, loop without end, exit or print.
class Child {
 public:
  /// `body` tells its results to the parent by writing to `pipe`, and returns; what it throws is dropped. Its
  /// time limit can be begun anew from inside, by begin_time_limit.
  Child(const TimeLimit& limit, const std::function<void(int pipe)>& body);
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  /// Ends it if it runs.
  ~Child();

  /// Waits until it tells or prints something; false if nothing more will come: it has ended, or it was
  /// silent for too long or printed without end.
  bool read_some();
  /// What it has told, and what it has printed on both streams, up to most_output and a few bytes.
  const std::string& told() const { return told_; }
  const std::string& printed() const { return printed_; }

  enum class End {
    returned,  ///< `body` did
    hung,      ///< it was ended at its time limit, or because it printed without end
    crashed,   ///< by a signal
    exited     ///< something in `body` ended the process
  };
  /// Reads to the end, then says how it ended.
  End wait();
  /// The signal or the exit code.
  int code() const { return code_; }

 private:
  using Clock = std::chrono::steady_clock;
  TimeLimit limit_;
  Clock::time_point deadline_;  ///< put off whenever it tells something
  pid_t id_ = -1;
  int telling_ = -1;
  int printing_ = -1;
  std::string told_;
  std::string printed_;
  std::size_t printed_count_ = 0;
  bool over_limit_ = false;
  int code_ = 0;
};

/// In a child: from now on it has the processor's time of `limit`, whatever it has used before.
void begin_time_limit(const TimeLimit& limit);

}  // namespace lab

#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "testing/diagnosis/naming.h"
#include "testing/running/step_cases.h"

namespace lab {

/// What an instructor lets a failing test say (environment variable LAB_HINTS).
enum class Hints {
  off,     ///< only that it fails
  locate,  ///< and where, in which pattern
  name     ///< and which known mistake it is: the default
};
/// Throws Error if LAB_HINTS is something else.
Hints hints_wanted();

/// The known mistakes of the step, out of the folder of its golden cases.
const Misconceptions& misconceptions();

/// What the outcomes of the step's cases say about the known mistakes. It lies in memory that forked
/// processes share, so that each case need be run silently but once, whoever asks first.
class Witnesses {
 public:
  /// Those of this program. The first call must come before the fork of a process that is to share them.
  static Witnesses& shared();

  void record(const Case& golden_case, const Outcome& outcome, bool passed);
  /// The case crashed or didn't end.
  void record_broken(const Case& golden_case);
  CaseEnd end_of(const Case& golden_case) const;
  std::vector<Witness> of(const std::string& function) const;

 private:
  Witnesses();
  std::span<unsigned char> row(const Case& golden_case) const;

  unsigned char* bytes_;  ///< for each case, how it ended and one Testimony for each misconception
};

/// Runs all cases of `function` that nobody has run so far, silently, until `is_settled` says that no more
/// are needed. They run in child processes: they may crash, and each has a time limit.
void question_witnesses(const std::string& function, const std::function<bool()>& is_settled);

/// The misconceptions that may be named, now that `golden_case` has failed, its outcome being recorded.
std::vector<std::size_t> names_for(const std::string& function);

/// What `body` returns, run in a child process; none if it crashed or exceeded the time limit.
std::optional<std::string> in_child(const std::function<std::string()>& body);

}  // namespace lab

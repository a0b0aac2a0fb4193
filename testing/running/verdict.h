#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "testing/diagnosis/finding.h"

namespace lab {

/// What became of a case. Between processes it travels as JSON, never as what a terminal shows.
struct Verdict {
  enum class End {
    passed,
    failed,
    not_written,  ///< it came upon a stub
    lost,         ///< the process in which the implementation runs came to no end
    crashed,
    hung,
    exited,
    not_run
  };
  /// What a stub says of itself.
  struct Stub {
    std::string function, file, section;
  };

  std::string name;      ///< "Suite.Test"
  std::string function;  ///< the contract function that it calls; empty if it is no golden case
  End end = End::passed;
  std::string purpose;  ///< what the case would catch, one sentence
  std::string call;     ///< that it makes, see call_line
  std::string text;     ///< what is wrong, whole lines; empty if it passed
  std::string kind;     ///< failures of one cause have the same
  std::optional<Stub> stub;
  std::vector<std::string> misconceptions;  ///< the ids of those that fit all cases
  std::vector<NamedAxis> axes;              ///< of which the diagnosis speaks
  std::string thrown;                       ///< the text of what was thrown unexpectedly
  std::string printed;                      ///< by the student's code, the beginning of it

  bool passed() const { return end == End::passed; }
  /// Purpose, call and text, as they are shown below the case's name.
  std::string message() const;
};

/// One line of JSON, and back; none if it isn't one whole verdict.
std::string to_json(const Verdict& verdict);
std::optional<Verdict> verdict_from(std::string_view json);

/// The cases of verdicts by name and function, as JSON.
std::string list_of_cases(const std::vector<Verdict>& verdicts);

/// A step's report, for scripts and graders: {"step": …, "cases": […]}. Whoever reads it, now or after a
/// crash, finds all of it or none. Throws Error if the file can't be written.
void write_report(const std::string& file, const std::string& step, const std::vector<Verdict>& verdicts);

}  // namespace lab

#pragma once

#include <cstddef>
#include <set>
#include <string>
#include <vector>

#include "testing/diagnosis/misconceptions.h"

namespace lab {

enum class CaseEnd : unsigned char {
  unknown,  ///< it was not run
  passed,
  failed,
  broken  ///< it crashed, never ended, or came upon a function that is not written yet
};

/// A case of the function in question and what it says about each of Misconceptions::all(), in that order.
struct Witness {
  std::string case_name;
  CaseEnd end = CaseEnd::unknown;
  std::vector<Testimony> testimonies;
};

/// Which misconceptions may be named for a function, as indices into Misconceptions::all(), the most specific
/// first: those that explain more failing cases, leaving fewer open as unpredictable, come before others.
/// A misconception may be named if it explains a failing case and no witness contradicts it. A pair may, if
/// no single one may, it explains its diagnosing case, each failing case is one for which one of the two
/// predicts a wrong outcome, and no case passes for which one of them does. Cases that weren't run speak
/// neither for nor against.
std::vector<std::size_t> nameable(const Misconceptions& known, const std::string& function,
                                  const std::vector<Witness>& witnesses);

/// Whether witnesses that are still to come could lead to a name for `function`.
bool may_become_nameable(const Misconceptions& known, const std::string& function,
                         const std::vector<Witness>& witnesses);

/// Of the mistakes themselves, also where a pair of them is named; a pair's own id is its file's alone.
std::set<std::string> ids_of(const Misconceptions& known, const std::vector<std::size_t>& names);

/// The sentences that name misconceptions `names`, for a student of the step in labs/`folder`, in the
/// language of LAB_LANG.
std::string describe_names(const Misconceptions& known, const std::vector<std::size_t>& names,
                           const std::string& folder);

}  // namespace lab

#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "kit/golden.h"

namespace lab {

/// A known mistake, or two that were made together, and what each case of its function yields with it.
struct Misconception {
  std::string id;
  std::string function;
  std::map<std::string, std::string> sentence;  ///< by language, "en" and "zh"; empty for a pair
  std::string section;                          ///< of the step's handout
  std::vector<std::string> pair;                ///< the ids of the two; empty for a single one
  Json cases;  ///< predicted outcomes by case; a case not listed comes out right
};

/// What the outcome of one case says about one misconception.
enum class Testimony : unsigned char {
  unknown,     ///< the case was not run
  abstains,    ///< the misconception predicts nothing certain here
  agrees,      ///< it predicts the right outcome, and that came out
  explains,    ///< it predicts a wrong outcome, and just that one came out
  contradicts  ///< something else came out than it predicts
};

/// What is known of the mistakes that are made in one step. The format is told in misconceptions/README.md.
class Misconceptions {
 public:
  /// `data`: the folder reference_data. Without the step's file there, no mistake is known.
  Misconceptions(const std::filesystem::path& data, const std::string& step);

  const std::vector<Misconception>& all() const { return all_; }
  /// Throws Error if there is none of that id.
  const Misconception& at(const std::string& id) const;
  Testimony testimony(const Misconception& misconception, const Case& golden_case,
                      const Outcome& outcome) const;
  /// What a case says that has no outcome: it speaks against all that predict one.
  Testimony testimony_without_outcome(const Misconception& misconception, const Case& golden_case) const;

 private:
  bool predicts(const Misconception& misconception, const Json& prediction, const Case& golden_case,
                const Outcome& outcome) const;

  std::optional<Safetensors> file_;
  std::vector<Misconception> all_;
};

/// Whether a prediction only says that the outcome depends on what lies in memory.
bool is_unpredictable(const Json& prediction);

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

/// "id,id": of the mistakes themselves, also where a pair of them is named; a pair's own id is its file's
/// alone.
std::string ids_of(const Misconceptions& known, const std::vector<std::size_t>& names);

/// The sentences that name misconceptions `names`, for a student of `step`, in the language of LAB_LANG.
std::string describe_names(const Misconceptions& known, const std::vector<std::size_t>& names,
                           const std::string& step);

}  // namespace lab

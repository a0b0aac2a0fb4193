#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "kit/checkpoint/safetensors.h"
#include "testing/golden/case.h"
#include "testing/golden/outcome.h"

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

}  // namespace lab

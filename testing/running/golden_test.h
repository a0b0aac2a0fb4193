#pragma once

#include <gmock/gmock.h>

#include <filesystem>
#include <map>
#include <ostream>
#include <string>

#include "kit/error.h"
#include "testing/diagnosis/mismatch.h"
#include "testing/golden/arguments.h"
#include "testing/golden/golden_file.h"
#include "testing/golden/outcome.h"

namespace lab {

/// Calls a contract function with a case's arguments and collects what came out.
using Runner = Outcome (*)(const Case&);

/// "step0" and so on, and how each contract function of the step is called; each step's test file defines
/// both.
extern const char* const step_name;
extern const std::map<std::string, Runner> runners;

/// The folder that the environment variable LAB_REFERENCE_DATA names, or else the kit's own.
std::filesystem::path reference_data();

/// The step's golden cases. Throws Error if they can't be read.
const GoldenFile& golden_file();

/// The golden case that has the running test's name: "Suite.Test".
const Case& this_case();

/// Runs a case. Empty if it yields what the case expects; else what is wrong, the verdict first, in at most
/// 20 lines, or the one line of a function that is not written yet.
std::string mismatch_of(const Case& golden_case, Runner run);

/// Stands between a case's purpose and the mismatch in GoogleTest's message.
inline constexpr std::string_view mismatch_follows = ", but:\n";

/// Stands before what is said of a case by way of another one.
inline constexpr std::string_view on_the_same_model = ", on the same model: ";

/// Matches a case of which `mismatch` is empty. GoogleTest asks a matcher again where it has to explain, so
/// the case is run before: a function that keeps something between calls would give another answer.
MATCHER_P(IsYielded, mismatch, "is yielded") {
  static_cast<void>(arg);  // for its purpose, which GoogleTest prints
  *result_listener << "but:\n" << mismatch;
  return mismatch.empty();
}

/// GoogleTest prints a case by what it is for.
inline void PrintTo(const Case& golden_case, std::ostream* out) { *out << golden_case.purpose(); }

}  // namespace lab

/// The body of a test that runs its golden case: TEST(RmsNorm, EpsilonMatters) { EXPECT_GOLDEN(run_rms_norm);
/// }
#define EXPECT_GOLDEN(run) \
  EXPECT_THAT(lab::this_case(), lab::IsYielded(lab::mismatch_of(lab::this_case(), run)))

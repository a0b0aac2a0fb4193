#pragma once

#include <gmock/gmock.h>

#include <functional>
#include <ostream>
#include <string>

#include "kit/error.h"
#include "testing/golden/arguments.h"
#include "testing/golden/outcome.h"
#include "testing/running/step_cases.h"
#include "testing/running/verdict.h"

namespace lab {

/// The golden case that has the running test's name: "Suite.Test".
const Case& this_case();

/// Runs a case and says what became of it, in at most 20 lines.
Verdict judge(const Case& golden_case, Runner run);

/// The same for the running test, whose verdict it becomes.
Verdict judged(const Case& golden_case, Runner run);

/// Runs the body of a test that calls contract functions by itself, so that one which comes upon a stub, or
/// whose call is lost, gets that verdict.
void run_by_hand(const std::function<void()>& body);

/// Matches a case that has passed. GoogleTest asks a matcher again where it has to explain, so the case is
/// run before: a function that keeps something between calls would give another answer.
MATCHER_P(IsYielded, verdict, "is yielded") {
  static_cast<void>(arg);  // for its purpose, which GoogleTest prints
  *result_listener << "but:\n" << verdict.call << "\n" << verdict.text;
  return verdict.passed();
}

/// GoogleTest prints a case by what it is for.
inline void PrintTo(const Case& golden_case, std::ostream* out) { *out << golden_case.purpose(); }

}  // namespace lab

/// The body of a test that runs its golden case: TEST(RmsNorm, EpsilonMatters) { EXPECT_GOLDEN(run_rms_norm);
/// }
#define EXPECT_GOLDEN(run) EXPECT_THAT(lab::this_case(), lab::IsYielded(lab::judged(lab::this_case(), run)))

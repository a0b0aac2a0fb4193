#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "testing/running/verdict.h"

namespace lab {

/// Makes a verdict of each test that GoogleTest runs: the one that was noted while it ran, or, of a test that
/// calls no golden case, what its failed assertions say.
class VerdictListener : public testing::EmptyTestEventListener {
 public:
  explicit VerdictListener(std::function<void(const Verdict&)> sink) : sink_(std::move(sink)) {}

  /// The verdict of a golden case that the running test has looked at.
  static void note(Verdict verdict);

  void OnTestStart(const testing::TestInfo& test) override;
  void OnTestPartResult(const testing::TestPartResult& result) override;
  void OnTestEnd(const testing::TestInfo& test) override;

 private:
  std::function<void(const Verdict&)> sink_;
  std::string failures_;
};

}  // namespace lab

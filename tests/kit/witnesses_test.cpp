// Silent runs of a function's cases: they may crash or never end, and forked processes share what comes out.
#include "testing/running/witnesses.h"

#include <gmock/gmock.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace lab {

const char* const step_name = "step0";

namespace {

using testing::HasSubstr;
using testing::StartsWith;

/// Right, but for the cases that the name tells.
Outcome run_swiglu(const Case& c) {
  if (c.name() == "Swiglu.OneRow") std::abort();
  if (c.name() == "Swiglu.OddWidth") {
    for (;;) pause();
  }
  if (c.name() == "Swiglu.WidthOne")
    throw NotImplemented("swiglu", "labs/step0_operators/operators.cpp", "8");
  Outcome outcome;
  Tensor out = copy_of("out", c.after("out"));
  if (c.name() == "Swiglu.ByHand") out.values()[0] += 1;
  outcome.tensors.emplace("out", std::move(out));
  return outcome;
}

/// What a program makes of it that writes numbers without sense.
Outcome run_gather(const Case& c) {
  Outcome outcome;
  Tensor out = copy_of("out", c.after("out"));
  for (std::size_t i = 0; i < out.values().size(); ++i) out.values()[i] = std::sin(static_cast<float>(i * i));
  outcome.tensors.emplace("out", std::move(out));
  return outcome;
}

/// Right in the first call.
Outcome run_with_memory(const Case& c) {
  static float more = 0;
  Outcome outcome;
  Tensor out = copy_of("out", c.after("out"));
  out.values()[0] += more++;
  outcome.tensors.emplace("out", std::move(out));
  return outcome;
}

CaseEnd end_of(const std::string& name) { return Witnesses::shared().end_of(golden_file().at(name)); }

}  // namespace

const std::map<std::string, Runner> runners = {{"swiglu", run_swiglu}, {"gather", run_gather}};

namespace {

TEST(Witnesses, CrashesAndEndlessLoopsTakeOnlyTheirCase) {
  question_witnesses("swiglu", [] { return false; });
  EXPECT_EQ(end_of("Swiglu.ByHand"), CaseEnd::failed);
  EXPECT_EQ(end_of("Swiglu.OneRow"), CaseEnd::broken);
  EXPECT_EQ(end_of("Swiglu.OddWidth"), CaseEnd::broken);
  EXPECT_EQ(end_of("Swiglu.WidthOne"), CaseEnd::broken);
  EXPECT_EQ(end_of("Swiglu.GateIsActivated"), CaseEnd::passed);
  EXPECT_EQ(end_of("Swiglu.NanInOut"), CaseEnd::passed);
}

TEST(Witnesses, NobodyIsAskedOnceItIsSettled) {
  question_witnesses("gather", [] { return true; });
  EXPECT_EQ(end_of("Gather.ByHand"), CaseEnd::unknown);
}

TEST(Witnesses, ForkedProcessesShareThem) {
  Witnesses::shared();
  const pid_t child = fork();
  if (child == 0) {
    Witnesses::shared().record_broken(golden_file().at("Gather.OneIndex"));
    _exit(0);
  }
  waitpid(child, nullptr, 0);
  EXPECT_EQ(end_of("Gather.OneIndex"), CaseEnd::broken);
}

TEST(Witnesses, NumbersWithoutSenseGetNoName) {
  const Case& golden_case = golden_file().at("Gather.ByHand");
  EXPECT_THAT(mismatch_of(golden_case, run_gather), StartsWith("out (2, 3): 6 of 6 elements are wrong"));
}

TEST(Witnesses, WhatIsKeptBetweenCallsShows) {
  EXPECT_THAT(mismatch_of(golden_file().at("Gather.OneIndex"), run_with_memory),
              StartsWith("The first call is right, but a second one with the same arguments isn't"));
}

TEST(Witnesses, HintsSayAsMuchAsTheInstructorWants) {
  const Case& golden_case = golden_file().at("Gather.ByHand");
  setenv("LAB_HINTS", "off", 1);
  EXPECT_EQ(mismatch_of(golden_case, run_gather), "the result is not what transformers computes\n");
  setenv("LAB_HINTS", "locate", 1);
  EXPECT_THAT(mismatch_of(golden_case, run_gather), HasSubstr("first wrong: row 0, column 0"));
  setenv("LAB_HINTS", "all", 1);
  EXPECT_THROW(mismatch_of(golden_case, run_gather), Error);
  unsetenv("LAB_HINTS");
}

/// A case's outcome may be an exception that nobody awaits; the child must not go on testing because of it.
TEST(Witnesses, AnExceptionEndsAChild) {
  void* const memory = mmap(nullptr, sizeof(int), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  ASSERT_NE(memory, MAP_FAILED);
  int& who_went_on = *static_cast<int*>(memory);
  const pid_t self = getpid();
  try {
    EXPECT_EQ(in_child([]() -> std::string { throw 1; }), "");
  } catch (int) {
    who_went_on = getpid();
    if (getpid() != self) _exit(0);
  }
  EXPECT_EQ(who_went_on, 0);
  munmap(memory, sizeof(int));
}

TEST(Witnesses, WhatAChildSaysComesBack) {
  EXPECT_EQ(in_child([] { return std::string(100'000, 'x'); }), std::string(100'000, 'x'));
  EXPECT_EQ(in_child([] { return std::string(); }), "");
}

}  // namespace
}  // namespace lab

// Silent runs of a function's cases: they may crash or never end, and forked processes share what comes out.
#include "testing/running/witnesses.h"

#include <gmock/gmock.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "kit/error.h"
#include "testing/golden/arguments.h"
#include "testing/running/golden_test.h"

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

/// Right for the arguments of the first call only, as with a table that is never made anew.
Outcome run_as_the_first(const Case& c) {
  static const std::string first = c.name();
  Outcome outcome;
  Tensor out = copy_of("out", c.after("out"));
  if (c.name() != first) out.values()[0] += 1;
  outcome.tensors.emplace("out", std::move(out));
  return outcome;
}

/// Right, but for other sizes it never returns.
Outcome run_that_ends_elsewhere(const Case& c) {
  if (c.name() != "Gather.OneIndex") std::abort();
  Outcome outcome;
  outcome.tensors.emplace("out", copy_of("out", c.after("out")));
  return outcome;
}

/// What is right is there when it throws.
template <typename Exception>
Outcome throw_at_the_end(const Case& c, const Exception& exception) {
  Arguments arguments(c);
  return arguments.run([&](Outcome&) {
    for (const std::string& storage : c.storages_after()) {
      const Tensor right = copy_of(storage, c.after(storage));
      std::ranges::copy(right.values(), arguments.view(storage).data());
    }
    throw exception;
  });
}

struct Speechless : std::exception {
  const char* what() const noexcept override { return nullptr; }
};

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
  EXPECT_THAT(judge(golden_case, run_gather).text, StartsWith("out (2, 3): 6 of 6 elements are wrong"));
}

TEST(Witnesses, WhatIsKeptBetweenCallsShows) {
  for (const Runner run : {Runner{run_with_memory}, Runner{run_as_the_first}})
    EXPECT_THAT(judge(golden_file().at("Gather.OneIndex"), run).text,
                StartsWith("The first call is right, but the same call after another one isn't"));
}

TEST(Witnesses, WhatBecomesOfAnotherCallIsThatCasesAffair) {
  EXPECT_TRUE(judge(golden_file().at("Gather.OneIndex"), run_that_ends_elsewhere).passed());
}

TEST(Verdicts, AnExceptionWithoutTextIsNoReturn) {
  const Case& golden_case = golden_file().at("Swiglu.ByHand");
  const auto verdict_of = [&](Runner run) { return judge(golden_case, run); };
  for (const Runner run : {
           Runner{[](const Case& c) { return throw_at_the_end(c, std::runtime_error("")); }},
           Runner{[](const Case& c) { return throw_at_the_end(c, std::invalid_argument("")); }},
           Runner{[](const Case& c) { return throw_at_the_end(c, Error("")); }},
           Runner{[](const Case& c) { return throw_at_the_end(c, Speechless()); }},
       }) {
    EXPECT_EQ(verdict_of(run).end, Verdict::End::failed);
    EXPECT_EQ(verdict_of(run).text, "an exception came out: it has no text\n");
  }
  EXPECT_EQ(verdict_of([](const Case& c) { return throw_at_the_end(c, 7); }).end, Verdict::End::failed);
}

TEST(Verdicts, ACaseWithoutWordsIsNoPass) {
  const Case& golden_case = golden_file().at("Swiglu.ByHand");
  struct SpeechlessStub : NotImplemented {
    SpeechlessStub() : NotImplemented("swiglu", "labs/step0_operators/operators.cpp", "8") {}
    const char* what() const noexcept override { return ""; }
  };
  const Verdict stub = judge(golden_case, [](const Case&) -> Outcome { throw SpeechlessStub(); });
  EXPECT_EQ(stub.end, Verdict::End::not_written);
  EXPECT_THAT(stub.text, StartsWith("swiglu is not written yet"));
  EXPECT_THAT(golden_case, testing::Not(IsYielded(stub)));
  const Verdict lost = judge(golden_case, [](const Case&) -> Outcome { throw CallLost(""); });
  EXPECT_EQ(lost.end, Verdict::End::lost);
  EXPECT_THAT(golden_case, testing::Not(IsYielded(lost)));
}

TEST(Verdicts, TravelWhole) {
  Verdict verdict;
  verdict.name = "RmsNorm.ByHand";
  verdict.function = "rms_norm";
  verdict.end = Verdict::End::not_written;
  verdict.purpose = "为什么";
  verdict.text = "two\nlines, a \"quote\" and \xff\n";
  verdict.kind = "two";
  verdict.stub = {"rms_norm", "labs/step0_operators/operators.cpp", "3"};
  verdict.misconceptions = {"a", "b"};
  verdict.axes = {{"out", 1, 2}};
  verdict.thrown = "x";
  const std::optional<Verdict> back = verdict_from(to_json(verdict));
  ASSERT_TRUE(back);
  EXPECT_EQ(back->name, verdict.name);
  EXPECT_EQ(back->function, verdict.function);
  EXPECT_EQ(back->end, verdict.end);
  EXPECT_EQ(back->purpose, verdict.purpose);
  EXPECT_EQ(back->text, "two\nlines, a \"quote\" and \xef\xbf\xbd\n");
  EXPECT_EQ(back->kind, verdict.kind);
  ASSERT_TRUE(back->stub);
  EXPECT_EQ(back->stub->file, verdict.stub->file);
  EXPECT_EQ(back->misconceptions, verdict.misconceptions);
  ASSERT_EQ(back->axes.size(), 1u);
  EXPECT_EQ(back->axes[0].tensor, "out");
  EXPECT_EQ(back->axes[0].dim, 1u);
  EXPECT_EQ(back->axes[0].rank, 2u);
  EXPECT_EQ(back->thrown, verdict.thrown);
}

TEST(Verdicts, HalfOfOneIsNone) {
  const std::string whole = to_json(Verdict{});
  EXPECT_TRUE(verdict_from(whole));
  EXPECT_FALSE(verdict_from(whole.substr(0, whole.size() / 2)));
  EXPECT_FALSE(verdict_from(whole.substr(0, whole.size() - 1)));
  EXPECT_FALSE(verdict_from(""));
  EXPECT_FALSE(verdict_from("{}\n"));
}

TEST(Witnesses, HintsSayAsMuchAsTheInstructorWants) {
  const Case& golden_case = golden_file().at("Gather.ByHand");
  setenv("LAB_HINTS", "off", 1);
  EXPECT_EQ(judge(golden_case, run_gather).text, "the result is not what transformers computes\n");
  setenv("LAB_HINTS", "locate", 1);
  EXPECT_THAT(judge(golden_case, run_gather).text, HasSubstr("first wrong: row 0, column 0"));
  setenv("LAB_HINTS", "all", 1);
  EXPECT_THROW(judge(golden_case, run_gather), Error);
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

// What ./lab stepN prints of code that does worse than yield a wrong number.
#include <gmock/gmock.h>

#include <cstdlib>
#include <string>

#include "testing/steps.h"
#include "tests/programs.h"

namespace lab {
namespace {

using testing::AllOf;
using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

Finished run_misbehaving(const std::string& arguments) { return run("misbehaving_step0_tests", arguments); }

/// Of all cases of a suite; they fail.
std::string brief_report(const std::string& suite) {
  const Finished run = run_misbehaving("--brief '--gtest_filter=" + suite + ".*'");
  EXPECT_EQ(run.code, 1) << run.output;
  return run.output;
}

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

TEST(Report, ExitIsNoPass) {
  EXPECT_THAT(brief_report("RmsNorm"),
              AllOf(HasSubstr("it ended the program, with exit code 0"), HasSubstr(" 0 of 16 passed")));
}

TEST(Report, ExitIsNoPassForCtest) {
  const Finished run = run_misbehaving("--gtest_filter=RmsNorm.ByHand");
  EXPECT_NE(run.code, 0);
  EXPECT_THAT(run.output, HasSubstr("The program was ended before its tests were"));
}

TEST(Report, OneFailureOfEachKindIsShownAndTheOthersAreListed) {
  const std::string report = brief_report("NarrowCopy");
  EXPECT_EQ(count(report, "✗ "), 1u) << report;
  EXPECT_THAT(report,
              ContainsRegex(
                  "it crashed \\(Aborted\\): look where with ./lab debug NarrowCopy.*\n  The same in [A-Z]"));
}

TEST(Report, EachFailureTellsItsCall) {
  const std::string call = "  matmul_transb(c, a, b, 1, 1)  // c (4, 6); a (4, 5); b (6, 5)\n";
  const std::string filter = "'--gtest_filter=MatmulTransb.BetaOneAccumulates'";
  for (const char* mode : {"--brief ", ""})
    EXPECT_THAT(run_misbehaving(mode + filter).output, HasSubstr(call.substr(2))) << mode;
  EXPECT_THAT(brief_report("Rope"), ContainsRegex("\n  rope\\(x, 0, inv_freq\\)  // x \\("));
}

TEST(Report, CallsAreHiddenWhereValuesAre) {
  setenv("LAB_VALUES", "hidden", 1);
  const std::string report = brief_report("MatmulTransb");
  unsetenv("LAB_VALUES");
  EXPECT_THAT(report, Not(HasSubstr("matmul_transb(c")));
}

TEST(Report, WhatComesNextStandsBelowAStepThatPasses) {
  const auto last_line = [](const std::string& step, const std::string& options) {
    const std::string output = run("solutions_" + step + "_tests", "--brief " + options).output;
    return output.substr(output.rfind('\n', output.size() - 2) + 1);
  };
  const Step& next = steps().at(1);
  EXPECT_EQ(last_line("step0", ""), "Next: " + next.en + ". Read labs/" + next.folder +
                                        "/README.md, then ./lab " + next.name + ".\n");
  EXPECT_EQ(last_line(steps().back().name, ""),
            "That was the last step: ./lab generate lets your code tell a story.\n");
  EXPECT_EQ(last_line("step0", "'--gtest_filter=Rope.*'"), "step0: 15 of 15 passed\n");
  setenv("LAB_LANG", "zh", 1);
  EXPECT_EQ(last_line("step0", ""), "接下来是" + next.zh + "：请读 labs/" + next.folder +
                                        "/README.zh-CN.md，然后运行 ./lab " + next.name + "。\n");
  unsetenv("LAB_LANG");
}

TEST(Report, InChineseToo) {
  setenv("LAB_LANG", "zh", 1);
  const std::string report = brief_report("NarrowCopy");
  unsetenv("LAB_LANG");
  EXPECT_EQ(count(report, "✗ "), 1u) << report;
  EXPECT_THAT(report, AllOf(HasSubstr("它崩溃了（Aborted）：用 ./lab debug NarrowCopy."),
                            HasSubstr("\n  同样的还有 "), HasSubstr("step0：20 个用例中通过了 0 个")));
}

TEST(Report, WhatIsNotWrittenYetInChineseToo) {
  setenv("LAB_LANG", "zh", 1);
  const Finished report = run("stubs_step1_tests", "--brief");
  const Finished status = run("stubs_step1_tests", "--status");
  unsetenv("LAB_LANG");
  EXPECT_THAT(
      report.output,
      HasSubstr(
          "self_attention 还没有写：请写在 labs/step1_self_attention/self_attention.cpp 里；请读第 3 节"));
  EXPECT_THAT(status.output, HasSubstr("接下来写 self_attention（第 3 节）"));
}

TEST(Report, WhatWasPrintedBeforeACrashStandsBelowIt) {
  EXPECT_THAT(brief_report("Rope"), HasSubstr("it printed:\n  | before the crash\n"));
}

TEST(Report, WhatAPassingCasePrintsIsShownWithIt) {
  const Finished run = run_misbehaving("--brief --gtest_filter=Gather.*");
  EXPECT_EQ(run.code, 0);
  EXPECT_THAT(run.output, ContainsRegex("^✓ Gather\\.[A-Za-z]+ printed:\n  \\| rows: [0-9]+\n"));
  EXPECT_THAT(run.output, HasSubstr("  | …\n"));
  EXPECT_LT(run.output.size(), 100'000u);
}

TEST(Report, EndlessOutputIsCutOff) {
  const std::string report = brief_report("Swiglu");
  EXPECT_THAT(report, AllOf(HasSubstr("it didn't end"), HasSubstr("  | again\n"), HasSubstr("  | …\n")));
  EXPECT_LT(report.size(), 10'000u);
}

TEST(Report, AnEndlessLoopIsNotWaitedForInEachCase) {
  EXPECT_THAT(brief_report("RopeFrequencies"),
              AllOf(HasSubstr("it didn't end"), HasSubstr("it was not run")));
}

TEST(Report, WhatIsThrownNeedBeNoStdException) {
  EXPECT_THAT(brief_report("MaskedSoftmax"),
              HasSubstr("an exception came out: what was thrown is no std::exception"));
}

TEST(Report, TheSameIndexErrorInTensorsOfOtherSizesIsOneKind) {
  EXPECT_EQ(count(brief_report("Matmul"), "an exception came out: c has shape "), 1u);
}

TEST(Report, AnOverrunIsNotBlamedOnTheReferenceData) {
  EXPECT_THAT(brief_report("MatmulTransb"),
              AllOf(HasSubstr("something was written outside of c"), Not(HasSubstr(".safetensors"))));
}

TEST(Report, NothingIsSaidIfOnlyAPassIsAskedFor) {
  const Finished failed = run_misbehaving("--if-passed --gtest_filter=NarrowCopy.*");
  EXPECT_EQ(failed.output, "");
  EXPECT_EQ(failed.code, 1);
  const Finished passed = run_misbehaving("--if-passed --gtest_filter=Gather.*");
  EXPECT_THAT(passed.output, HasSubstr("step0: 10 of 10 passed"));
  EXPECT_EQ(passed.code, 0);
}

}  // namespace
}  // namespace lab

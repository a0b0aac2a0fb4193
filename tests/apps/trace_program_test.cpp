// The program as a student runs it, with the trace that ships.
#include <gmock/gmock.h>

#include <filesystem>
#include <string>

#include "tests/apps/programs.h"
#include "tests/kit/files.h"

namespace lab {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

TEST(TraceProgram, SolutionAgreesInEveryTensor) {
  const Finished finished = run("solutions_trace", story);
  EXPECT_EQ(finished.code, 0);
  EXPECT_THAT(finished.output, HasSubstr("67 of 67 tensors agree\n"));
  EXPECT_THAT(finished.output, Not(HasSubstr("\x1b")));
}

TEST(TraceProgram, PageOfTheBundledModelIsSmall) {
  const TempDir dir;
  const std::filesystem::path page = dir / "trace.html";
  EXPECT_EQ(run("solutions_trace", story + "--html " + page.string()).code, 0);
  EXPECT_GT(std::filesystem::file_size(page), 1'000'000u);
  EXPECT_LT(std::filesystem::file_size(page), 3'000'000u);
}

TEST(TraceProgram, StubsEndInOneLine) {
  const Finished finished = run("stubs_trace", story);
  EXPECT_EQ(finished.code, 1);
  EXPECT_THAT(finished.output, HasSubstr("is not written yet"));
  EXPECT_EQ(lines_of(finished.output), 1u);
}

TEST(TraceProgram, OtherPromptTellsHowToTraceIt) {
  const Finished finished = run("solutions_trace", story + "--prompt \"It's a \"");
  EXPECT_EQ(finished.code, 1);
  EXPECT_THAT(finished.output, HasSubstr("is the trace of another prompt"));
  EXPECT_THAT(finished.output, HasSubstr(R"(scripts/dump_trace.py --model ')"));
  EXPECT_THAT(finished.output, HasSubstr(R"(--prompt 'It'\''s a ' --out FILE)"));
  EXPECT_EQ(lines_of(finished.output), 1u);
}

TEST(TraceProgram, ModelWithoutTraceTellsHowToMakeOne) {
  const Finished finished =
      run("solutions_trace", std::string("--model '") + LAB_REFERENCE_DATA + "/models/tiny-llama'");
  EXPECT_EQ(finished.code, 1);
  EXPECT_THAT(finished.output, HasSubstr("scripts/dump_trace.py"));
  EXPECT_EQ(lines_of(finished.output), 1u);
}

TEST(TraceProgram, UnwritablePageIsOneLine) {
  const Finished finished = run("solutions_trace", story + "--html /nowhere/trace.html");
  EXPECT_EQ(finished.code, 1);
  EXPECT_THAT(finished.output, EndsWith("/nowhere/trace.html can't be written; does its folder exist?\n"));
  EXPECT_EQ(lines_of(finished.output), 1u);
}

TEST(TraceProgram, HelpIsForWhoCallsItByLab) { expect_help_for_lab("trace"); }

TEST(TraceProgram, BadUsageIsExitCode2) {
  EXPECT_EQ(run("solutions_trace", "").code, 2);
  EXPECT_EQ(run("solutions_trace", story + "--hmtl x").code, 2);
}

}  // namespace
}  // namespace lab

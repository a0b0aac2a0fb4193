// The program that tells the story: what it is given on its command line, and where its text goes.
#include <gmock/gmock.h>

#include <filesystem>
#include <string>

#include "tests/apps/programs.h"

namespace lab {
namespace {

using testing::HasSubstr;

const std::string start = story + "--prompt 'Once upon' --max-new-tokens 3 ";

TEST(GenerateProgram, ContinuesThePrompt) {
  const Finished finished = run("solutions_generate", start);
  EXPECT_EQ(finished.code, 0);
  EXPECT_EQ(finished.output, "Once upon a time,\n");
}

TEST(GenerateProgram, AbsurdValuesAreOneLineThatNamesTheOption) {
  for (const char* option :
       {"--temperature nan", "--temperature inf", "--temperature -1", "--temperature 1e-45", "--top-k -1",
        "--top-p 0", "--top-p nan", "--top-p 1.5", "--max-new-tokens 0", "--max-new-tokens -1"}) {
    const std::string arguments = story + "--prompt x " + option;
    const Finished finished = run("solutions_generate", arguments);
    EXPECT_EQ(finished.code, 1) << option;
    const std::string name(option, std::string(option).find(' '));
    EXPECT_THAT(finished.output, HasSubstr(name + " is ")) << option;
    EXPECT_EQ(lines_of(finished.output), 1u) << option;
  }
}

TEST(GenerateProgram, MoreThanTheModelHasIsAll) {
  const std::string all = run("solutions_generate", start + "--temperature 1").output;
  EXPECT_EQ(run("solutions_generate", start + "--temperature 1 --top-k 1000000").output, all);
}

TEST(GenerateProgram, PromptThatIsNoUtf8IsOneLine) {
  const Finished finished = run("solutions_generate", story + "--prompt \"$(printf 'ab\\377')\"");
  EXPECT_EQ(finished.code, 1);
  EXPECT_THAT(finished.output, HasSubstr("expected UTF-8, found '\\xff' at byte 2"));
  EXPECT_EQ(lines_of(finished.output), 1u);
}

TEST(GenerateProgram, TextThatNobodyTakesEndsTheProgram) {
  for (const char* where : {">&-", "> /dev/full"}) {
    if (std::string(where) == "> /dev/full" && !std::filesystem::exists("/dev/full")) continue;  // macOS
    const Finished finished = run("solutions_generate", start + where);
    EXPECT_EQ(finished.code, 1) << where;
    EXPECT_THAT(finished.output, HasSubstr("standard output: can't be written")) << where;
  }
}

TEST(GenerateProgram, HelpIsForWhoCallsItByLab) { expect_help_for_lab("generate"); }

TEST(GenerateProgram, BadUsageIsExitCode2) {
  EXPECT_EQ(run("solutions_generate", "").code, 2);
  EXPECT_EQ(run("solutions_generate", story + "--prompt x --temprature 1").code, 2);
  EXPECT_EQ(run("solutions_generate", story + "--prompt x --top-k many").code, 2);
}

}  // namespace
}  // namespace lab

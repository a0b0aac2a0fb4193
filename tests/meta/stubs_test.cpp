// Every untouched stub fails, and says what to write, where, and what to read.
#include <gmock/gmock.h>

#include <regex>

#include "test_program.h"

namespace lab {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

/// Gather stands finished in the stubs, as the pattern to imitate.
bool is_worked_example(const CaseReport& report) { return report.name.starts_with("Gather."); }

void expect_stubs_fail(std::size_t step) {
  const std::string& folder = step_folders[step];
  const std::string handout = read_source("labs/" + folder + "/README.md");
  const std::vector<CaseReport> reports = run_test_program("stubs_step" + std::to_string(step) + "_tests");
  EXPECT_THAT(reports, Not(IsEmpty()));
  for (const CaseReport& report : reports) {
    if (is_worked_example(report)) {
      EXPECT_THAT(report.failure, IsEmpty()) << report.name;
      continue;
    }
    std::smatch parts;
    const std::regex line("(\\w+) is not written yet: write it in (labs/\\S+\\.cpp); read section (\\d+)");
    ASSERT_TRUE(std::regex_search(report.failure, parts, line)) << report.name << ": " << report.failure;
    EXPECT_EQ(parts[2].str().rfind("labs/" + folder + "/", 0), 0) << report.name;
    EXPECT_THAT(read_source(parts[2]), HasSubstr(parts[1].str() + "(")) << report.name;
    // The section that the message names is the one that explains the function.
    const std::regex section("\n## " + parts[3].str() + "\\. [^\n]*" + parts[1].str());
    EXPECT_TRUE(std::regex_search(handout, section))
        << "section " << parts[3] << " of " << folder << "/README.md";
  }
}

TEST(Stubs, OfStep0FailAndSayWhatToWrite) { expect_stubs_fail(0); }
TEST(Stubs, OfStep1FailAndSayWhatToWrite) { expect_stubs_fail(1); }
TEST(Stubs, OfStep2FailAndSayWhatToWrite) { expect_stubs_fail(2); }
TEST(Stubs, OfStep3FailAndSayWhatToWrite) { expect_stubs_fail(3); }

}  // namespace
}  // namespace lab

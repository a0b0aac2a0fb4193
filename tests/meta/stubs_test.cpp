// Every untouched stub fails, and says what to write, where, and what to read.
#include <gmock/gmock.h>

#include <filesystem>
#include <regex>

#include "test_program.h"
#include "testing/steps.h"

namespace lab {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

/// The stubs' own text: what doesn't throw stands finished in them, as the pattern to imitate.
std::string stubs_of(const Step& step) {
  std::string text;
  const auto folder = std::filesystem::path(LAB_SOURCE_DIR) / "testing" / "stubs" / step.folder;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    text += read_source("testing/stubs/" + step.folder + "/" + entry.path().filename().string());
  return text;
}

void expect_stubs_fail(const Step& step) {
  const std::string handout = read_source("labs/" + step.folder + "/README.md");
  const std::string stubs = stubs_of(step);
  const std::vector<CaseReport> reports = run_test_program("stubs_" + step.name + "_tests");
  EXPECT_THAT(reports, Not(IsEmpty()));
  std::size_t worked_examples = 0;
  for (const CaseReport& report : reports) {
    if (report.end == "passed") {
      ++worked_examples;
      continue;
    }
    EXPECT_EQ(report.end, "not_written") << report.name;
    std::smatch parts;
    const std::regex line("(\\w+) is not written yet: write it in (labs/\\S+\\.cpp); read section (\\d+)");
    ASSERT_TRUE(std::regex_search(report.failure, parts, line)) << report.name << ": " << report.failure;
    EXPECT_EQ(parts[2].str().rfind("labs/" + step.folder + "/", 0), 0) << report.name;
    EXPECT_THAT(read_source(parts[2]), HasSubstr(parts[1].str() + "(")) << report.name;
    // The section that the message names is the one that explains the function, and the described one.
    EXPECT_EQ(function_named(parts[1].str()).section, parts[3].str()) << report.name;
    const std::regex section("\n## " + parts[3].str() + "\\. [^\n]*" + parts[1].str());
    EXPECT_TRUE(std::regex_search(handout, section))
        << "section " << parts[3] << " of " << step.folder << "/README.md";
  }
  for (const Function& function : step.functions) {
    const bool is_stub = stubs.find("NotImplemented(\"" + function.name + "\"") != std::string::npos;
    if (is_stub) continue;
    EXPECT_GT(worked_examples, 0u) << function.name << " is no stub, but no case passes";
  }
  EXPECT_LT(worked_examples, reports.size());
}

TEST(Stubs, FailAndSayWhatToWrite) {
  for (const Step& step : steps()) {
    SCOPED_TRACE(step.name);
    expect_stubs_fail(step);
  }
}

TEST(Stubs, OnlyTheWorkedExamplePasses) {
  const std::vector<CaseReport> reports = run_test_program("stubs_" + steps().front().name + "_tests");
  for (const CaseReport& report : reports)
    EXPECT_EQ(report.end == "passed", report.name.starts_with("Gather.")) << report.name;
}

}  // namespace
}  // namespace lab

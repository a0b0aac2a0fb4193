// A step's tests say the same, word by word, whether the functions run in their process or in a worker's.
#include <gmock/gmock.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "testing/steps.h"
#include "tests/meta/test_program.h"

namespace lab {
namespace {

using testing::IsEmpty;
using testing::Not;

std::vector<CaseReport> run_with_worker(const std::string& step, const std::filesystem::path& worker) {
  const std::filesystem::path command =
      std::filesystem::temp_directory_path() / ("lab-parity-" + std::to_string(getpid()));
  std::ofstream(command) << worker.string() << '\n';
  setenv("LAB_WORKER", command.c_str(), 1);
  const std::vector<CaseReport> reports = run_test_program("grading/graded_" + step + "_tests");
  std::filesystem::remove(command);
  return reports;
}

/// `folder`: where the implementation's programs lie in the build folder.
void expect_parity(const std::string& implementation, const std::string& folder, bool passes) {
  for (const Step& step : steps()) {
    const std::string program = folder + implementation + "_" + step.name;
    const std::vector<CaseReport> here = run_test_program(program + "_tests");
    const std::vector<CaseReport> there =
        run_with_worker(step.name, std::filesystem::path(LAB_BUILD_DIR) / (program + "_worker"));
    ASSERT_THAT(here, Not(IsEmpty()));
    ASSERT_EQ(here.size(), there.size()) << program;
    bool all_pass = true;
    for (std::size_t i = 0; i < here.size(); ++i) {
      EXPECT_EQ(here[i].name, there[i].name);
      EXPECT_EQ(here[i].end, there[i].end) << here[i].name;
      EXPECT_EQ(here[i].failure, there[i].failure) << here[i].name;
      all_pass &= here[i].end == "passed";
    }
    EXPECT_EQ(all_pass, passes) << program;
  }
}

TEST(Parity, OfSolutions) { expect_parity("solutions", "", true); }
TEST(Parity, OfStubs) { expect_parity("stubs", "", false); }
TEST(Parity, OfKnownMistakes) { expect_parity("mistaken", "tests/grading/", false); }

}  // namespace
}  // namespace lab

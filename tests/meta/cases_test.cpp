// Every golden case is looked at by the test of its name. (A test whose case is missing fails by itself.)
#include <gmock/gmock.h>

#include <algorithm>
#include <set>

#include "kit/golden.h"
#include "test_program.h"

namespace lab {
namespace {

std::vector<std::string> case_names(std::size_t step) {
  const GoldenFile file(std::string(LAB_SOURCE_DIR) + "/reference_data", "step" + std::to_string(step));
  std::vector<std::string> names;
  for (const Case& golden_case : file.cases()) names.push_back(golden_case.name());
  return names;
}

void expect_cases_are_tests(std::size_t step) {
  std::vector<std::string> tests;
  for (const CaseReport& report : run_test_program("solutions_step" + std::to_string(step) + "_tests")) {
    EXPECT_EQ(report.failure, "") << report.name;
    tests.push_back(report.name);
  }
  EXPECT_THAT(tests, testing::IsSupersetOf(case_names(step)));
}

TEST(Cases, OfStep0AreItsTests) { expect_cases_are_tests(0); }
TEST(Cases, OfStep1AreItsTests) { expect_cases_are_tests(1); }
TEST(Cases, OfStep2AreItsTests) { expect_cases_are_tests(2); }
TEST(Cases, OfStep3AreItsTests) { expect_cases_are_tests(3); }

TEST(Cases, NoGoldenOutputIsAnInput) {
  // An input that equals another case's output would hand out that answer.
  for (std::size_t step = 0; step < step_folders.size(); ++step) {
    const GoldenFile file(std::string(LAB_SOURCE_DIR) + "/reference_data", "step" + std::to_string(step));
    std::set<std::vector<float>> inputs;
    const auto values = [](ConstView view) {
      return std::vector<float>(view.data(), view.data() + view.numel());
    };
    for (const Case& golden_case : file.cases()) {
      for (const std::string& storage : golden_case.storages_before())
        inputs.insert(values(golden_case.before(storage)));
    }
    for (const Case& golden_case : file.cases()) {
      for (const std::string& storage : golden_case.storages_after()) {
        const std::vector<float> output = values(golden_case.after(storage));
        const bool tells_little = std::set<float>(output.begin(), output.end()).size() < 4;
        EXPECT_TRUE(tells_little || !inputs.contains(output)) << golden_case.name() << " " << storage;
      }
    }
  }
}

}  // namespace
}  // namespace lab

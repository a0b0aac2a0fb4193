// Every golden case is looked at by the test of its name. (A test whose case is missing fails by itself.)
#include <gmock/gmock.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>

#include "test_program.h"
#include "testing/golden/golden_file.h"

namespace lab {
namespace {

std::vector<std::string> case_names(std::size_t step) {
  const GoldenFile file(std::string(LAB_SOURCE_DIR) + "/reference_data", "step" + std::to_string(step));
  std::vector<std::string> names;
  for (const Case& golden_case : file.cases()) names.push_back(golden_case.name());
  return names;
}

void expect_cases_are_tests(std::size_t step) {
  std::vector<CaseReport> reports = run_test_program("solutions_step" + std::to_string(step) + "_tests");
  if (step == 3) {  // its twenty stories take too long for a student's run
    for (const CaseReport& report : run_test_program("solutions_models_tests")) reports.push_back(report);
  }
  std::vector<std::string> tests;
  for (const CaseReport& report : reports) {
    EXPECT_EQ(report.failure, "") << report.name;
    tests.push_back(report.name);
  }
  EXPECT_THAT(tests, testing::IsSupersetOf(case_names(step)));
}

TEST(Cases, OfStep0AreItsTests) { expect_cases_are_tests(0); }
TEST(Cases, OfStep1AreItsTests) { expect_cases_are_tests(1); }
TEST(Cases, OfStep2AreItsTests) { expect_cases_are_tests(2); }
TEST(Cases, OfStep3AreItsTests) { expect_cases_are_tests(3); }

/// The elements' bytes, since NaN equals nothing.
std::string bytes(ConstView view) {
  return {reinterpret_cast<const char*>(view.data()), view.numel() * sizeof(float)};
}

TEST(Cases, NoGoldenOutputIsAnotherCasesInput) {
  // It would hand out that answer.
  for (std::size_t step = 0; step < step_folders.size(); ++step) {
    const GoldenFile file(std::string(LAB_SOURCE_DIR) + "/reference_data", "step" + std::to_string(step));
    std::map<std::string, std::set<std::string>> cases_by_input;
    for (const Case& golden_case : file.cases()) {
      for (const std::string& storage : golden_case.storages_before())
        cases_by_input[bytes(golden_case.before(storage))].insert(golden_case.name());
    }
    for (const Case& golden_case : file.cases()) {
      for (const std::string& storage : golden_case.storages_after()) {
        const ConstView output = golden_case.after(storage);
        const bool tells_little = std::set<float>(output.data(), output.data() + output.numel()).size() < 4;
        std::set<std::string> others = cases_by_input[bytes(output)];
        others.erase(golden_case.name());
        EXPECT_TRUE(tells_little || others.empty()) << golden_case.name() << " " << storage;
      }
    }
  }
}

}  // namespace
}  // namespace lab

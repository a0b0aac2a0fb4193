// Every golden case is looked at by the test of its name. (A test whose case is missing fails by itself.)
#include <gmock/gmock.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>

#include "test_program.h"
#include "testing/golden/golden_file.h"
#include "testing/steps.h"

namespace lab {
namespace {

GoldenFile golden_file_of(const Step& step) {
  return GoldenFile(std::string(LAB_SOURCE_DIR) + "/reference_data", step.name);
}

TEST(Cases, OfEachStepAreItsTests) {
  // Twenty stories take too long for a student's run, so they are among the tests of whole models.
  const std::vector<CaseReport> of_models = run_other_tests("solutions_models_tests");
  for (const Step& step : steps()) {
    SCOPED_TRACE(step.name);
    std::vector<CaseReport> reports = run_test_program("solutions_" + step.name + "_tests");
    reports.insert(reports.end(), of_models.begin(), of_models.end());
    std::vector<std::string> tests;
    for (const CaseReport& report : reports) {
      EXPECT_EQ(report.failure, "") << report.name;
      tests.push_back(report.name);
    }
    std::vector<std::string> names;
    const GoldenFile file = golden_file_of(step);
    for (const Case& golden_case : file.cases()) names.push_back(golden_case.name());
    EXPECT_THAT(names, testing::Not(testing::IsEmpty()));
    EXPECT_THAT(tests, testing::IsSupersetOf(names));
  }
}

/// The elements' bytes, since NaN equals nothing.
std::string bytes(ConstView view) {
  return {reinterpret_cast<const char*>(view.data()), view.numel() * sizeof(float)};
}

TEST(Cases, NoGoldenOutputIsAnotherCasesInput) {
  // It would hand out that answer.
  for (const Step& step : steps()) {
    const GoldenFile file = golden_file_of(step);
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

#include "golden_test.h"

#include <cstdlib>

namespace lab {

const Case& this_case() {
  static const GoldenFile file = [] {
    const char* folder = std::getenv("LAB_REFERENCE_DATA");
    return GoldenFile(folder != nullptr ? folder : LAB_REFERENCE_DATA, step_name);
  }();
  const testing::TestInfo& test = *testing::UnitTest::GetInstance()->current_test_info();
  return file.at(std::string(test.test_suite_name()) + "." + test.name());
}

}  // namespace lab

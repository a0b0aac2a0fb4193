#include "golden_test.h"

#include <cstdlib>

namespace lab {

const GoldenFile& golden_file() {
  static const GoldenFile file = [] {
    const char* folder = std::getenv("LAB_REFERENCE_DATA");
    return GoldenFile(folder != nullptr ? folder : LAB_REFERENCE_DATA, step_name);
  }();
  return file;
}

const Case& this_case() {
  const testing::TestInfo& test = *testing::UnitTest::GetInstance()->current_test_info();
  return golden_file().at(std::string(test.test_suite_name()) + "." + test.name());
}

}  // namespace lab

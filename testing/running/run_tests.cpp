#include "testing/running/run_tests.h"

#include <gtest/gtest.h>

#include <cstdio>

namespace lab {

std::vector<const testing::TestInfo*> tests_here() {
  const testing::UnitTest& all = *testing::UnitTest::GetInstance();
  std::vector<const testing::TestInfo*> tests;
  for (int i = 0; i < all.total_test_suite_count(); ++i) {
    const testing::TestSuite& suite = *all.GetTestSuite(i);
    for (int j = 0; j < suite.total_test_count(); ++j) tests.push_back(suite.GetTestInfo(j));
  }
  return tests;
}

std::string name_of(const testing::TestInfo& test) {
  return std::string(test.test_suite_name()) + "." + test.name();
}

int run_tests() {
  const int failed = RUN_ALL_TESTS();
  const testing::UnitTest& run = *testing::UnitTest::GetInstance();
  if (testing::GTEST_FLAG(list_tests)) return failed;
  if (run.test_to_run_count() == 0) {
    std::fprintf(stderr, "No test is named %s: run cmake again, since tests were added or renamed.\n",
                 testing::GTEST_FLAG(filter).c_str());
    return 1;
  }
  if (run.skipped_test_count() > 0) {
    std::fprintf(stderr, "%d tests were skipped; a skipped test counts as failed.\n",
                 run.skipped_test_count());
    return 1;
  }
  return failed;
}

}  // namespace lab

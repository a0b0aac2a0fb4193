#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace lab {

/// The program's tests in their order.
std::vector<const testing::TestInfo*> tests_here();

/// "Suite.Test".
std::string name_of(const testing::TestInfo& test);

/// GoogleTest's RUN_ALL_TESTS, but no selected test or any skipped one is a failure, too: a renamed test must
/// not pass under its old name.
int run_tests();

}  // namespace lab

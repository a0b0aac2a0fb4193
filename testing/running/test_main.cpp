#include <gmock/gmock.h>

#include <cstdlib>

#include "testing/running/run_tests.h"

int main(int argc, char** argv) {
  unsetenv("LAB_LANG");  // what a diagnosis says is compared with English words
  testing::InitGoogleMock(&argc, argv);
  return lab::run_tests();
}

#include <gmock/gmock.h>

#include "run_tests.h"

int main(int argc, char** argv) {
  testing::InitGoogleMock(&argc, argv);
  return lab::run_tests();
}

#include <gmock/gmock.h>

#include <string_view>

#include "run_tests.h"
#include "step_report.h"

/// An ordinary GoogleTest program; --brief and --status are what ./lab asks for.
int main(int argc, char** argv) {
  testing::InitGoogleMock(&argc, argv);
  if (argc > 1 && argv[1] == std::string_view("--brief")) return lab::print_brief_report();
  if (argc > 1 && argv[1] == std::string_view("--status")) return lab::print_status();
  return lab::run_tests();
}

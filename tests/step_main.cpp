#include <gmock/gmock.h>

#include <cstdio>
#include <string_view>

#include "golden_test.h"
#include "kit/error.h"
#include "run_tests.h"
#include "step_report.h"
#include "witnesses.h"

/// An ordinary GoogleTest program; --brief and --status are what ./lab asks for.
int main(int argc, char** argv) {
  testing::InitGoogleMock(&argc, argv);
  try {
    lab::golden_file();
    lab::hints_wanted();
  } catch (const lab::Error& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
  if (argc > 1 && argv[1] == std::string_view("--brief")) return lab::print_brief_report();
  if (argc > 1 && argv[1] == std::string_view("--status")) return lab::print_status();
  return lab::run_tests();
}

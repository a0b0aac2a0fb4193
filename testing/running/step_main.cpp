#include <gmock/gmock.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "kit/error.h"
#include "testing/running/golden_test.h"
#include "testing/running/run_tests.h"
#include "testing/running/step_report.h"
#include "testing/running/witnesses.h"

namespace {

bool tests_ended = false;

/// A function that calls exit(0) must not pass for a program whose tests have passed.
void fail_if_ended_early() {
  if (tests_ended) return;
  std::fprintf(
      stderr,
      "The program was ended before its tests were: a function returns or throws, and calls no exit.\n");
  _exit(1);
}

}  // namespace

/// An ordinary GoogleTest program; --brief, --if-passed and --status are what ./lab asks for.
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
  if (argc > 1 && argv[1] == std::string_view("--if-passed")) return lab::print_report_if_passed();
  if (argc > 1 && argv[1] == std::string_view("--status")) return lab::print_status();
  std::atexit(fail_if_ended_early);
  const int code = lab::run_tests();
  tests_ended = true;
  return code;
}

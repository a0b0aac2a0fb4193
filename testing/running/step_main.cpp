#include <gmock/gmock.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "kit/error.h"
#include "testing/running/run_tests.h"
#include "testing/running/show_case.h"
#include "testing/running/step_cases.h"
#include "testing/running/step_report.h"
#include "testing/running/verdict_listener.h"
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

/// All cases in this process, as GoogleTest runs them.
int run_here(const std::string& report) {
  std::atexit(fail_if_ended_early);
  std::vector<lab::Verdict> verdicts;
  testing::UnitTest::GetInstance()->listeners().Append(
      new lab::VerdictListener([&](const lab::Verdict& verdict) { verdicts.push_back(verdict); }));
  const int code = lab::run_tests();
  if (!report.empty()) lab::write_report(report, lab::step_name, verdicts);
  tests_ended = true;
  return code;
}

}  // namespace

/// An ordinary GoogleTest program. --brief, --if-passed and --status are what ./lab asks for; --cases tells
/// as JSON which cases there are, --report=FILE what became of them, and --show=CASE all of one.
int main(int argc, char** argv) {
  testing::InitGoogleMock(&argc, argv);
  std::string mode;
  std::string report;
  std::string shown;
  constexpr std::string_view report_option = "--report=";
  constexpr std::string_view show_option = "--show=";
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument.starts_with(report_option)) {
      report = argument.substr(report_option.size());
    } else if (argument.starts_with(show_option)) {
      shown = argument.substr(show_option.size());
    } else if (mode.empty() && (argument == "--brief" || argument == "--if-passed" ||
                                argument == "--status" || argument == "--cases")) {
      mode = argument;
    } else {
      std::fprintf(
          stderr,
          "expected --brief, --if-passed, --status, --cases, --show=CASE or --report=FILE, found %s\n",
          argv[i]);
      return 2;
    }
  }
  try {
    lab::golden_file();
    lab::hints_wanted();
    if (!shown.empty()) return lab::show_case(shown);
    if (mode == "--brief") return lab::print_brief_report(report);
    if (mode == "--if-passed") return lab::print_report_if_passed();
    if (mode == "--status") return lab::print_status();
    if (mode == "--cases") return lab::print_cases();
    return run_here(report);
  } catch (const lab::Error& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}

#include "test_program.h"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace lab {
namespace {

std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path);
  if (!file) throw std::runtime_error("can't read " + path.string());
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

/// What a program of the build folder writes to the file that stands behind `option`.
nlohmann::json report_of(const std::string& program, const std::string& option,
                         const std::string& arguments) {
  // Tests run side by side, so each has a file of its own.
  std::string file = (std::filesystem::temp_directory_path() / "lab-report-XXXXXX").string();
  close(mkstemp(file.data()));
  const std::string command = std::string("'") + LAB_BUILD_DIR + "/" + program + "' " + option + file + " " +
                              arguments + " > /dev/null 2>&1";
  // The exit code is the tests' verdict; whether the program ran shows in the report being there.
  [[maybe_unused]] const int verdict = std::system(command.c_str());
  nlohmann::json report = nlohmann::json::parse(read_file(file));
  std::filesystem::remove(file);
  return report;
}

}  // namespace

std::vector<CaseReport> run_test_program(const std::string& program, const std::string& arguments) {
  std::vector<CaseReport> cases;
  const nlohmann::json report = report_of(program, "--report=", arguments);
  for (const auto& each : report.at("cases"))
    cases.push_back({each.at("name").get<std::string>(), each.at("end").get<std::string>(),
                     each.at("message").get<std::string>()});
  return cases;
}

std::vector<CaseReport> run_other_tests(const std::string& program) {
  std::vector<CaseReport> cases;
  const nlohmann::json report = report_of(program, "--gtest_output=json:", "");
  for (const auto& suite : report.at("testsuites")) {
    for (const auto& test : suite.at("testsuite")) {
      const bool failed = test.contains("failures");
      cases.push_back({suite.at("name").get<std::string>() + "." + test.at("name").get<std::string>(),
                       failed ? "failed" : "passed",
                       failed ? test["failures"][0]["failure"].get<std::string>() : ""});
    }
  }
  return cases;
}

std::string read_source(const std::string& path) {
  return read_file(std::filesystem::path(LAB_SOURCE_DIR) / path);
}

}  // namespace lab

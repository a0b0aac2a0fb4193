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

}  // namespace

std::vector<CaseReport> run_test_program(const std::string& program, const std::string& arguments) {
  // Tests run side by side, so each has a file of its own.
  std::string name = (std::filesystem::temp_directory_path() / "lab-report-XXXXXX").string();
  close(mkstemp(name.data()));
  const std::filesystem::path report = name;
  const std::string command = std::string("'") + LAB_BUILD_DIR + "/" + program +
                              "' --gtest_output='json:" + report.string() + "' " + arguments +
                              " > /dev/null 2>&1";
  // The exit code is the tests' verdict; whether the program ran shows in the report being there.
  [[maybe_unused]] const int verdict = std::system(command.c_str());
  std::vector<CaseReport> cases;
  const nlohmann::json results = nlohmann::json::parse(read_file(report));
  for (const auto& suite : results.at("testsuites")) {
    for (const auto& test : suite.at("testsuite")) {
      CaseReport result{suite.at("name").get<std::string>() + "." + test.at("name").get<std::string>(), ""};
      if (test.contains("failures")) result.failure = test["failures"][0]["failure"].get<std::string>();
      cases.push_back(result);
    }
  }
  std::filesystem::remove(report);
  return cases;
}

std::string read_source(const std::string& path) {
  return read_file(std::filesystem::path(LAB_SOURCE_DIR) / path);
}

}  // namespace lab

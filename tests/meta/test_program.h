#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace lab {

/// What one case of a test program did.
struct CaseReport {
  std::string name;     ///< "Suite.Test"
  std::string end;      ///< as a step's report has it (testing/running/verdict.h)
  std::string failure;  ///< what is said of it; empty if it passed
};

/// Runs a step's test program (a file of the build folder) with `arguments` and reads its report.
std::vector<CaseReport> run_test_program(const std::string& program, const std::string& arguments = "");

/// Runs a program of the kit's own tests and reads GoogleTest's report.
std::vector<CaseReport> run_other_tests(const std::string& program);

/// The text of a file of the source tree.
std::string read_source(const std::string& path);

}  // namespace lab

#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace lab {

/// What one case of a step's test program did.
struct CaseReport {
  std::string name;     ///< "Suite.Test"
  std::string failure;  ///< GoogleTest's message; empty if it passed
};

/// Runs a step's test program (a file of the build folder) with `arguments` and reads GoogleTest's report.
std::vector<CaseReport> run_test_program(const std::string& program, const std::string& arguments = "");

/// The text of a file of the source tree.
std::string read_source(const std::string& path);

inline const std::vector<std::string> step_folders{"step0_operators", "step1_self_attention", "step2_forward",
                                                   "step3_generate"};

}  // namespace lab

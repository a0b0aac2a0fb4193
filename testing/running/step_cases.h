#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "testing/golden/golden_file.h"
#include "testing/golden/outcome.h"

namespace lab {

/// Calls a contract function with a case's arguments and collects what came out.
using Runner = Outcome (*)(const Case&);

/// "step0" and so on, and how each contract function of the step is called; each step's test file defines
/// both.
extern const char* const step_name;
extern const std::map<std::string, Runner> runners;

/// The folder that the environment variable LAB_REFERENCE_DATA names, or else the kit's own.
std::filesystem::path reference_data();

/// The step's golden cases. Throws Error if they can't be read.
const GoldenFile& golden_file();

}  // namespace lab

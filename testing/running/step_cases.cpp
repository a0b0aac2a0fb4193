#include "testing/running/step_cases.h"

#include <cstdlib>

namespace lab {

std::filesystem::path reference_data() {
  const char* folder = std::getenv("LAB_REFERENCE_DATA");
  return folder != nullptr ? folder : LAB_REFERENCE_DATA;
}

const GoldenFile& golden_file() {
  static const GoldenFile file(reference_data(), step_name);
  return file;
}

}  // namespace lab

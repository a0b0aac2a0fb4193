#pragma once

#include <string>

#include "tests/programs.h"

namespace lab {

inline const std::string story = std::string("--model '") + LAB_REFERENCE_DATA + "/models/story' ";

}  // namespace lab

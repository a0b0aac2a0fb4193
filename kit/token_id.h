#pragma once

#include <cstdint>

namespace lab {

/// A token's index in the vocabulary.
using TokenId = std::int32_t;

}  // namespace lab

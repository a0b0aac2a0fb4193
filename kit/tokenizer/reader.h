#pragma once

#include <memory>

#include "kit/tokenizer/parts.h"

namespace lab {

class Json;

/// Reads the content of a tokenizer.json. Throws Error as Tokenizer's constructor does.
std::unique_ptr<TokenizerParts> read_tokenizer(const Json& root);

}  // namespace lab

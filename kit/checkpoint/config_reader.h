#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "kit/config.h"

namespace lab {

class Json;

/// Reads `DIR/config.json` and, where it is present, `DIR/generation_config.json`, whose eos_token_id then
/// counts instead, even if it has none. What is absent is as transformers assumes it. Throws Error, naming
/// file and field, for what is missing, of the wrong type or out of range, and for every model that this kit
/// would run wrongly: another architecture, biases, another activation or RoPE type, a sliding window shorter
/// than the context, quantized weights.
Config load_config(const std::filesystem::path& dir);

/// The same for the text of a config.json alone; `source` is its name in messages.
Config parse_config(std::string_view text, const std::string& source);
Config parse_config(const Json& json);

}  // namespace lab

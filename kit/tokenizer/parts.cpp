#include "kit/tokenizer/parts.h"

namespace lab {

std::optional<std::string_view> TokenizerParts::token_to_decode(TokenId id, bool skip_special_tokens) const {
  std::string_view text;
  if (const auto found = added.find(id); found != added.end()) {
    text = found->second;
  } else if (const std::string* token = model.token(id)) {
    text = *token;
  } else {
    return std::nullopt;
  }
  // By text, as the library has it: a special token that normalizing changes isn't skipped.
  if (skip_special_tokens && special_contents.contains(text)) return std::nullopt;
  return text;
}

}  // namespace lab

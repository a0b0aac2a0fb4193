#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "kit/tokenizer/added.h"
#include "kit/tokenizer/bpe.h"
#include "kit/tokenizer/decoder.h"
#include "kit/tokenizer/pipeline.h"

namespace lab {

/// A tokenizer.json as read: the stations of a text on its way to ids, in order, and back.
struct TokenizerParts {
  AddedTokenFinder raw_tokens;  ///< looked for in the text as given
  std::vector<Normalizer> normalizers;
  AddedTokenFinder normalized_tokens;  ///< looked for in the normalized text
  std::vector<PreTokenizer> pre_tokenizers;
  BpeModel model;
  std::vector<std::optional<TokenId>> post_template;  ///< nothing stands for the text's ids
  std::unordered_map<TokenId, std::string> added;     ///< as decoding sees it: normalized, if the token is
  std::unordered_set<std::string, StringHash, std::equal_to<>> special_contents;
  std::vector<DecoderStep> decoder;
  std::size_t vocab_size = 0;

  /// The token's text on its way to the decoder; nothing where the id is unknown or skipped.
  std::optional<std::string_view> token_to_decode(TokenId id, bool skip_special_tokens) const;
};

}  // namespace lab

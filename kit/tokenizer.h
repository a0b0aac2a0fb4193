#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "kit/config.h"

namespace lab {

/// A byte-pair encoding as `tokenizer.json` describes it, of either family: SentencePiece-style (Llama 2,
/// Mistral; ▁ for the space, byte fallback) and byte-level (GPT-2, Llama 3, SmolLM).
class Tokenizer {
 public:
  /// Throws Error, naming file and field, for what is missing or wrong and for every component of the format
  /// that this reader doesn't know: it refuses rather than tokenizes differently.
  explicit Tokenizer(const std::filesystem::path& file);
  Tokenizer(Tokenizer&&) noexcept;
  Tokenizer& operator=(Tokenizer&&) noexcept;
  ~Tokenizer();

  /// One more than the largest token id.
  std::size_t vocab_size() const;
  /// `text` must be valid UTF-8, or Error is thrown. Special tokens that the text spells are recognised.
  /// `add_special_tokens`: also apply the post-processor's template, as a rule the BOS token in front.
  std::vector<TokenId> encode(std::string_view text, bool add_special_tokens = true) const;
  /// Invalid byte sequences become U+FFFD. An id outside the vocabulary yields nothing.
  std::string decode(const std::vector<TokenId>& ids, bool skip_special_tokens = true) const;

 private:
  friend class StreamingDecoder;
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// Decodes token by token for printing as they come: the pieces put together are what Tokenizer::decode makes
/// of all ids, no piece ends inside a UTF-8 character, and no leading space is lost.
class StreamingDecoder {
 public:
  explicit StreamingDecoder(const Tokenizer& tokenizer, bool skip_special_tokens = true);
  /// Text that is final now; may be empty while a character's bytes are still arriving.
  std::string push(TokenId id);
  /// What is left at the end; an incomplete character comes out as U+FFFD.
  std::string finish();

 private:
  const Tokenizer* tokenizer_;
  bool skip_special_tokens_;
  std::vector<TokenId> ids_;  ///< since the last point at which the text so far was final
  std::string printed_;       ///< the part of their text that was returned
};

}  // namespace lab

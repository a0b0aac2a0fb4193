#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "kit/token_id.h"

namespace lab {

struct TokenizerParts;  // for the kit's own sources only

/// A byte-pair encoding as `tokenizer.json` describes it, of either family: SentencePiece-style (Llama 2,
/// Mistral; ▁ for the space, byte fallback) and byte-level (GPT-2, Llama 3, SmolLM). Of tokenizer_config.json
/// nothing is read. By its tokenizer_class and add_prefix_space, transformers 5 may build another tokenizer
/// than the file describes: for Llama 2, one that adds no ▁ to a text that begins with a space.
class Tokenizer {
 public:
  /// Throws Error, naming file and field, for what is missing or wrong and for every component of the format
  /// that this reader doesn't know: it refuses rather than tokenizes differently.
  explicit Tokenizer(const std::filesystem::path& file);
  /// The same for the text of such a file; errors call it `name`.
  static Tokenizer parse(std::string_view json, std::string_view name);
  Tokenizer(Tokenizer&&) noexcept;
  Tokenizer& operator=(Tokenizer&&) noexcept;
  ~Tokenizer();

  /// One more than the largest token id.
  std::size_t vocab_size() const;
  /// `text` must be valid UTF-8, or Error is thrown. Special tokens that the text spells are recognised. The
  /// file's truncation and padding are ignored, as transformers ignores them unless asked.
  /// `add_special_tokens`: also apply the post-processor's template, as a rule the BOS token in front.
  std::vector<TokenId> encode(std::string_view text, bool add_special_tokens = true) const;
  /// Invalid byte sequences become U+FFFD. An id outside the vocabulary yields nothing.
  std::string decode(const std::vector<TokenId>& ids, bool skip_special_tokens = true) const;

 private:
  friend class StreamingDecoder;
  explicit Tokenizer(std::unique_ptr<TokenizerParts> parts);

  std::unique_ptr<TokenizerParts> parts_;
};

/// Decodes token by token for printing as they come: the pieces put together are what Tokenizer::decode makes
/// of all ids, no piece ends inside a UTF-8 character, and no leading space is lost.
class StreamingDecoder {
 public:
  /// `tokenizer` must outlive it; it may be moved.
  explicit StreamingDecoder(const Tokenizer& tokenizer, bool skip_special_tokens = true);
  StreamingDecoder(StreamingDecoder&&) noexcept;
  StreamingDecoder& operator=(StreamingDecoder&&) noexcept;
  ~StreamingDecoder();

  /// Text that is final now; may be empty while a character's bytes are still arriving. With byte fallback, a
  /// row of byte tokens comes out as a whole behind its last: an invalid byte in it turns all into U+FFFD.
  std::string push(TokenId id);
  /// What is left at the end; an incomplete character comes out as U+FFFD. After it, another sequence may
  /// start.
  std::string finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace lab

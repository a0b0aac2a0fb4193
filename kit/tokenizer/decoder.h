#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "kit/tokenizer/pattern.h"

namespace lab {

/// The steps of a decoder. Each turns a sequence of tokens into another; at last the tokens are put together.
struct ReplaceInTokens {
  Pattern pattern;
  std::string content;
};
/// Tokens <0xNN> in a row become the text of their bytes or, if that isn't UTF-8, one U+FFFD each.
struct ByteFallbackTokens {};
/// All tokens become one.
struct FuseTokens {};
/// Up to `count` times `character` goes from the front of each token.
struct StripTokens {
  std::string character;
  std::size_t count = 0;
};
/// Characters become the bytes they stand for, and all tokens one text; U+FFFD for what isn't UTF-8.
struct ByteLevelTokens {};
/// `replacement` becomes a space; in the first token, with `drop_first`, nothing.
struct MetaspaceTokens {
  std::string replacement;
  bool drop_first = false;
};
/// Without a decoder, spaces stand between tokens.
struct SpacesBetweenTokens {};
using DecoderStep = std::variant<ReplaceInTokens, ByteFallbackTokens, FuseTokens, StripTokens,
                                 ByteLevelTokens, MetaspaceTokens, SpacesBetweenTokens>;

class DecoderStage;

/// A run of the decoder over one sequence of tokens. Every step hands on at once what no later token can
/// change, and holds back the rest, so that one pass serves decoding at once and as the tokens come.
class DecoderRun {
 public:
  /// `steps` must outlive it.
  explicit DecoderRun(const std::vector<DecoderStep>& steps);
  DecoderRun(DecoderRun&&) noexcept;
  DecoderRun& operator=(DecoderRun&&) noexcept;
  ~DecoderRun();

  void push(std::string_view token);
  /// No more tokens come.
  void finish();
  /// The text that became final since the last call.
  std::string take();

 private:
  std::vector<std::unique_ptr<DecoderStage>> stages_;
};

}  // namespace lab

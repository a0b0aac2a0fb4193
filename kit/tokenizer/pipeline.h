#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "kit/config.h"
#include "kit/tokenizer/pattern.h"

namespace lab {

/// No replacing makes a text longer: 64 steps that each double it would fill any memory.
constexpr std::size_t max_replaced_size = std::size_t{64} << 20;

/// `text` with every match of `pattern` replaced. Throws Error beyond max_replaced_size.
std::string replace_all(std::string_view text, const Pattern& pattern, std::string_view content);

/// A part of the text on its way to the model: normalized, then cut into ever smaller words.
struct Piece {
  std::string text;
  /// Whether it began where the whole text begins when it was cut out. Metaspace's "first" asks.
  bool is_first = false;
  /// So many bytes at its front stand for the whole text's first character; a piece that is cut out from
  /// among them is the first one.
  std::size_t first_bytes = 0;
  std::optional<TokenId> token;  ///< an added token: nothing is done to it any more

  Piece cut(std::size_t begin, std::size_t end) const;
  void prepend(std::string_view prefix);
  void replace(const Pattern& pattern, std::string_view content);
};

/// Normalizers. Neither does anything to an empty text.
struct Prepend {
  std::string text;
  void apply(Piece& piece) const { piece.prepend(text); }
};
struct Replace {
  Pattern pattern;
  std::string content;
  void apply(Piece& piece) const { piece.replace(pattern, content); }
};
using Normalizer = std::variant<Prepend, Replace>;

enum class SplitBehavior { isolated, removed, merged_with_previous, merged_with_next, contiguous };

/// Pre-tokenizers: each takes a piece apart, in order, into `out`.
struct Metaspace {
  enum class Prepending { always, first, never };
  std::string replacement;  ///< of the space, as a rule ▁
  Prepending prepending = Prepending::always;
  bool split = true;
  Pattern space = Pattern::literal(" ");
  Pattern replaced = Pattern::literal(replacement);
  void apply(Piece piece, std::vector<Piece>& out) const;
};
struct ByteLevel {
  bool add_prefix_space = false;
  std::optional<Pattern> pattern;  ///< GPT-2's; without, nothing is cut
  void apply(Piece piece, std::vector<Piece>& out) const;
};
struct Split {
  Pattern pattern;
  SplitBehavior behavior = SplitBehavior::isolated;
  bool invert = false;
  void apply(const Piece& piece, std::vector<Piece>& out) const;
};
struct Digits {
  bool individual = false;
  void apply(const Piece& piece, std::vector<Piece>& out) const;
};
using PreTokenizer = std::variant<Metaspace, ByteLevel, Split, Digits>;

extern const std::string_view gpt2_pattern;

void normalize(const std::vector<Normalizer>& normalizers, Piece& piece);
std::vector<Piece> pre_tokenize(const std::vector<PreTokenizer>& pre_tokenizers, std::vector<Piece> pieces);

/// The printable character, as UTF-8, that a byte-level vocabulary writes a byte as.
const std::string& byte_as_character(unsigned char byte);
/// The bytes that `token` writes, or nothing if one of its characters stands for no byte.
std::optional<std::string> characters_as_bytes(std::string_view token);

}  // namespace lab

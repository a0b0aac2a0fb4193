#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "kit/config.h"

namespace lab {

/// Looks up std::string keys by std::string_view.
struct StringHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
};
using Vocabulary = std::unordered_map<std::string, TokenId, StringHash, std::equal_to<>>;

/// Byte-pair encoding: a word starts as its characters; then, again and again, of all neighbours that have a
/// merge those of the earliest merge are joined, the leftmost first.
class BpeModel {
 public:
  struct Options {
    std::optional<TokenId> unknown;  ///< for a character that is in no token; without, it is dropped
    bool fuse_unknown = false;       ///< one unknown token for several such characters in a row
    bool byte_fallback = false;      ///< rather spell such a character in <0xNN> tokens
    bool ignore_merges = false;      ///< a whole word that is a token needs no merges
  };

  BpeModel() = default;
  BpeModel(Vocabulary vocabulary, Options options);
  /// `left` and `right` join to `merged`; merges added earlier go first. The same pair again replaces the
  /// rank.
  void add_merge(TokenId left, TokenId right, TokenId merged);

  const Vocabulary& vocabulary() const { return vocabulary_; }
  /// nullptr where no token has this id.
  const std::string* token(TokenId id) const;
  /// Appends the tokens of `word`, which is well-formed UTF-8 and not empty.
  void encode(std::string_view word, std::vector<TokenId>& ids) const;

 private:
  struct Merge {
    std::uint32_t rank;
    TokenId merged;
  };

  const Merge* find_merge(TokenId left, TokenId right) const;
  std::vector<TokenId> characters(std::string_view word) const;
  void merge_all(std::vector<TokenId>& symbols) const;

  Vocabulary vocabulary_;
  Options options_;
  std::unordered_map<TokenId, const std::string*>
      tokens_;                                       ///< keys of vocabulary_, which stay where they are
  std::unordered_map<std::uint64_t, Merge> merges_;  ///< by left << 32 | right
  std::uint32_t next_rank_ = 0;
  std::array<std::optional<TokenId>, 256> byte_tokens_;
};

}  // namespace lab

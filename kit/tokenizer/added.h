#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "kit/config.h"

namespace lab {

/// A token that is looked for in the text before anything else happens to it.
struct AddedToken {
  TokenId id = 0;
  std::string content;
  bool single_word = false;  ///< not within a word
  bool lstrip = false;       ///< takes the white space before it along
  bool rstrip = false;       ///< and after it
  bool normalized = false;   ///< looked for in the normalized text, as normalized itself
  bool special = false;      ///< left out of decoded text on request
};

/// Finds added tokens: at each place the longest, from left to right.
class AddedTokenFinder {
 public:
  struct Piece {
    std::size_t begin;
    std::size_t end;
    std::optional<TokenId> token;
  };

  /// `content` as it stands in the text, not empty. False if it was added before.
  bool add(std::string_view content, const AddedToken& token);
  bool empty() const { return tokens_.empty(); }
  /// Cuts `text` into added tokens and what is between them.
  std::vector<Piece> find(std::string_view text) const;

 private:
  struct Found {
    std::size_t end;
    const AddedToken* token;
  };
  std::optional<Found> longest_at(std::string_view text, std::size_t begin) const;

  static constexpr std::uint32_t no_token = UINT32_MAX;
  std::unordered_map<std::uint64_t, std::uint32_t> edges_;  ///< a trie: node << 8 | byte to node
  std::vector<std::uint32_t> token_of_node_ = {no_token};
  std::vector<AddedToken> tokens_;
};

}  // namespace lab

#include "kit/tokenizer/added.h"

#include "kit/tokenizer/unicode.h"
#include "kit/utf8.h"

namespace lab {
namespace {

/// The last character of `text`, which is well-formed and not empty.
std::string_view last_character(std::string_view text) {
  std::size_t begin = text.size() - 1;
  while ((static_cast<unsigned char>(text[begin]) & 0xc0) == 0x80) --begin;
  return text.substr(begin);
}

bool touches_word(std::string_view before, std::string_view after) {
  return (!before.empty() && is_word(utf8_code_point(last_character(before)))) ||
         (!after.empty() && is_word(utf8_code_point(after)));
}

std::size_t trailing_space(std::string_view text) {
  std::size_t size = 0;
  while (!text.empty() && is_space(utf8_code_point(last_character(text)))) {
    const std::size_t length = last_character(text).size();
    size += length;
    text.remove_suffix(length);
  }
  return size;
}

std::size_t leading_space(std::string_view text) {
  std::size_t size = 0;
  while (size < text.size() && is_space(utf8_code_point(text.substr(size))))
    size += utf8_length(text.substr(size));
  return size;
}

}  // namespace

bool AddedTokenFinder::add(std::string_view content, const AddedToken& token) {
  std::uint32_t node = 0;
  for (char byte : content) {
    const std::uint64_t key = static_cast<std::uint64_t>(node) << 8 | static_cast<unsigned char>(byte);
    const auto [edge, is_new] = edges_.emplace(key, static_cast<std::uint32_t>(token_of_node_.size()));
    if (is_new) token_of_node_.push_back(no_token);
    node = edge->second;
  }
  if (token_of_node_[node] != no_token) return false;
  token_of_node_[node] = static_cast<std::uint32_t>(tokens_.size());
  tokens_.push_back(token);
  return true;
}

std::optional<AddedTokenFinder::Found> AddedTokenFinder::longest_at(std::string_view text,
                                                                    std::size_t begin) const {
  std::optional<Found> longest;
  std::uint32_t node = 0;
  for (std::size_t i = begin; i < text.size(); ++i) {
    const auto edge =
        edges_.find(static_cast<std::uint64_t>(node) << 8 | static_cast<unsigned char>(text[i]));
    if (edge == edges_.end()) break;
    node = edge->second;
    if (token_of_node_[node] != no_token) longest = Found{i + 1, &tokens_[token_of_node_[node]]};
  }
  return longest;
}

std::vector<AddedTokenFinder::Piece> AddedTokenFinder::find(std::string_view text) const {
  std::vector<Piece> pieces;
  std::size_t covered = 0;
  std::size_t space_end = 0;  ///< of the white space behind the last token that took it along
  for (std::size_t at = 0; at < text.size() && !empty();) {
    const std::optional<Found> found = longest_at(text, at);
    if (!found) {
      ++at;
      continue;
    }
    std::size_t begin = at;
    std::size_t end = found->end;
    at = end;  // also past a match that doesn't count, and not past the white space that a match takes
    const AddedToken& token = *found->token;
    if (token.single_word && touches_word(text.substr(0, begin), text.substr(end))) continue;
    // No white space is looked at twice, though tokens may be white space themselves.
    if (token.lstrip && covered < begin) begin -= trailing_space(text.substr(covered, begin - covered));
    if (token.lstrip && covered > begin) begin = covered;
    if (token.rstrip) {
      end = end < space_end ? space_end : end + leading_space(text.substr(end));
      space_end = end;
    }
    if (begin >= end) continue;  // white space that is a token, and that the last one took along
    if (covered < begin) pieces.push_back({covered, begin, std::nullopt});
    pieces.push_back({begin, end, token.id});
    covered = end;
  }
  if (covered != text.size()) pieces.push_back({covered, text.size(), std::nullopt});
  return pieces;
}

}  // namespace lab

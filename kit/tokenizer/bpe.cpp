#include "kit/tokenizer/bpe.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <queue>
#include <tuple>

#include "kit/utf8.h"

namespace lab {

BpeModel::BpeModel(Vocabulary vocabulary, Options options)
    : vocabulary_(std::move(vocabulary)), options_(options) {
  for (const auto& [token, id] : vocabulary_) tokens_.emplace(id, &token);
  for (std::size_t byte = 0; byte < byte_tokens_.size(); ++byte) {
    const auto found = vocabulary_.find(fmt::format("<0x{:02X}>", byte));
    if (found != vocabulary_.end()) byte_tokens_[byte] = found->second;
  }
}

void BpeModel::add_merge(TokenId left, TokenId right, TokenId merged) {
  const auto key = static_cast<std::uint64_t>(left) << 32 | static_cast<std::uint32_t>(right);
  merges_[key] = {next_rank_++, merged};
}

const BpeModel::Merge* BpeModel::find_merge(TokenId left, TokenId right) const {
  const auto found = merges_.find(static_cast<std::uint64_t>(left) << 32 | static_cast<std::uint32_t>(right));
  return found == merges_.end() ? nullptr : &found->second;
}

const std::string* BpeModel::token(TokenId id) const {
  const auto found = tokens_.find(id);
  return found == tokens_.end() ? nullptr : found->second;
}

void BpeModel::encode(std::string_view word, std::vector<TokenId>& ids) const {
  if (options_.ignore_merges) {
    const auto found = vocabulary_.find(word);
    if (found != vocabulary_.end()) {
      ids.push_back(found->second);
      return;
    }
  }
  std::vector<TokenId> symbols = characters(word);
  merge_all(symbols);
  ids.insert(ids.end(), symbols.begin(), symbols.end());
}

std::vector<TokenId> BpeModel::characters(std::string_view word) const {
  std::vector<TokenId> symbols;
  symbols.reserve(word.size());
  bool unknown_is_due = false;
  while (!word.empty()) {
    const std::string_view character = word.substr(0, utf8_length(word));
    word.remove_prefix(character.size());
    const auto found = vocabulary_.find(character);
    if (found != vocabulary_.end()) {
      if (unknown_is_due) symbols.push_back(*options_.unknown);
      unknown_is_due = false;
      symbols.push_back(found->second);
      continue;
    }
    const auto byte_token = [&](char byte) { return byte_tokens_[static_cast<unsigned char>(byte)]; };
    if (options_.byte_fallback && std::all_of(character.begin(), character.end(),
                                              [&](char byte) { return byte_token(byte).has_value(); })) {
      // An unknown token that is due comes after these bytes: the library's order.
      for (char byte : character) symbols.push_back(*byte_token(byte));
      continue;
    }
    if (!options_.unknown) continue;
    if (unknown_is_due && !options_.fuse_unknown) symbols.push_back(*options_.unknown);
    unknown_is_due = true;
  }
  if (unknown_is_due) symbols.push_back(*options_.unknown);
  return symbols;
}

/// A queue of the merges that neighbours have, best first; each merge done adds at most two. An entry isn't
/// taken out when a neighbour goes away, rather it is dropped when its turn comes: O(n log n).
void BpeModel::merge_all(std::vector<TokenId>& symbols) const {
  struct Candidate {
    std::uint32_t rank;
    std::size_t position;  ///< of the left one
    TokenId merged;
    bool operator<(const Candidate& other) const {  // std::priority_queue has the largest on top
      return std::tie(rank, position) > std::tie(other.rank, other.position);
    }
  };
  constexpr std::size_t none = static_cast<std::size_t>(-1);
  const std::size_t size = symbols.size();
  std::vector<std::size_t> previous(size), next(size);
  std::vector<Candidate> candidates;
  for (std::size_t i = 0; i < size; ++i) {
    previous[i] = i == 0 ? none : i - 1;
    next[i] = i + 1 == size ? none : i + 1;
    const Merge* merge = next[i] == none ? nullptr : find_merge(symbols[i], symbols[i + 1]);
    if (merge) candidates.push_back({merge->rank, i, merge->merged});
  }
  std::priority_queue<Candidate> queue(std::less<Candidate>(), std::move(candidates));
  std::vector<bool> gone(size, false);
  const auto offer = [&](std::size_t left) {
    if (left == none || next[left] == none) return;
    const Merge* merge = find_merge(symbols[left], symbols[next[left]]);
    if (merge) queue.push({merge->rank, left, merge->merged});
  };
  while (!queue.empty()) {
    const Candidate best = queue.top();
    queue.pop();
    const std::size_t left = best.position;
    const std::size_t right = next[left];
    if (gone[left] || right == none) continue;
    const Merge* merge = find_merge(symbols[left], symbols[right]);
    if (!merge || merge->merged != best.merged) continue;  // its neighbours are others by now
    symbols[left] = best.merged;
    gone[right] = true;
    next[left] = next[right];
    if (next[left] != none) previous[next[left]] = left;
    offer(previous[left]);
    offer(left);
  }
  std::size_t kept = 0;
  for (std::size_t i = 0; i < size; ++i) {
    if (!gone[i]) symbols[kept++] = symbols[i];
  }
  symbols.resize(kept);
}

}  // namespace lab

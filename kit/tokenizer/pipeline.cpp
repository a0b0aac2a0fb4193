#include "kit/tokenizer/pipeline.h"

#include <algorithm>
#include <array>
#include <utility>

#include "kit/error.h"
#include "kit/tokenizer/unicode.h"
#include "kit/utf8.h"

namespace lab {

const std::string_view gpt2_pattern =
    R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)";

Piece Piece::cut(std::size_t begin, std::size_t end) const {
  const std::size_t left = first_bytes > begin ? first_bytes - begin : 0;
  return {text.substr(begin, end - begin), left > 0, std::min(left, end - begin), std::nullopt};
}

void Piece::prepend(std::string_view prefix) {
  if (text.empty()) return;
  text.insert(0, prefix);
  if (first_bytes > 0) first_bytes += prefix.size();
}

namespace {

std::string replace_spans(std::string_view text, const std::vector<Span>& spans, std::string_view content) {
  std::string result;
  for (const Span& span : spans) {
    result += span.is_match ? content : text.substr(span.begin, span.end - span.begin);
    if (result.size() > max_replaced_size) {
      throw Error("replacing of the tokenizer makes a text of more than {} bytes", max_replaced_size);
    }
  }
  return result;
}

}  // namespace

std::string replace_all(std::string_view text, const Pattern& pattern, std::string_view content) {
  return replace_spans(text, pattern.find_all(text), content);
}

void Piece::replace(const Pattern& pattern, std::string_view content) {
  const std::vector<Span> spans = pattern.find_all(text);
  std::size_t size = 0;
  std::size_t first = 0;
  for (const Span& span : spans) {
    if (span.begin >= first_bytes) break;
    if (span.is_match) {
      size += content.size();
      if (span.end <= first_bytes)
        first = size;  // what replaces several characters counts as the last of them
    } else {
      first = size + std::min(first_bytes, span.end) - span.begin;
      size += span.end - span.begin;
    }
  }
  text = replace_spans(text, spans, content);
  first_bytes = first;
}

namespace {

/// The ranges that `behavior` makes of the spans; empty ones may be among them.
std::vector<Span> arrange(std::vector<Span> spans, SplitBehavior behavior) {
  const bool backwards = behavior == SplitBehavior::merged_with_next;
  if (behavior == SplitBehavior::isolated || behavior == SplitBehavior::removed) return spans;
  if (backwards) std::reverse(spans.begin(), spans.end());
  std::vector<Span> result;
  bool previous = false;
  for (const Span& span : spans) {
    const bool join =
        behavior == SplitBehavior::contiguous ? span.is_match == previous : span.is_match && !previous;
    previous = span.is_match;
    if (!join || result.empty()) {
      result.push_back(span);
    } else if (backwards) {
      result.back().begin = span.begin;
    } else {
      result.back().end = span.end;
    }
  }
  if (backwards) std::reverse(result.begin(), result.end());
  return result;
}

void cut_at(const Piece& piece, std::vector<Span> spans, SplitBehavior behavior, std::vector<Piece>& out) {
  for (const Span& span : arrange(std::move(spans), behavior)) {
    if (behavior == SplitBehavior::removed && span.is_match) continue;
    if (span.begin < span.end) out.push_back(piece.cut(span.begin, span.end));
  }
}

/// Printable bytes stand for themselves, the others, in order, for U+0100 and up.
const std::array<std::string, 256>& byte_characters() {
  static const std::array<std::string, 256> characters = [] {
    std::array<std::string, 256> table;
    char32_t next = 0x100;
    for (unsigned byte = 0; byte < 256; ++byte) {
      const bool printable = (byte >= '!' && byte <= '~') || (byte >= 0xa1 && byte != 0xad);
      table[byte] = to_utf8(printable ? byte : next++);
    }
    return table;
  }();
  return characters;
}

void write_bytes_as_characters(Piece& piece) {
  std::string result;
  std::size_t first = 0;
  for (std::size_t i = 0; i < piece.text.size(); ++i) {
    result += byte_as_character(static_cast<unsigned char>(piece.text[i]));
    if (i < piece.first_bytes) first = result.size();
  }
  piece.text = std::move(result);
  piece.first_bytes = first;
}

}  // namespace

const std::string& byte_as_character(unsigned char byte) { return byte_characters()[byte]; }

std::optional<std::string> characters_as_bytes(std::string_view token) {
  static const std::array<int, 0x180> bytes = [] {
    std::array<int, 0x180> table;
    table.fill(-1);
    for (unsigned byte = 0; byte < 256; ++byte) {
      table[utf8_code_point(byte_characters()[byte])] = static_cast<int>(byte);
    }
    return table;
  }();
  std::string result;
  for (; !token.empty(); token.remove_prefix(utf8_length(token))) {
    const char32_t character = utf8_code_point(token);
    if (character >= bytes.size() || bytes[character] < 0) return std::nullopt;
    result += static_cast<char>(bytes[character]);
  }
  return result;
}

void Metaspace::apply(Piece piece, std::vector<Piece>& out) const {
  piece.replace(space, replacement);
  const bool wanted = prepending == Prepending::always || (prepending == Prepending::first && piece.is_first);
  if (wanted && !piece.text.starts_with(replacement)) piece.prepend(replacement);
  if (!split) {
    if (!piece.text.empty()) out.push_back(std::move(piece));
    return;
  }
  cut_at(piece, replaced.find_all(piece.text), SplitBehavior::merged_with_next, out);
}

void ByteLevel::apply(Piece piece, std::vector<Piece>& out) const {
  if (add_prefix_space && !piece.text.starts_with(' ')) piece.prepend(" ");
  const std::size_t before = out.size();
  if (pattern) {
    cut_at(piece, pattern->find_all(piece.text), SplitBehavior::isolated, out);
  } else {
    out.push_back(std::move(piece));
  }
  for (std::size_t i = before; i < out.size(); ++i) write_bytes_as_characters(out[i]);
}

void Split::apply(const Piece& piece, std::vector<Piece>& out) const {
  std::vector<Span> spans = pattern.find_all(piece.text);
  for (Span& span : spans) span.is_match = span.is_match != invert;
  cut_at(piece, std::move(spans), behavior, out);
}

void Digits::apply(const Piece& piece, std::vector<Piece>& out) const {
  std::vector<Span> spans;
  for (std::size_t at = 0; at < piece.text.size();) {
    const std::string_view rest = std::string_view(piece.text).substr(at);
    const bool numeric = is_numeric(utf8_code_point(rest));
    const std::size_t end = at + utf8_length(rest);
    if (!numeric && !spans.empty() && !spans.back().is_match) {
      spans.back().end = end;
    } else {
      spans.push_back({at, end, numeric});
    }
    at = end;
  }
  cut_at(piece, std::move(spans), individual ? SplitBehavior::isolated : SplitBehavior::contiguous, out);
}

void normalize(const std::vector<Normalizer>& normalizers, Piece& piece) {
  for (const Normalizer& normalizer : normalizers) {
    std::visit([&](const auto& step) { step.apply(piece); }, normalizer);
  }
}

std::vector<Piece> pre_tokenize(const std::vector<PreTokenizer>& pre_tokenizers, std::vector<Piece> pieces) {
  for (const PreTokenizer& pre_tokenizer : pre_tokenizers) {
    std::vector<Piece> cut;
    for (Piece& piece : pieces) {
      if (piece.token) {
        cut.push_back(std::move(piece));
      } else {
        std::visit([&](const auto& step) { step.apply(std::move(piece), cut); }, pre_tokenizer);
      }
    }
    pieces = std::move(cut);
  }
  return pieces;
}

}  // namespace lab

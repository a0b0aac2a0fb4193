#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace lab {

/// Bytes [begin, end) of a text, and whether a pattern matches there.
struct Span {
  std::size_t begin;
  std::size_t end;
  bool is_match;
};

/// A pattern of tokenizer.json, which is a regular expression in Oniguruma's dialect or a plain string.
/// Matched by PCRE2, though never against characters: PCRE2 knows another release of Unicode, and its \s,
/// \w and ignoring of case differ in detail. Instead the sets of characters that the pattern speaks of are
/// taken out of it; characters that are in the same sets are alike to the pattern, so that each such class is
/// given one byte, and pattern and text are both spelled in these bytes.
class Pattern {
 public:
  static Pattern literal(std::string text);
  /// Throws Error for what isn't well-formed and for syntax that the two dialects understand differently.
  static Pattern regex(std::string_view expression);
  Pattern(Pattern&&) noexcept;
  Pattern& operator=(Pattern&&) noexcept;
  ~Pattern();

  /// Cuts `text`, well-formed UTF-8, at the ends of all matches. Nothing for an empty text.
  /// Throws Error where matching exceeds PCRE2's limits, as it may for patterns that backtrack without end.
  std::vector<Span> find_all(std::string_view text) const;
  bool can_match_nothing() const;

 private:
  struct Compiled;
  Pattern();

  std::string literal_;
  std::unique_ptr<Compiled> compiled_;  ///< of a regular expression
};

}  // namespace lab

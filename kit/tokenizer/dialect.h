#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "kit/tokenizer/unicode.h"

namespace lab {

/// A set of characters as a pattern writes it: [^\s\p{L}], \d, or a single one.
struct CharacterSet {
  enum class Kind { range, categories, space, word };
  struct Item {
    Kind kind = Kind::range;
    bool negated = false;
    char32_t first = 0;
    char32_t last = 0;
    CategorySet categories = 0;
    bool operator==(const Item&) const = default;
    bool contains(char32_t code_point) const;
  };
  std::vector<Item> items;
  bool negated = false;
  bool operator==(const CharacterSet&) const = default;
  bool contains(char32_t code_point) const;
};

/// A pattern taken apart: syntax that PCRE2 reads as Oniguruma does, and sets in between.
struct ParsedPattern {
  static constexpr std::size_t no_set = static_cast<std::size_t>(-1);
  struct Part {
    std::string syntax;
    std::size_t set = no_set;  ///< index into `sets`, where `syntax` is empty
  };
  std::vector<Part> parts;
  std::vector<CharacterSet> sets;
};

/// Throws Error, naming the place in `expression`, for what this reader doesn't know for certain to be the
/// same in both dialects.
ParsedPattern parse_pattern(std::string_view expression);

}  // namespace lab

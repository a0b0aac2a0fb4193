#pragma once

#include <cstdint>
#include <span>

namespace lab {

/// General categories of Unicode, as far as tokenizers' patterns tell them apart: M stands for Mn, Mc and Me,
/// P for all punctuation but Pc, S, Z and C for theirs; what isn't assigned is C.
enum class Category : std::uint8_t { Lu, Ll, Lt, Lm, Lo, M, Nd, Nl, No, Pc, P, S, Z, C };

/// Sets of categories, one bit each.
using CategorySet = std::uint16_t;
constexpr CategorySet set_of(Category category) {
  return static_cast<CategorySet>(1u << static_cast<unsigned>(category));
}

/// The tables of the tokenizers library, not those of this machine: each release of Unicode adds letters, and
/// a letter that PCRE2 or the C library doesn't know yet would be split from its word.
Category category_of(char32_t code_point);

/// Where each run of one category starts: code point << 4 | category, ascending from 0.
std::span<const std::uint32_t> category_runs();

struct CodePoints {
  char32_t first;
  char32_t last;
};

/// What is_space holds of.
std::span<const CodePoints> space_ranges();
/// What is_pattern_word holds of that the categories don't tell.
std::span<const CodePoints> alphabetic_symbol_ranges();

/// White_Space, which `\s` and the stripping of added tokens go by.
bool is_space(char32_t code_point);
/// `[\w]` in a Split's pattern, by the library's engine for these, Oniguruma.
bool is_pattern_word(char32_t code_point);
/// `\w` around an added token that is a `single_word`: another engine, another set.
bool is_word(char32_t code_point);
/// What Digits splits: a third, newer set.
bool is_numeric(char32_t code_point);

}  // namespace lab

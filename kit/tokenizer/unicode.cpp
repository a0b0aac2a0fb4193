#include "kit/tokenizer/unicode.h"

#include <algorithm>

namespace lab {
namespace {

constexpr std::uint32_t runs[] = {
#include "kit/tokenizer/unicode_table.inc"
};

constexpr CategorySet letters = set_of(Category::Lu) | set_of(Category::Ll) | set_of(Category::Lt) |
                                set_of(Category::Lm) | set_of(Category::Lo);
constexpr CategorySet words =
    letters | set_of(Category::M) | set_of(Category::Nd) | set_of(Category::Nl) | set_of(Category::Pc);
constexpr CategorySet numbers = set_of(Category::Nd) | set_of(Category::Nl) | set_of(Category::No);

constexpr CodePoints spaces[] = {{0x9, 0xd},       {0x20, 0x20},     {0x85, 0x85},     {0xa0, 0xa0},
                                 {0x1680, 0x1680}, {0x2000, 0x200a}, {0x2028, 0x2029}, {0x202f, 0x202f},
                                 {0x205f, 0x205f}, {0x3000, 0x3000}};

/// Circled and squared letters are symbols by category, yet alphabetic.
constexpr CodePoints alphabetic_symbols[] = {
    {0x24b6, 0x24e9}, {0x1f130, 0x1f149}, {0x1f150, 0x1f169}, {0x1f170, 0x1f189}};

/// Numbers of Unicode 17, which the table is a release too old for.
constexpr CodePoints newer_numbers[] = {{0x11de0, 0x11de9}, {0x16ff4, 0x16ff6}};

bool is_in(char32_t code_point, std::span<const CodePoints> ranges) {
  return std::any_of(ranges.begin(), ranges.end(),
                     [=](CodePoints range) { return range.first <= code_point && code_point <= range.last; });
}

}  // namespace

std::span<const std::uint32_t> category_runs() { return runs; }

Category category_of(char32_t code_point) {
  const auto* after = std::upper_bound(std::begin(runs), std::end(runs), code_point << 4 | 0xf);
  return static_cast<Category>(after[-1] & 0xf);
}

std::span<const CodePoints> space_ranges() { return spaces; }
std::span<const CodePoints> alphabetic_symbol_ranges() { return alphabetic_symbols; }

bool is_space(char32_t c) { return is_in(c, spaces); }
bool is_pattern_word(char32_t c) { return (set_of(category_of(c)) & words) || is_in(c, alphabetic_symbols); }
bool is_word(char32_t c) { return is_pattern_word(c) || c == 0x200c || c == 0x200d; }
bool is_numeric(char32_t c) { return (set_of(category_of(c)) & numbers) || is_in(c, newer_numbers); }

}  // namespace lab

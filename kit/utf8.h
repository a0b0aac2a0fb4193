#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace lab {

/// Bytes of the UTF-8 character at the start of `text`, 1 to 4; 0 if what stands there is not well-formed
/// (Unicode 15, table 3-7: no overlong forms, no surrogates, nothing above U+10FFFF) or `text` is empty.
std::size_t utf8_length(std::string_view text);

/// The code point of the character that `text`, well-formed, starts with.
char32_t utf8_code_point(std::string_view text);

/// `code_point` as UTF-8; it must be no surrogate and at most U+10FFFF.
std::string to_utf8(char32_t code_point);

/// Whether all of `text` is well-formed UTF-8.
bool is_utf8(std::string_view text);

}  // namespace lab

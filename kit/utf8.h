#pragma once

#include <cstddef>
#include <string_view>

namespace lab {

/// Bytes of the UTF-8 character at the start of `text`, 1 to 4; 0 if what stands there is not well-formed
/// (Unicode 15, table 3-7: no overlong forms, no surrogates, nothing above U+10FFFF) or `text` is empty.
std::size_t utf8_length(std::string_view text);

/// Whether all of `text` is well-formed UTF-8.
bool is_utf8(std::string_view text);

}  // namespace lab

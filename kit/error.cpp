#include "kit/error.h"

#include <fmt/format.h>

#include "kit/utf8.h"

namespace lab {

std::string printable(std::string_view text, std::size_t limit) {
  std::string out;
  while (!text.empty()) {
    if (out.size() >= limit) return out + "…";
    const std::size_t length = utf8_length(text);
    const bool control = length == 1 && (text[0] < 0x20 || text[0] == 0x7f);
    // U+0080 … U+009F are control characters too; a terminal may obey them.
    const bool c1_control = length == 2 && text[0] == '\xc2' && static_cast<unsigned char>(text[1]) < 0xa0;
    const std::size_t taken = length == 0 ? 1 : length;
    if (length == 0 || control || c1_control) {
      for (char byte : text.substr(0, taken))
        out += fmt::format("\\x{:02x}", static_cast<unsigned char>(byte));
    } else {
      out += text.substr(0, taken);
    }
    text.remove_prefix(taken);
  }
  return out;
}

}  // namespace lab

// tokenizer.json, a zero byte, and a text: what is not refused encodes the text and decodes the ids, the same
// at once and piece by piece.
#include <cstdlib>
#include <optional>
#include <string>

#include "input.h"
#include "kit/error.h"
#include "kit/tokenizer/tokenizer.h"

namespace {

std::string decoded_piece_by_piece(const lab::Tokenizer& tokenizer, const std::vector<lab::TokenId>& ids) {
  lab::StreamingDecoder decoder(tokenizer);
  std::string text;
  for (const lab::TokenId id : ids) text += decoder.push(id);
  return text + decoder.finish();
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input = text_of(data, size);
  const std::size_t end = input.find('\0');
  const std::string_view text = end == std::string_view::npos ? "the day" : input.substr(end + 1);
  try {
    const lab::Tokenizer tokenizer = lab::Tokenizer::parse(input.substr(0, end), "tokenizer.json");
    const std::vector<lab::TokenId> ids = tokenizer.encode(text);
    if (decoded_piece_by_piece(tokenizer, ids) != tokenizer.decode(ids)) std::abort();
  } catch (const lab::Error&) {
  }
  return 0;
}

#include "kit/tokenizer/tokenizer.h"

#include <utility>

#include "kit/checkpoint/json.h"
#include "kit/error.h"
#include "kit/tokenizer/parts.h"
#include "kit/tokenizer/reader.h"
#include "kit/utf8.h"

namespace lab {
namespace {

void require_utf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = utf8_length(text.substr(at, 4));
    if (length == 0) {
      throw Error("text to encode: expected UTF-8, found '{}' at byte {}", printable(text.substr(at), 8), at);
    }
    at += length;
  }
}

/// The pieces that `finder` cuts `piece` into.
void cut_added_tokens(const AddedTokenFinder& finder, const Piece& piece, std::vector<Piece>& out) {
  for (const AddedTokenFinder::Piece& found : finder.find(piece.text)) {
    out.push_back(piece.cut(found.begin, found.end));
    out.back().token = found.token;
  }
}

}  // namespace

Tokenizer::Tokenizer(std::unique_ptr<TokenizerParts> parts) : parts_(std::move(parts)) {}

Tokenizer::Tokenizer(const std::filesystem::path& file) : Tokenizer(read_tokenizer(Json::read(file))) {}

Tokenizer Tokenizer::parse(std::string_view json, std::string_view name) {
  return Tokenizer(read_tokenizer(Json::parse(json, std::string(name))));
}

Tokenizer::Tokenizer(Tokenizer&&) noexcept = default;
Tokenizer& Tokenizer::operator=(Tokenizer&&) noexcept = default;
Tokenizer::~Tokenizer() = default;

std::size_t Tokenizer::vocab_size() const { return parts_->vocab_size; }

std::vector<TokenId> Tokenizer::encode(std::string_view text, bool add_special_tokens) const {
  require_utf8(text);
  const Piece whole{std::string(text), true, text.empty() ? 0 : utf8_length(text), std::nullopt};
  std::vector<Piece> raw, pieces;
  cut_added_tokens(parts_->raw_tokens, whole, raw);
  for (Piece& piece : raw) {
    if (piece.token) {
      pieces.push_back(std::move(piece));
      continue;
    }
    normalize(parts_->normalizers, piece);
    cut_added_tokens(parts_->normalized_tokens, piece, pieces);
  }

  std::vector<TokenId> ids;
  for (const Piece& piece : pre_tokenize(parts_->pre_tokenizers, std::move(pieces))) {
    if (piece.token) {
      ids.push_back(*piece.token);
    } else {
      parts_->model.encode(piece.text, ids);
    }
  }

  std::vector<TokenId> result;
  for (const std::optional<TokenId>& part : parts_->post_template) {
    if (!part) {
      result.insert(result.end(), ids.begin(), ids.end());
    } else if (add_special_tokens) {
      result.push_back(*part);
    }
  }
  return result;
}

std::string Tokenizer::decode(const std::vector<TokenId>& ids, bool skip_special_tokens) const {
  DecoderRun run(parts_->decoder);
  for (TokenId id : ids) {
    if (const auto token = parts_->token_to_decode(id, skip_special_tokens)) run.push(*token);
  }
  run.finish();
  return run.take();
}

struct StreamingDecoder::State {
  const TokenizerParts* tokenizer;
  bool skip_special_tokens;
  DecoderRun run;
};

StreamingDecoder::StreamingDecoder(const Tokenizer& tokenizer, bool skip_special_tokens)
    : state_(new State{tokenizer.parts_.get(), skip_special_tokens, DecoderRun(tokenizer.parts_->decoder)}) {}
StreamingDecoder::StreamingDecoder(StreamingDecoder&&) noexcept = default;
StreamingDecoder& StreamingDecoder::operator=(StreamingDecoder&&) noexcept = default;
StreamingDecoder::~StreamingDecoder() = default;

std::string StreamingDecoder::push(TokenId id) {
  if (const auto token = state_->tokenizer->token_to_decode(id, state_->skip_special_tokens))
    state_->run.push(*token);
  return state_->run.take();
}

std::string StreamingDecoder::finish() {
  state_->run.finish();
  std::string text = state_->run.take();
  state_->run = DecoderRun(state_->tokenizer->decoder);
  return text;
}

}  // namespace lab

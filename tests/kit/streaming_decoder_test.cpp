#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <random>
#include <utility>

#include "kit/tokenizer/tokenizer.h"
#include "kit/utf8.h"
#include "tests/kit/tokenizer_fixtures.h"

namespace lab {
namespace {

using nlohmann::json;
using testing::ElementsAre;

std::vector<std::string> stream(StreamingDecoder& decoder, const std::vector<TokenId>& ids) {
  std::vector<std::string> pieces;
  for (TokenId id : ids) pieces.push_back(decoder.push(id));
  pieces.push_back(decoder.finish());
  return pieces;
}

std::string joined(const std::vector<std::string>& pieces) {
  std::string text;
  for (const std::string& piece : pieces) text += piece;
  return text;
}

/// Ids of all kinds; runs of one kind are long enough to build characters of bytes, and to break them.
std::vector<TokenId> random_ids(std::mt19937& random, std::size_t vocab_size) {
  const auto below = [&](std::size_t end) { return static_cast<std::size_t>(random() % end); };
  std::vector<TokenId> ids;
  for (std::size_t run = 1 + below(5); run > 0; --run) {
    const std::size_t begin = below(3) == 0 ? vocab_size - 20 : 0;
    const std::size_t end = begin > 0 || below(2) == 0 ? vocab_size + 2 : 300;
    for (std::size_t i = below(6); i > 0; --i)
      ids.push_back(static_cast<TokenId>(begin + below(end - begin)));
  }
  return ids;
}

void expect_stream_equals_decode(const Tokenizer& tokenizer, const std::string& name, int rounds) {
  std::mt19937 random(7);
  for (bool skip : {true, false}) {
    StreamingDecoder decoder(tokenizer, skip);
    for (int round = 0; round < rounds; ++round) {
      const std::vector<TokenId> ids = random_ids(random, tokenizer.vocab_size());
      const std::vector<std::string> pieces = stream(decoder, ids);
      ASSERT_EQ(joined(pieces), tokenizer.decode(ids, skip)) << name << " " << testing::PrintToString(ids);
      for (const std::string& piece : pieces)
        ASSERT_TRUE(is_utf8(piece)) << name << " " << testing::PrintToString(ids);
    }
  }
}

TEST(StreamingDecoder, PiecesOfRandomIdsMakeTheDecodedText) {
  for (const char* name : {"llama2", "mistral", "unknown", "gpt2", "llama3", "smollm"}) {
    expect_stream_equals_decode(Tokenizer(tokenizer_fixture(std::string(name) + ".json")), name, 2000);
  }
}

TEST(StreamingDecoder, PiecesMakeTheDecodedTextWithEveryDecoder) {
  const json variants = json::parse(read_fixture("variants.json"));
  int decoders = 0;
  for (const json& variant : variants["cases"]) {
    if (!variant["patch"].contains("/decoder")) continue;
    ++decoders;
    json config = json::parse(read_fixture(variant["base"].get<std::string>() + ".json"));
    for (const auto& [path, value] : variant["patch"].items()) config[json::json_pointer(path)] = value;
    expect_stream_equals_decode(Tokenizer::parse(config.dump(), "variant"), variant["name"], 300);
  }
  EXPECT_GE(decoders, 10);
}

TEST(StreamingDecoder, TextComesWithTheTokenThatCompletesIt) {
  const Tokenizer tokenizer(tokenizer_fixture("llama2.json"));
  // "▁Lily" may be several tokens; what counts is that none waits for the next.
  const std::vector<TokenId> ids = tokenizer.encode("Lily was happy", false);
  StreamingDecoder decoder(tokenizer);
  std::string before;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    before += decoder.push(ids[i]);
    EXPECT_EQ(before, tokenizer.decode({ids.begin(), ids.begin() + static_cast<std::ptrdiff_t>(i) + 1}));
  }
  EXPECT_EQ(before, "Lily was happy");
  EXPECT_EQ(decoder.finish(), "");
}

TEST(StreamingDecoder, ByteTokensWaitForTheEndOfTheirRow) {
  const Tokenizer tokenizer = Tokenizer::parse(
      R"({"model": {"type": "BPE", "vocab": {"<0xC3>": 0, "<0xA9>": 1, "<0xFF>": 2, "▁a": 3}, "merges": []},
          "decoder": {"type": "Sequence", "decoders": [
            {"type": "Replace", "pattern": {"String": "▁"}, "content": " "}, {"type": "ByteFallback"}, {"type": "Fuse"},
            {"type": "Strip", "content": " ", "start": 1, "stop": 0}]}})",
      "bytes");
  StreamingDecoder decoder(tokenizer);
  EXPECT_THAT(stream(decoder, {0, 1, 3, 0, 3}), ElementsAre("", "", "é a", "", "\ufffd a", ""));
  EXPECT_THAT(stream(decoder, {0, 1, 2}), ElementsAre("", "", "", "\ufffd\ufffd\ufffd"));
  EXPECT_THAT(stream(decoder, {3, 3}), ElementsAre("a", " a", ""));
}

TEST(StreamingDecoder, ByteLevelBytesWaitForTheirCharacterOnly) {
  const Tokenizer tokenizer = Tokenizer::parse(
      R"({"model": {"type": "BPE", "vocab": {"ð": 0, "Ł": 1, "ĺ": 2, "Ģ": 3, "a": 4, "Ġ": 5}, "merges": []},
          "decoder": {"type": "ByteLevel"}})",
      "bytes");
  StreamingDecoder decoder(tokenizer);
  EXPECT_THAT(stream(decoder, {5, 0, 1, 2, 3, 4}), ElementsAre(" ", "", "", "", "\U0001f600", "a", ""));
  EXPECT_THAT(stream(decoder, {0, 1, 4, 1, 0, 1}),
              ElementsAre("", "", "\ufffda", "\ufffd", "", "", "\ufffd"));
}

TEST(StreamingDecoder, OutlivesAMoveOfTheTokenizer) {
  Tokenizer tokenizer(tokenizer_fixture("gpt2.json"));
  const std::vector<TokenId> ids = tokenizer.encode("the park");
  StreamingDecoder decoder(tokenizer);
  const Tokenizer moved = std::move(tokenizer);
  EXPECT_EQ(joined(stream(decoder, ids)), "the park");
}

}  // namespace
}  // namespace lab

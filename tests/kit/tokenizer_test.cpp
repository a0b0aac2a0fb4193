#include "kit/tokenizer/tokenizer.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "kit/error.h"
#include "kit/tokenizer/pattern.h"
#include "kit/tokenizer/unicode.h"
#include "kit/utf8.h"
#include "tests/kit/tokenizer_fixtures.h"

namespace lab {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;
using testing::ThrowsMessage;

/// Encodes all strings and decodes the ids as well as random ones, and compares with what the library made of
/// them. Shows the first few that differ.
void expect_like_the_library(const std::string& name) {
  const Tokenizer tokenizer(tokenizer_fixture(name + ".json"));
  const std::vector<std::string> strings = read_strings();
  const RecordedTokenizer recorded = read_recorded(name);
  ASSERT_EQ(strings.size(), 5000);
  ASSERT_EQ(recorded.encoded.size(), strings.size());
  ASSERT_GE(recorded.random.size(), 500);
  int shown = 0;
  const auto expect_decoded = [&](const RecordedIds& row, std::size_t i) {
    for (bool skip : {true, false}) {
      const std::string text = tokenizer.decode(row.ids, skip);
      if (shown < 5 && hash_of(text) != (skip ? row.hash_without_special : row.hash_with_special)) {
        ++shown;
        ADD_FAILURE() << name << " " << i << ": ids " << testing::PrintToString(row.ids) << " decode to \""
                      << printable(text, 400) << "\" (skip " << skip << "); the library's: --show " << name
                      << " " << i;
      }
    }
  };
  for (std::size_t i = 0; i < strings.size() && shown < 5; ++i) {
    // Every second string was recorded without the post-processor's tokens.
    const std::vector<TokenId> ids = tokenizer.encode(strings[i], i % 2 == 0);
    if (ids != recorded.encoded[i].ids) {
      ++shown;
      ADD_FAILURE() << name << " " << i << ": \"" << printable(strings[i], 400) << "\" encodes to "
                    << testing::PrintToString(ids) << ", in the library to "
                    << testing::PrintToString(recorded.encoded[i].ids);
    }
    expect_decoded(recorded.encoded[i], i);
  }
  for (std::size_t i = 0; i < recorded.random.size() && shown < 5; ++i) expect_decoded(recorded.random[i], i);
}

TEST(Tokenizer, LikeLlama2EqualsTheLibrary) { expect_like_the_library("llama2"); }
TEST(Tokenizer, LikeMistralEqualsTheLibrary) { expect_like_the_library("mistral"); }
TEST(Tokenizer, WithoutByteFallbackEqualsTheLibrary) { expect_like_the_library("unknown"); }
TEST(Tokenizer, LikeGpt2EqualsTheLibrary) { expect_like_the_library("gpt2"); }
TEST(Tokenizer, LikeLlama3EqualsTheLibrary) { expect_like_the_library("llama3"); }
TEST(Tokenizer, LikeSmolLmEqualsTheLibrary) { expect_like_the_library("smollm"); }

TEST(Tokenizer, EverySettingEqualsTheLibrary) {
  const json variants = json::parse(read_fixture("variants.json"));
  const auto strings = variants["strings"].get<std::vector<std::string>>();
  ASSERT_GE(variants["cases"].size(), 40);
  for (const json& variant : variants["cases"]) {
    json config = json::parse(read_fixture(variant["base"].get<std::string>() + ".json"));
    for (const auto& [path, value] : variant["patch"].items()) config[json::json_pointer(path)] = value;
    const std::string name = variant["name"];
    const Tokenizer tokenizer = Tokenizer::parse(config.dump(), name);
    for (std::size_t i = 0; i < strings.size(); ++i) {
      const auto expected = variant["ids"][i].get<std::vector<TokenId>>();
      EXPECT_EQ(tokenizer.encode(strings[i]), expected) << name << ": \"" << printable(strings[i]) << "\"";
      EXPECT_EQ(tokenizer.decode(expected), variant["decoded"][i].get<std::string>()) << name;
    }
  }
}

/// All characters of the first planes' scripts and, beyond, those where a run of one category begins or ends,
/// each between others that show what it belongs to.
std::string text_of_all_categories() {
  std::string text;
  const auto add = [&](char32_t c) {
    if (c >= 0xd800 && c < 0xe000) return;
    const std::string character = to_utf8(c);
    for (const char* after : {"a", "1", " ", "-", "\n"}) text += character + after;
  };
  for (char32_t c = 0; c < 0x3400; ++c) add(c);
  for (std::uint32_t run : category_runs()) {
    if (run >> 4 <= 0x3400) continue;
    add((run >> 4) - 1);
    add(run >> 4);
  }
  return text;
}

TEST(TokenizerPattern, CutsEveryCategoryWhereTheLibraryDoes) {
  const json variants = json::parse(read_fixture("variants.json"));
  const std::string text = text_of_all_categories();
  ASSERT_GE(variants["patterns"].size(), 4);
  for (const json& recorded : variants["patterns"]) {
    std::string ends;
    for (const Span& span : Pattern::regex(recorded["pattern"].get<std::string>()).find_all(text)) {
      ends += std::to_string(span.end) + ' ';
    }
    EXPECT_EQ(hash_of(ends), recorded["hash"].get<std::uint32_t>()) << recorded["pattern"];
  }
}

TEST(TokenizerPattern, IgnoringCaseReachesBeyondAscii) {
  const Pattern pattern = Pattern::regex("(?i:'s|k)");
  for (const char* text : {"'s", "'S", "'\u017f", "k", "K", "\u212a"}) {
    const std::vector<Span> spans = pattern.find_all(text);
    ASSERT_EQ(spans.size(), 1) << text;
    EXPECT_TRUE(spans[0].is_match) << text;
  }
  EXPECT_FALSE(Pattern::regex("'s").find_all("'S")[0].is_match);
}

TEST(TokenizerPattern, WordsOfAClassAreFewer) {
  for (const char* text : {"²", "³", "¹", "¼", "½", "¾"}) {
    EXPECT_TRUE(Pattern::regex("\\w").find_all(text)[0].is_match) << text;
    EXPECT_FALSE(Pattern::regex("\\W").find_all(text)[0].is_match) << text;
    EXPECT_FALSE(Pattern::regex("[\\w-]").find_all(text)[0].is_match) << text;
    EXPECT_FALSE(Pattern::regex("[^\\W_]").find_all(text)[0].is_match) << text;
  }
}

TEST(TokenizerPattern, NoPlaceIsOverlooked) {
  const std::vector<Span> spans = Pattern::regex("(?>.+?)(?!b)").find_all("ab a");
  std::string ends;
  for (const Span& span : spans) ends += fmt::format("{}{} ", span.is_match ? "" : "-", span.end);
  EXPECT_EQ(ends, "-1 2 3 4 ");
}

TEST(TokenizerUnicode, EachOfTheLibrarysEnginesHasItsOwnWordsAndNumbers) {
  for (char32_t joiner : {0x200c, 0x200d}) {
    EXPECT_TRUE(is_word(joiner));
    EXPECT_FALSE(is_pattern_word(joiner));
  }
  EXPECT_TRUE(is_numeric(0x11de1));
  EXPECT_EQ(category_of(0x11de1), Category::C);
  EXPECT_FALSE(is_space(0x180e));
}

/// A tokenizer of single letters and a few merges, to be changed by tests.
json small_config() {
  return json::parse(R"({
    "version": "1.0", "truncation": null, "padding": null,
    "added_tokens": [{"id": 6, "content": "<s>", "single_word": false, "lstrip": false, "rstrip": false,
                      "normalized": false, "special": true}],
    "normalizer": null, "pre_tokenizer": null, "post_processor": null, "decoder": {"type": "Fuse"},
    "model": {"type": "BPE", "dropout": null, "unk_token": null, "continuing_subword_prefix": null,
              "end_of_word_suffix": null, "fuse_unk": false, "byte_fallback": false, "ignore_merges": false,
              "vocab": {"a": 0, "b": 1, "ab": 2, "aa": 3, "aaaa": 4, " ": 5}, "merges": ["a b", ["a", "a"], "aa aa"]}
  })");
}

Tokenizer parse(const json& config) { return Tokenizer::parse(config.dump(), "t.json"); }

TEST(Tokenizer, MergesInOrderOfRankThenPlace) {
  const Tokenizer tokenizer = parse(small_config());
  EXPECT_THAT(tokenizer.encode("aab"), ElementsAre(0, 2));
  EXPECT_THAT(tokenizer.encode("aaa"), ElementsAre(3, 0));
  EXPECT_THAT(tokenizer.encode("a<s>aaaa"), ElementsAre(0, 6, 4));
}

TEST(Tokenizer, TheLongestAddedTokenIsTaken) {
  json config = small_config();
  json longer = config["added_tokens"][0];
  longer["id"] = 7;
  longer["content"] = "<s>a";
  config["added_tokens"].push_back(longer);
  EXPECT_THAT(parse(config).encode("<s>aa<s>b"), ElementsAre(7, 0, 6, 1));
}

TEST(Tokenizer, VocabSizeIsOneMoreThanTheLargestId) {
  EXPECT_EQ(parse(small_config()).vocab_size(), 7);
  json config = small_config();
  config["model"]["vocab"]["c"] = 2147483647;
  config["added_tokens"] = json::array();
  const Tokenizer tokenizer = parse(config);
  EXPECT_EQ(tokenizer.vocab_size(), 2147483648u);
  EXPECT_EQ(tokenizer.decode({2147483647, 0}), "ca");
}

TEST(Tokenizer, IgnoresTruncationAndPadding) {
  json config = small_config();
  config["truncation"] = {{"max_length", 1}, {"strategy", "LongestFirst"}, {"stride", 0}};
  config["padding"] = {{"strategy", {{"Fixed", 9}}}};
  EXPECT_THAT(parse(config).encode("ba"), ElementsAre(1, 0));
}

TEST(Tokenizer, EarlyFilesHaveNoModelTypeAndNoDropoutMayBeANumber) {
  json config = small_config();
  config["model"].erase("type");
  config["model"]["dropout"] = 0.0;
  EXPECT_THAT(parse(config).encode("aab"), ElementsAre(0, 2));
}

TEST(Tokenizer, UnknownIdsDecodeToNothing) { EXPECT_EQ(parse(small_config()).decode({0, 99, -1, 1}), "ab"); }

TEST(Tokenizer, TextThatIsNoUtf8IsRefusedWithItsPlace) {
  const Tokenizer tokenizer = parse(small_config());
  for (const char* bad : {"ab\xff", "ab\xc3", "ab\xed\xa0\x80", "ab\xc0\x80", "ab\xf4\x90\x80\x80"}) {
    EXPECT_THAT([&] { tokenizer.encode(bad); }, ThrowsMessage<Error>(HasSubstr("at byte 2")));
  }
}

TEST(Tokenizer, OneLongWordIsNotQuadratic) {
  for (const char* name : {"llama2", "llama3"}) {
    const Tokenizer tokenizer(tokenizer_fixture(std::string(name) + ".json"));
    for (char character : {'a', ' '}) {
      const std::string text = "x" + std::string(1'000'000, character);
      EXPECT_TRUE(tokenizer.decode(tokenizer.encode(text)) == text) << name << " '" << character << "'";
    }
  }
}

TEST(Tokenizer, AddedTokensInEveryPlaceAreNotQuadratic) {
  json config = small_config();
  for (const char* flag : {"lstrip", "rstrip"}) config["added_tokens"][0][flag] = true;
  const Tokenizer tokenizer = parse(config);
  std::string text;
  for (int i = 0; i < 100'000; ++i) text += "<s> ";
  EXPECT_EQ(tokenizer.encode(text), std::vector<TokenId>(100'000, 6));
}

TEST(Tokenizer, AddedTokensOfWhiteSpaceAreNotQuadratic) {
  json config = small_config();
  for (const char* flag : {"lstrip", "rstrip"}) config["added_tokens"][0][flag] = true;
  config["added_tokens"][0]["content"] = "\t";
  EXPECT_THAT(parse(config).encode(std::string(300'000, '\t')), ElementsAre(6));
}

TEST(Tokenizer, ReplacingThatGrowsWithoutEndThrows) {
  const json twice = {
      {"type", "Replace"}, {"pattern", {{"String", "a"}}}, {"content", std::string(1000, 'a')}};
  json config = small_config();
  config["normalizer"] = {{"type", "Sequence"}, {"normalizers", json(30, twice)}};
  EXPECT_THAT([&] { parse(config).encode("a"); }, ThrowsMessage<Error>(HasSubstr("replacing")));
  config["normalizer"] = nullptr;
  config["decoder"] = {{"type", "Sequence"}, {"decoders", json(30, twice)}};
  EXPECT_THAT([&] { parse(config).decode({0}); }, ThrowsMessage<Error>(HasSubstr("replacing")));
}

TEST(Tokenizer, WhiteSpaceTokenWithinStrippedWhiteSpaceIsGone) {
  json config = small_config();
  config["added_tokens"][0]["rstrip"] = true;
  json gap = config["added_tokens"][0];
  gap["id"] = 5;
  gap["content"] = " ";
  gap["lstrip"] = true;
  gap["rstrip"] = false;
  config["added_tokens"].push_back(gap);
  EXPECT_THAT(parse(config).encode("<s> a"), ElementsAre(6, 0));
  EXPECT_THAT(parse(config).encode("<s>  a"), ElementsAre(6, 0));  // the library panics
}

TEST(Tokenizer, PatternThatBacktracksWithoutEndThrows) {
  json config = small_config();
  const auto split = [](const char* pattern) {
    return json{
        {"type", "Split"}, {"pattern", {{"Regex", pattern}}}, {"behavior", "Isolated"}, {"invert", false}};
  };
  config["pre_tokenizer"] = split("(?:a+)+b");
  const std::string text = std::string(64, 'a') + "cb";
  EXPECT_THAT([&] { parse(config).encode(text); },
              ThrowsMessage<Error>(AllOf(HasSubstr("gave up"), HasSubstr("limit"))));
  config["pre_tokenizer"] = split("(?:a|b|ab)*");
  EXPECT_THAT(parse(config).encode(std::string(100'000, 'b')), testing::SizeIs(100'000));
}

struct BadField {
  const char* path;
  json value;
  const char* message;
};

/// `config` with one value changed must be refused in one line that names the file and has `message` in it.
void expect_refused(json config, const BadField& bad) {
  config[json::json_pointer(bad.path)] = bad.value;
  const std::string text = config.dump();
  try {
    Tokenizer::parse(text, "t.json");
    ADD_FAILURE() << bad.path << " = " << bad.value << " was accepted";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), AllOf(StartsWith("t.json: "), HasSubstr(bad.message), Not(HasSubstr("\n"))));
    EXPECT_LT(std::string(error.what()).size(), 500);
  }
}

json split_on(const json& pattern, const json& behavior = "Isolated") {
  return {{"type", "Split"}, {"pattern", pattern}, {"behavior", behavior}, {"invert", false}};
}
json split_on_regex(const char* pattern) { return split_on({{"Regex", pattern}}); }

TEST(TokenizerFile, RefusesEachBadModelByName) {
  const std::string deep = std::string("a\x1b[31m\n") + std::string(3000, 'x');
  const BadField fields[] = {
      {"/version", "2.0", "version: expected \"1.0\""},
      {"/version", 1, "version: expected a string, found 1"},
      {"/truncation", 3, "truncation: expected null or an object"},
      {"/model", json::array(), "model: expected an object"},
      {"/model", nullptr, "model: expected an object, found null"},
      {"/model/type", "Unigram", "model.type: expected \"BPE\""},
      {"/model/type", deep, "model.type"},
      {"/model/dropout", 0.1, "model.dropout: expected null"},
      {"/model/continuing_subword_prefix", "##", "model.continuing_subword_prefix"},
      {"/model/end_of_word_suffix", "</w>", "model.end_of_word_suffix"},
      {"/model/unk_token", "<none>", "model.unk_token: expected a token of the vocabulary, found \"<none>\""},
      {"/model/unk_token", 3, "model.unk_token: expected a string"},
      {"/model/fuse_unk", "yes", "model.fuse_unk: expected true or false, found \"yes\""},
      {"/model/byte_fallback", 1, "model.byte_fallback"},
      {"/model/ignore_merges", 0, "model.ignore_merges"},
      {"/model/vocab", json::array({"a"}), "model.vocab: expected an object"},
      {"/model/vocab/a", -1, "model.vocab.a: expected a whole number from 0 to 2147483647, found -1"},
      {"/model/vocab/a", 1.5, "model.vocab.a"},
      {"/model/vocab/a", 2147483648u, "model.vocab.a"},
      {"/model/vocab/a", 18446744073709551615u, "model.vocab.a"},
      {"/model/vocab/a", "0", "model.vocab.a"},
      {"/model/vocab/a", 1, "expected an id of its own, not that of \"a\", found 1"},
      {"/model/merges", json::object(), "model.merges: expected an array"},
      {"/model/merges/0", "a", "model.merges[0]: expected two tokens and one space, found \"a\""},
      {"/model/merges/0", "a b c", "model.merges[0]"},
      {"/model/merges/0", "a x", "model.merges[0]: expected tokens of the vocabulary, which \"x\" is not"},
      {"/model/merges/0", "b b", "which \"bb\" is not"},
      {"/model/merges/1", json::array({"a"}), "model.merges[1]: expected a pair of tokens"},
      {"/model/merges/1", json::array({"a", 1}), "model.merges[1][1]: expected a string, found 1"},
      {"/model/merges/2", 7, "model.merges[2]: expected a string"},
  };
  for (const BadField& bad : fields) expect_refused(small_config(), bad);
}

TEST(TokenizerFile, RefusesEachBadComponentByName) {
  const json pair = {{"Sequence", {{"id", "B"}, {"type_id", 0}}}};
  const auto with_template = [](const json& single, const json& tokens) {
    return json{{"type", "TemplateProcessing"}, {"single", single}, {"special_tokens", tokens}};
  };
  const json special = json::array({{{"SpecialToken", {{"id", "<s>"}, {"type_id", 0}}}}});
  const json known = {{"<s>", {{"id", "<s>"}, {"ids", {6}}, {"tokens", {"<s>"}}}}};
  const json unknown = {{"<s>", {{"id", "<s>"}, {"ids", {77}}, {"tokens", {"<s>"}}}}};
  const json both = {{"type", "Sequence"},
                     {"processors", {with_template(special, known), with_template(special, known)}}};
  const json none = {{"String", ""}};
  json nested = {{"type", "Fuse"}};
  for (int i = 0; i < 9; ++i) nested = {{"type", "Sequence"}, {"decoders", {nested}}};
  const json many = {{"type", "Sequence"}, {"decoders", json(100, {{"type", "Fuse"}})}};
  const BadField fields[] = {
      {"/added_tokens", 3, "added_tokens: expected an array"},
      {"/added_tokens/0", 3, "added_tokens[0]: expected an object"},
      {"/added_tokens/0/id", -6, "added_tokens[0].id"},
      {"/added_tokens/0/id", 2147483648u, "added_tokens[0].id"},
      {"/added_tokens/0/id", 7,
       "added_tokens[0].id: expected 6, the id that the library gives this token, found 7"},
      {"/added_tokens/0/content", "", "added_tokens[0].content: expected a string that isn't empty"},
      {"/added_tokens/0/content", std::string(513, 'x'),
       "added_tokens[0]: expected content of at most 512 bytes"},
      {"/added_tokens/0/content", "ab", "added_tokens[0].id: expected 2"},
      {"/added_tokens/0/lstrip", nullptr, "added_tokens[0].lstrip: expected true or false"},
      {"/added_tokens/0/special", "true", "added_tokens[0].special"},
      {"/normalizer", "NFC", "normalizer: expected an object"},
      {"/normalizer", {{"type", "NFC"}}, "normalizer.type: expected Prepend, Replace or Sequence"},
      {"/normalizer",
       {{"type", "Sequence"}, {"normalizers", {{{"type", "Lowercase"}}}}},
       "normalizer.normalizers[0].type: expected"},
      {"/normalizer", {{"type", "Prepend"}}, "normalizer: \"prepend\" is missing"},
      {"/normalizer",
       {{"type", "Replace"}, {"pattern", {{"Regex", "a*"}}}, {"content", "b"}},
       "normalizer.pattern: expected a pattern that can't match an empty text"},
      {"/normalizer",
       {{"type", "Replace"}, {"pattern", none}, {"content", "b"}},
       "normalizer.pattern.String"},
      {"/pre_tokenizer", {{"type", "Whitespace"}}, "pre_tokenizer.type: expected Metaspace, ByteLevel"},
      {"/pre_tokenizer", {{"type", 3}}, "pre_tokenizer.type: expected a string, found 3"},
      {"/pre_tokenizer", json::object(), "pre_tokenizer: \"type\" is missing"},
      {"/pre_tokenizer",
       {{"type", "Sequence"}, {"pretokenizers", {{{"type", "Digits"}}}}},
       "pre_tokenizer.pretokenizers[0]: \"individual_digits\" is missing"},
      {"/pre_tokenizer", {{"type", "Metaspace"}, {"replacement", "ab"}}, "pre_tokenizer.replacement"},
      {"/pre_tokenizer",
       {{"type", "Metaspace"}, {"replacement", "_"}, {"prepend_scheme", "last"}},
       "pre_tokenizer.prepend_scheme: expected always, first or never, found \"last\""},
      {"/pre_tokenizer",
       {{"type", "Metaspace"}, {"replacement", "_"}, {"add_prefix_space", false}},
       "pre_tokenizer.add_prefix_space"},
      {"/pre_tokenizer", {{"type", "ByteLevel"}}, "\"add_prefix_space\" is missing"},
      {"/pre_tokenizer", split_on({{"Regex", "a"}}, "Sideways"), "pre_tokenizer.behavior: expected Isolated"},
      {"/pre_tokenizer", split_on(json::object()), "pre_tokenizer.pattern: expected an object with"},
      {"/pre_tokenizer", split_on(none), "pre_tokenizer.pattern.String"},
      {"/post_processor", {{"type", "BertProcessing"}}, "post_processor.type: expected TemplateProcessing"},
      {"/post_processor", both, "post_processor.processors[1].type: expected no second template"},
      {"/post_processor", with_template(json::array({pair}), known),
       "post_processor.single[0].Sequence.id: expected \"A\""},
      {"/post_processor", with_template(json::array({json::object()}), known),
       "post_processor.single[0]: expected a SpecialToken"},
      {"/post_processor", with_template(special, json::object()),
       "post_processor.special_tokens: \"<s>\" is missing"},
      {"/post_processor", with_template(special, unknown),
       "post_processor.special_tokens.<s>.ids[0]: expected the id"},
      {"/decoder", {{"type", "WordPiece"}}, "decoder.type: expected ByteLevel, Metaspace"},
      {"/decoder",
       {{"type", "Strip"}, {"content", " "}, {"start", 0}, {"stop", 1}},
       "decoder.stop: expected 0"},
      {"/decoder", {{"type", "Strip"}, {"content", "  "}, {"start", 0}, {"stop", 0}}, "decoder.content"},
      {"/decoder", nested, "sequences in each other"},
      {"/decoder", many, "decoder.decoders: expected at most 64 components, found an array of 100"},
  };
  for (const BadField& bad : fields) expect_refused(small_config(), bad);
}

TEST(TokenizerFile, RefusesPatternsThatTheTwoDialectsReadDifferently) {
  for (const char* pattern :
       {"a(?i)b",  "(?i:ss)", "(?i:\\p{L})", "(?i:é)", "\\bword",   "\\h",    "[[:alpha:]]", "[a&&b]",
        "[a-\\d]", "[\\d-a]", "a{2}?",       "a{,3}",  "(?<n>a)",   "(a)\\1", "\\p{Greek}",  "\\p{L",
        "\\Z",     "\\K",     "\\R",         "\\X",    "(*ACCEPT)", "[b-a]",  "\\x{110000}", "\\x{d800}",
        "\\xff",   "\\",      "[",           "[]",     "(",         "(a",     "a)",          "*",
        "(?#c)",   "\\G",     "(?m:.)",      "a**",    "(?:a?){2}"}) {
    expect_refused(small_config(),
                   {"/pre_tokenizer", split_on_regex(pattern), "pre_tokenizer.pattern.Regex"});
  }
  const std::string deep = std::string(100'000, '(') + std::string(100'000, ')');
  expect_refused(small_config(),
                 {"/pre_tokenizer", split_on_regex(deep.c_str()), "pre_tokenizer.pattern.Regex"});
}

TEST(TokenizerFile, RefusesTokensAddedTwice) {
  json config = small_config();
  config["added_tokens"].push_back(config["added_tokens"][0]);
  expect_refused(config, {"/added_tokens/1/id", 7, "added_tokens[1]"});
  expect_refused(config, {"/added_tokens/1/content", "ab", "added_tokens[1].id: expected 2"});
  config["normalizer"] = {{"type", "Replace"}, {"pattern", {{"String", "x"}}}, {"content", "y"}};
  config["added_tokens"][0]["normalized"] = true;
  config["added_tokens"][0]["content"] = "x";
  config["added_tokens"][1] = config["added_tokens"][0];
  config["added_tokens"][1]["id"] = 7;
  expect_refused(config,
                 {"/added_tokens/1/content", "y", "added_tokens[1]: expected a token that was not added"});
}

TEST(TokenizerFile, RefusesIdsThatCollide) {
  json config = small_config();
  config["model"]["vocab"]["far"] = 7;  // so that the size of the vocabulary is an id of it
  expect_refused(config,
                 {"/added_tokens/0/id", 7, "added_tokens[0].id: expected an id that the vocabulary leaves"});
}

TEST(TokenizerFile, RefusesWhatIsNoJson) {
  const std::string good = small_config().dump();
  for (const std::string& bad :
       {std::string(), std::string("   "), std::string("{"), std::string("not json\x1b[0m"),
        good.substr(0, 300), std::string("[]"), std::string("3"), std::string("{\"model\": \"\xff\"}"),
        good + "x", std::string(100'000, '['), std::string("{}")}) {
    EXPECT_THAT(
        [&] { Tokenizer::parse(bad, "t.json"); },
        ThrowsMessage<Error>(AllOf(StartsWith("t.json: "), Not(HasSubstr("\n")), Not(HasSubstr("\x1b")))))
        << bad.substr(0, 40);
  }
}

TEST(TokenizerFile, RefusesFilesThatAreNotThere) {
  EXPECT_THAT([] { Tokenizer(tokenizer_fixture("none.json")); },
              ThrowsMessage<Error>(HasSubstr("none.json")));
  EXPECT_THAT([] { Tokenizer(tokenizer_fixture("")); }, ThrowsMessage<Error>(HasSubstr("regular file")));
}

TEST(TokenizerFile, EveryTruncationIsRefusedWithoutCrash) {
  const std::string good = small_config().dump();
  for (std::size_t size = 0; size < good.size(); ++size) {
    EXPECT_THROW(Tokenizer::parse(good.substr(0, size), "t.json"), Error) << size;
  }
}

}  // namespace
}  // namespace lab

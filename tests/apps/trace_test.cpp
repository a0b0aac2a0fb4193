// Which tensor the trace calls the first wrong one, and how it is told.
#include <gmock/gmock.h>

#include <cmath>

#include "apps/trace_table.h"
#include "trace_fixtures.h"

namespace lab {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const std::string rotated = "model.layers.0.self_attn.q_rotated";

struct Traced {
  TempDir dir;
  ExpectedTrace expected{TraceFile{}.write(dir)};
  Recording found = right_recording(expected);

  ComparedTrace compared() const { return compare(expected, found); }
  std::string table(bool color = false) const {
    const ComparedTrace result = compared();
    Config config;
    config.n_layers = 1;
    return format_table(result, config, color);
  }
};

/// The table's line about a tensor.
std::string line_about(const std::string& table, const std::string& name) {
  const std::size_t begin = table.find(name + " ");
  return begin == std::string::npos ? "" : table.substr(begin, table.find('\n', begin) - begin);
}

TEST(Trace, RightCodeAgreesWithinTheBound) {
  Traced traced;
  traced.found.tensors.at("lm_head").values()[3] += 0.009f;  // rounding explains 0.01
  EXPECT_TRUE(traced.compared().all_agree());
  EXPECT_THAT(traced.table(), HasSubstr("4 of 4 tensors agree\n"));
  EXPECT_THAT(traced.table(), Not(HasSubstr("✗")));
}

TEST(Trace, FirstDifferenceInTheModelsOrderIsMarked) {
  Traced traced;
  traced.found.tensors.at("lm_head").values()[0] += 1;
  traced.found.tensors.at(rotated).values()[7] += 2;
  const std::string table = traced.table();
  EXPECT_THAT(line_about(table, rotated), HasSubstr("2     0.001  ✗ FIRST DIFFERENCE"));
  EXPECT_THAT(line_about(table, "model.embed_tokens"), HasSubstr("✓"));
  EXPECT_THAT(line_about(table, "lm_head"), testing::EndsWith("✗"));
  EXPECT_THAT(table, HasSubstr("2 of 4 tensors agree, 2 differ\n"));
}

TEST(Trace, FirstWrongElementIsToldInTheTensorsAxes) {
  Traced traced;
  traced.found.tensors.at(rotated).values()[7] += 2;
  EXPECT_THAT(traced.table(), HasSubstr("first wrong: token 1, head 1, element 1: expected 6.5, found 8.5"));
}

TEST(Trace, FirstWrongCacheRowIsToldInTheCachesAxes) {
  Traced traced;
  traced.found.tensors.at("model.layers.0.cache.k").values()[4] += 2;
  EXPECT_THAT(traced.table(), HasSubstr("first wrong: position 2, KV head 0, element 0"));
}

TEST(Trace, WhatIsNotRecordedIsNotWrong) {
  Traced traced;
  traced.found.tensors.erase(rotated);
  EXPECT_TRUE(traced.compared().all_agree());
  EXPECT_THAT(line_about(traced.table(), rotated), HasSubstr("· not recorded"));
  EXPECT_THAT(traced.table(), HasSubstr("3 of 4 tensors agree, 1 not recorded\n"));
}

TEST(Trace, NanIsADifference) {
  Traced traced;
  traced.found.tensors.at(rotated).values()[5] = NAN;
  EXPECT_FALSE(traced.compared().all_agree());
  EXPECT_THAT(line_about(traced.table(), rotated), HasSubstr("not finite     0.001  ✗ FIRST"));
}

TEST(Trace, AnotherShapeIsADifference) {
  Traced traced;
  traced.found.tensors.insert_or_assign(rotated, Tensor(rotated, {2, 3, 2}));
  EXPECT_FALSE(traced.compared().all_agree());
  EXPECT_THAT(line_about(traced.table(), rotated), HasSubstr("shape (2, 3, 2)"));
  EXPECT_THAT(traced.table(), HasSubstr("It has shape (2, 3, 2), expected (3, 2, 2).\n"));
}

TEST(Trace, PointsThatTransformersDoesNotHaveAreNamed) {
  Traced traced;
  traced.found.tensors.emplace("self_attn.q_rot\x1b[2J", Tensor("x", {1}));
  EXPECT_TRUE(traced.compared().all_agree());
  EXPECT_THAT(traced.table(), HasSubstr("no such point: self_attn.q_rot\\x1b[2J\n"));
}

TEST(Trace, ExceptionEndsTheTableAndCounts) {
  Traced traced;
  traced.found.tensors.erase("lm_head");
  traced.found.thrown = Thrown{"out_of_range", "scores: index 3"};
  EXPECT_FALSE(traced.compared().all_agree());
  EXPECT_THAT(traced.table(), testing::EndsWith("forward ended with an exception: scores: index 3\n"));
}

TEST(Trace, CacheLengthMustBeTheNumberOfTokens) {
  Traced traced;
  traced.found.cache_length = 0;
  EXPECT_FALSE(traced.compared().all_agree());
  EXPECT_THAT(traced.table(), HasSubstr("cache.length is 0 after forward; expected 3"));
}

TEST(Trace, LinesAfterTheFirstDifferenceAreDimmed) {
  Traced traced;
  traced.found.tensors.at(rotated).values()[0] += 1;
  const std::string table = traced.table(true);
  EXPECT_THAT(table, HasSubstr("\x1b[1;31m" + rotated));
  EXPECT_THAT(table, HasSubstr("\x1b[2mlm_head"));
  EXPECT_THAT(table, HasSubstr("\nmodel.embed_tokens"));
}

TEST(Trace, NoColorsWhereNoneAreAskedFor) {
  Traced traced;
  traced.found.tensors.at(rotated).values()[0] += 1;
  EXPECT_THAT(traced.table(false), Not(HasSubstr("\x1b")));
}

TEST(Trace, NameThatNoModelHasIsComparedButNotDescribed) {
  const TempDir dir;
  TraceFile file;
  file.points = R"([{"name": "model.layers.0.cache.k", "bound": 0.001}])";
  const ExpectedTrace expected(file.write(dir));
  ComparedTrace compared = compare(expected, right_recording(expected));
  ExpectedPoint renamed = *compared.points[0].point;
  renamed.name = "model.layers.0.\"quoted\" name";
  compared.points[0].point = &renamed;
  compared.first_wrong = 0;
  EXPECT_THAT(describe_first_wrong(compared, Config{}), IsEmpty());
}

std::string refusal_of(const TraceFile& file) {
  const TempDir dir;
  return refusal([&] { ExpectedTrace trace(file.write(dir)); });
}

TEST(ExpectedTrace, RefusesWhatTheScriptDoesNotWrite) {
  EXPECT_EQ(refusal_of({}), "(it was accepted)");
  EXPECT_THAT(refusal_of({.pieces = "[\"a\"]"}), HasSubstr("3 tokens and 1 pieces of text"));
  EXPECT_THAT(refusal_of({.pieces = "[]", .tokens = {}}), HasSubstr("0 tokens"));
  EXPECT_THAT(refusal_of({.prompt = "7"}), HasSubstr("prompt: expected"));
  EXPECT_THAT(refusal_of({.points = R"([{"name": "lm_head", "bound": -1}])"}),
              HasSubstr("a number from 0 on"));
  EXPECT_THAT(refusal_of({.points = R"([{"name": "lm_tail", "bound": 0}])"}), HasSubstr("lm_tail"));
}

TEST(ExpectedTrace, RefusesTheTraceOfAnotherModel) {
  const TempDir dir;
  const ExpectedTrace trace(TraceFile{}.write(dir));
  std::vector<float> table(10);
  const auto check = [&](Config config) {
    const std::string header =
        R"({"model.embed_tokens.weight":{"dtype":"F32","shape":[5,2],"data_offsets":[0,40]}})";
    const auto file = write_file(dir / "model.safetensors", safetensors_file(header, bytes_of(table)));
    return refusal([&] { trace.check_model({config, Safetensors(file)}); });
  };
  Config config;
  config.vocab_size = 5;
  config.hidden_size = 2;
  config.max_position_embeddings = 3;
  for (std::size_t i = 0; i < 3; ++i) {
    const std::size_t row[] = {1, 4, 2};
    table[2 * row[i]] = static_cast<float>(i);
    table[2 * row[i] + 1] = static_cast<float>(i) + 0.5f;
  }
  EXPECT_EQ(check(config), "(it was accepted)");
  table[9] += 1e-5f;
  EXPECT_THAT(check(config), HasSubstr("the trace of another model"));
  config.max_position_embeddings = 2;
  EXPECT_THAT(check(config), HasSubstr("3 tokens, but the model's context"));
  config.max_position_embeddings = 3;
  config.hidden_size = 4;
  EXPECT_THAT(check(config), HasSubstr("the trace of another model"));
}

}  // namespace
}  // namespace lab

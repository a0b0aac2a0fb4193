// What the wrong elements of an outcome have in common: each pattern is found where it is, and claimed
// nowhere else.
#include <gmock/gmock.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <set>

#include "diagnosis_fixtures.h"
#include "testing/diagnosis/pattern.h"
#include "testing/diagnosis/pattern_moved.h"
#include "testing/diagnosis/pattern_values.h"
#include "testing/diagnosis/phrases.h"

namespace lab {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

/// What self_attention's out may be: (token, head, element).
MadeUpCase attention_out() { return MadeUpCase("self_attention", "out", {3, 4, 5}); }

std::string pattern_of(MadeUpCase& made_up) { return describe_pattern(made_up.comparison()).text; }

TEST(Patterns, OfARightOutcomeThereAreNone) {
  MadeUpCase c = attention_out();
  EXPECT_THAT(pattern_of(c), IsEmpty());
}

TEST(Patterns, OfNoiseThereAreNone) {
  MadeUpCase c = attention_out();
  for (std::size_t i = 0; i < c.found.size(); ++i)
    c.found[i] = std::sin(static_cast<float>(i * i) * 12.9898f);
  EXPECT_THAT(pattern_of(c), IsEmpty());
}

TEST(Patterns, UntouchedOutput) {
  MadeUpCase c = attention_out();
  c.found = c.before;
  EXPECT_THAT(pattern_of(c), StartsWith("Nothing was written: out still holds"));
}

TEST(Patterns, PartOfTheOutputUntouched) {
  MadeUpCase c = attention_out();
  c.found[7] = c.before[7];
  c.found[9] = c.before[9];
  EXPECT_THAT(pattern_of(c), StartsWith("Not written: wherever out is wrong,"));
  c.found[9] += 0.1f;
  EXPECT_THAT(pattern_of(c), Not(HasSubstr("Not written")));
}

TEST(Patterns, NanAndInfinitySayWhereTheyArise) {
  MadeUpCase c = attention_out();
  c.found[26] = NAN;
  c.found[31] = INFINITY;
  EXPECT_THAT(pattern_of(c),
              StartsWith("NaN stands where a number should, first at token 1, head 1, element 1 "
                         "(elements of this kind: 2)."));
  c.found[26] = c.expected[26];
  EXPECT_THAT(pattern_of(c), StartsWith("Infinity stands"));
}

TEST(Patterns, NanThatWasThereBefore) {
  MadeUpCase c = attention_out();
  c.found[26] = c.before[26] = -NAN;
  c.found[27] = std::nanf("1");
  c.before[27] = NAN;
  EXPECT_THAT(pattern_of(c), HasSubstr("was the old value read?"));
}

TEST(Patterns, HeadsPermuted) {
  MadeUpCase c = attention_out();
  const std::size_t source[] = {2, 0, 1, 3};
  for (std::size_t i = 0; i < c.found.size(); ++i) {
    const std::size_t token = i / 20;
    c.found[i] = c.expected[token * 20 + source[i / 5 % 4] * 5 + i % 5];
  }
  EXPECT_THAT(pattern_of(c),
              StartsWith("Whole slices stand at the wrong places (each head once, permuted): head 0 "
                         "holds what belongs into 2, head 1 holds what belongs into 0"));
  c.found[0] += 0.01f;
  EXPECT_THAT(pattern_of(c), Not(HasSubstr("Whole slices")));
}

TEST(Patterns, RowsRepeated) {
  MadeUpCase c("matmul", "c", {3, 5});
  for (std::size_t i = 0; i < 5; ++i) c.found[10 + i] = c.expected[i];
  EXPECT_THAT(pattern_of(c), StartsWith("Whole slices stand at the wrong places: row 2 "
                                        "holds what belongs into 0."));
}

TEST(Patterns, SlicesMovedBesideOnesThatWereNotWritten) {
  MadeUpCase c("attention_block", "cache.k", {4, 2, 3});
  for (std::size_t i = 0; i < 6; ++i) {
    c.found[6 + i] = c.expected[12 + i];
    c.found[12 + i] = c.before[12 + i];
  }
  EXPECT_THAT(pattern_of(c),
              StartsWith("Whole slices stand at the wrong places: position 1 holds what belongs "
                         "into 2, position 2 wasn't written."));
  c.found[12] += 0.01f;
  EXPECT_THAT(pattern_of(c), Not(HasSubstr("Whole slices")));
}

TEST(Patterns, SlicesThatCannotBeToldApartAreNotSaidToBeMoved) {
  MadeUpCase c = attention_out();
  for (std::size_t i = 0; i < 60; ++i) c.expected[i] = static_cast<float>(i % 5 + (i < 20 ? 0 : 1));
  c.found = c.expected;
  for (std::size_t i = 0; i < 20; ++i) c.found[i] = c.expected[20 + i];  // or of token 2
  EXPECT_THAT(pattern_of(c), Not(HasSubstr("Whole slices")));
}

TEST(Patterns, Transposed) {
  MadeUpCase c = attention_out();
  for (std::size_t i = 0; i < c.found.size(); ++i) {
    const std::size_t head = i / 15;
    const std::size_t token = i / 5 % 3;
    c.found[i] = c.expected[token * 20 + head * 5 + i % 5];  // lies as (head, token, element)
  }
  EXPECT_THAT(pattern_of(c),
              StartsWith("These are the right elements in transposed order: they lie as (head, token, "
                         "element), expected (token, head, element)."));
  c.found[0] += 1;
  EXPECT_THAT(pattern_of(c), Not(HasSubstr("transposed")));
}

TEST(Patterns, OldValuesLeft) {
  MadeUpCase c = attention_out();
  for (std::size_t i = 0; i < c.found.size(); ++i) c.found[i] = c.expected[i] + c.before[i];
  EXPECT_THAT(pattern_of(c),
              StartsWith("Every wrong element is what is expected plus what stood there before"));
  for (std::size_t i = 0; i < c.found.size(); ++i) c.found[i] = c.expected[i] - c.before[i];
  EXPECT_THAT(pattern_of(c), HasSubstr("less what stood there before the call: that is missing"));
  for (std::size_t i = 0; i < c.found.size(); ++i) c.found[i] = c.expected[i] + 0.25f * c.before[i];
  EXPECT_THAT(pattern_of(c), HasSubstr("plus 0.25 times what stood there"));
  c.found[3] += 0.01f;
  EXPECT_THAT(pattern_of(c), Not(HasSubstr("what stood there")));
}

TEST(Patterns, ConstantFactorInTheCasesOwnQuantities) {
  MadeUpCase c("self_attention", "out", {3, 4, 7});
  c.add_input("q", {3, 4, 7});
  c.add_input("k", {6, 2, 7});
  const auto scaled = [&](float factor) {
    for (std::size_t i = 0; i < c.found.size(); ++i) c.found[i] = c.expected[i] * factor;
    return pattern_of(c);
  };
  EXPECT_THAT(scaled(std::sqrt(7.f)),
              StartsWith("Every wrong element is 2.64575 times what is expected, which is √head_dim"));
  EXPECT_THAT(scaled(1 / 7.f), HasSubstr("1 / head_dim"));
  EXPECT_THAT(scaled(2), HasSubstr("n_groups"));
  EXPECT_THAT(scaled(1.3f), StartsWith("Every wrong element is 1.3 times what is expected."));
  EXPECT_THAT(scaled(-1), HasSubstr("wrong sign"));
  EXPECT_THAT(scaled(0), StartsWith("Every wrong element is 0."));
  scaled(1.3f);
  c.found[5] = c.expected[5] * 1.31f;
  EXPECT_THAT(pattern_of(c), Not(HasSubstr("times")));
}

TEST(Patterns, AFactorIsNotReadOutOfRounding) {
  MadeUpCase c = attention_out();
  for (float& value : c.found) value *= 1 + 2e-5f;
  EXPECT_THAT(pattern_of(c), Not(HasSubstr("times")));
}

TEST(Patterns, AFactorForEachRow) {
  MadeUpCase c = attention_out();
  for (std::size_t i = 0; i < c.found.size(); ++i) c.found[i] *= 1.5f + static_cast<float>(i / 5 % 7);
  EXPECT_THAT(pattern_of(c),
              StartsWith("Each row is right but for a factor of its own (token 0, head 0: 1.5, "
                         "token 0, head 1: 2.5, token 0, head 2: 3.5, …)"));
  c.found[3] += 0.01f;
  EXPECT_THAT(pattern_of(c), Not(HasSubstr("factor")));
}

TEST(Patterns, AFactorForEachColumn) {
  MadeUpCase c("rms_norm", "out", {4, 3});
  for (std::size_t i = 0; i < c.found.size(); ++i)
    c.found[i] *= i % 3 == 0 ? 1.f : static_cast<float>(i % 3) * 2;
  EXPECT_THAT(pattern_of(c),
              StartsWith("Each column is right but for a factor of its own (column 1: 2, column 2: 4)"));
  c.found[4] += 0.01f;
  EXPECT_THAT(pattern_of(c), Not(HasSubstr("factor")));
}

TEST(Patterns, FactorsThatTooFewElementsShowAreNotClaimed) {
  MadeUpCase c("rms_norm", "out", {4, 2});
  for (std::size_t i = 0; i < c.found.size(); ++i) c.found[i] *= 1.5f + static_cast<float>(i / 2);
  EXPECT_THAT(pattern_of(c), Not(HasSubstr("factor")));
}

TEST(Patterns, RoundedToHalfPrecision) {
  MadeUpCase c = attention_out();
  for (float& value : c.found)
    value = std::bit_cast<float>((std::bit_cast<std::uint32_t>(value) + 0x8000U) & ~0xffffU);
  EXPECT_THAT(pattern_of(c), StartsWith("Every wrong element has no more digits than bfloat16 keeps"));
  c.found[5] *= 1.001f;
  EXPECT_THAT(pattern_of(c), Not(HasSubstr("bfloat16")));
}

TEST(Patterns, ConstantOffset) {
  MadeUpCase c = attention_out();
  for (std::size_t i = 20; i < 40; ++i) c.found[i] -= 0.5f;
  EXPECT_THAT(pattern_of(c),
              StartsWith("Every wrong element is too small by the same amount, 0.5.\nOnly token 1 of 3"));
  c.found[25] -= 0.1f;
  EXPECT_THAT(pattern_of(c), Not(HasSubstr("same amount")));
}

/// Softmax over four keys, with scores `factor` times as large as the case expects.
MadeUpCase weights(float factor) {
  MadeUpCase c("self_attention", "scores", {2, 3, 4});
  for (std::size_t row = 0; row < 6; ++row) {
    const auto softmax = [&](std::vector<float>& out, float scale) {
      float sum = 0;
      for (std::size_t i = 0; i < 4; ++i)
        sum += out[row * 4 + i] = std::exp(scale * std::sin(static_cast<float>(row * 5 + i)));
      for (std::size_t i = 0; i < 4; ++i) out[row * 4 + i] /= sum;
    };
    softmax(c.expected, 1);
    softmax(c.found, factor);
  }
  c.add_input("q", {3, 2, 9});
  c.add_input("k", {4, 1, 9});
  return c;
}

TEST(Patterns, ScoresScaledBeforeTheSoftmax) {
  MadeUpCase c = weights(3);
  EXPECT_THAT(pattern_of(c),
              StartsWith("The weights are those of scores that are 3 times what they should be, which "
                         "is √head_dim here."));
  c.found[1] += 0.01f;
  EXPECT_THAT(pattern_of(c), Not(HasSubstr("scores that are")));
}

TEST(Patterns, OnlyRowsAfterTheFirst) {
  MadeUpCase c = attention_out();
  for (std::size_t i = 20; i < 60; ++i) c.found[i] += 0.1f * static_cast<float>(i % 3 + 1);
  EXPECT_EQ(pattern_of(c), "Only tokens after the first are wrong.\n");
  c.found[0] += 0.1f;
  EXPECT_THAT(pattern_of(c), IsEmpty());
}

TEST(Patterns, WhatIsZeroOnBothSidesIsNoEvidenceOfBeingRight) {
  MadeUpCase c("matmul", "c", {3, 5});
  for (std::size_t row = 0; row < 3; ++row) c.expected[row * 5 + 4] = c.found[row * 5 + 4] = 0;
  for (std::size_t i = 0; i < 15; ++i) c.found[i] *= 1 + 0.1f * static_cast<float>(i * i % 7 + 1);
  EXPECT_THAT(pattern_of(c), Not(HasSubstr("Only columns")));
}

TEST(Patterns, OnlyHeadsAboveZero) {
  MadeUpCase c = attention_out();
  for (std::size_t i = 0; i < 60; ++i) {
    if (i / 5 % 4 > 0) c.found[i] += 0.1f * static_cast<float>(i % 3 + 1);
  }
  EXPECT_EQ(pattern_of(c), "Only heads after the first are wrong.\n");
}

TEST(Patterns, OnlyPositionsFromTheCache) {
  MadeUpCase c("self_attention", "scores", {2, 3, 8});
  for (const std::size_t i : {0, 9, 20, 25, 36}) c.found[i] += 0.1f * static_cast<float>(i % 5 + 1);
  EXPECT_THAT(pattern_of(c), HasSubstr("Only keys that come from the cache are wrong (0 to 4)"));
  c.found[7] += 0.1f;
  EXPECT_THAT(pattern_of(c), Not(HasSubstr("cache")));
}

TEST(Patterns, OnlyKeysThatMayNotBeSeen) {
  MadeUpCase c("self_attention", "scores", {2, 3, 5});
  c.found[3] += 0.1f;
  c.found[4] += 0.3f;
  c.found[24] += 0.2f;
  EXPECT_THAT(pattern_of(c), HasSubstr("Only keys that the query may not see are wrong"));
  c.found[2] += 0.1f;  // the query's own
  EXPECT_THAT(pattern_of(c), Not(HasSubstr("may not see")));
}

TEST(Patterns, BesideTheViewThatWasGiven) {
  MadeUpCase c("matmul", "c", {3, 5},
               R"(, "views": {"c": {"storage": "c", "offset": 1, "shape": [3, 2], "strides": [5, 1]}})");
  c.found[3] += 1;
  EXPECT_THAT(pattern_of(c), StartsWith("Elements beside the part of the buffer that the function was given "
                                        "as c were changed (1 of them)"));
  EXPECT_THAT(describe_mismatch(c.golden_case(), c.outcome()).text, HasSubstr("c itself is right"));
}

TEST(Patterns, IndicesAreThoseOfTheView) {
  MadeUpCase c("matmul", "c", {3, 5},
               R"(, "views": {"c": {"storage": "c", "offset": 1, "shape": [3, 2], "strides": [5, 1]}})");
  c.found[7] += 1;
  EXPECT_THAT(describe_mismatch(c.golden_case(), c.outcome()).text,
              HasSubstr("first wrong: row 1, column 1"));
}

TEST(Patterns, OfAWrongShapeThereAreNone) {
  MadeUpCase c = attention_out();
  Outcome outcome;
  outcome.tensors.emplace("out", Tensor("found", {2, 2}));
  EXPECT_THAT(describe_mismatch(c.golden_case(), outcome).text,
              HasSubstr("not the shape that is expected, (3, 4, 5)"));
}

TEST(Patterns, ATracePointOfUnknownNameHasAxesToo) {
  MadeUpCase c("forward", "trace/unheard.of", {3, 4, 5});
  c.found[59] += 1;
  EXPECT_THAT(c.comparison().place(59), HasSubstr("index 2"));
}

TEST(Patterns, OneFailureFitsIntoTwentyLines) {
  MadeUpCase c = attention_out();
  for (std::size_t i = 20; i < 60; ++i) c.found[i] += 0.1f * static_cast<float>(i % 3 + 1);
  const std::string text = describe_mismatch(c.golden_case(), c.outcome()).text;
  EXPECT_LE(std::count(text.begin(), text.end(), '\n'), 12);
  EXPECT_THAT(text, StartsWith("Only tokens after the first are wrong.\nout (3, 4, 5): 40 of 60 elements"));
}

TEST(Phrases, BothLanguagesHaveTheSamePlaceholders) {
  const auto placeholders = [](std::string_view text) {
    std::multiset<std::string> formats;
    bool numbered = false;
    std::size_t next = 0;
    for (std::size_t at = text.find('{'); at != std::string_view::npos; at = text.find('{', at + 1)) {
      const std::string inside(text.substr(at + 1, text.find('}', at) - at - 1));
      const std::size_t colon = std::min(inside.find(':'), inside.size());
      numbered = numbered || colon > 0;
      const std::string index = numbered ? inside.substr(0, colon) : std::to_string(next++);
      formats.insert(index + inside.substr(colon));
    }
    return std::set<std::string>(formats.begin(), formats.end());
  };
  for (const Phrase& phrase : phrases)
    EXPECT_EQ(placeholders(phrase.zh), placeholders(phrase.en)) << phrase.en;
}

TEST(Phrases, EachStandsThereOnce) {
  std::set<std::string_view> known;
  for (const Phrase& phrase : phrases) EXPECT_TRUE(known.insert(phrase.en).second) << phrase.en;
}

TEST(Phrases, AVerdictIsInOneLanguage) {
  MadeUpCase c = attention_out();
  for (std::size_t i = 20; i < 60; ++i) c.found[i] += 0.1f * static_cast<float>(i % 3 + 1);
  const InChinese chinese;
  EXPECT_THAT(describe_mismatch(c.golden_case(), c.outcome()).text,
              StartsWith("只有第一个之后的token有错。\n"
                         "out (3, 4, 5)：60 个元素中有 40 个错误（舍入误差至多 1e-05）\n"
                         "  第一个错误：token 1，头 0，元素 0：应为 "));
}

/// As a grader runs the tests.
class HiddenValues : public testing::Test {
 protected:
  HiddenValues() { setenv("LAB_VALUES", "hidden", 1); }
  ~HiddenValues() override { unsetenv("LAB_VALUES"); }
};

TEST_F(HiddenValues, PlacesAreToldAndNoNumbers) {
  MadeUpCase c = attention_out();
  c.found[7] += 0.1f;
  c.found[9] += 0.3f;
  const std::string text = describe_mismatch(c.golden_case(), c.outcome()).text;
  EXPECT_THAT(text, HasSubstr("first wrong: token 0, head 1, element 2\n  worst:       token 0, head 1, "));
  EXPECT_THAT(text, Not(HasSubstr("expected")));
  EXPECT_THAT(text, Not(HasSubstr("found")));
  EXPECT_THAT(text, Not(HasSubstr("rounding")));  // its bound grows with the values
}

TEST_F(HiddenValues, NoPatternSaysWhatAnExpectedValueCouldBeComputedFrom) {
  MadeUpCase c = attention_out();
  for (std::size_t i = 0; i < c.found.size(); ++i) c.found[i] = c.expected[i] * 1.3f;
  EXPECT_THAT(pattern_of(c), StartsWith("Every wrong element is some number (not shown) times what"));
  for (std::size_t i = 0; i < c.found.size(); ++i) c.found[i] = c.expected[i] + 0.5f;
  EXPECT_THAT(pattern_of(c), StartsWith("Every wrong element is too large by the same amount, some number"));
  for (std::size_t i = 0; i < c.found.size(); ++i) c.found[i] = c.expected[i] + 0.25f * c.before[i];
  EXPECT_THAT(pattern_of(c), HasSubstr("plus some number (not shown) times what stood there"));
}

TEST_F(HiddenValues, OfTokenIdsOnlyThoseThatWereFound) {
  MadeUpCase c("sample", "probs", {4}, R"(, "expect": {"ids": ["11", "12", "13"], "length": ["41"]})");
  Outcome outcome = c.outcome();
  outcome.facts = {{"ids", {"11", "9", "13"}}, {"length", {"41"}}};
  EXPECT_EQ(describe_mismatch(c.golden_case(), outcome).text, "ids differ from entry 1 on: found 9\n");
  outcome.facts = {{"ids", {"11", "12", "13"}}, {"length", {"7"}}};
  EXPECT_EQ(describe_mismatch(c.golden_case(), outcome).text,
            "length: found 7, which is not what is expected\n");
  outcome.facts["length"] = {std::string(1'000'000, '7')};
  EXPECT_LT(describe_mismatch(c.golden_case(), outcome).text.size(), 500U);
}

TEST(EndOfCall, AnExceptionWithoutTextIsNoReturn) {
  MadeUpCase c("matmul", "c", {1, 2});
  c.expected = c.found = {7, 7};
  Outcome outcome = c.outcome();
  EXPECT_EQ(describe_mismatch(c.golden_case(), outcome).text, "");
  outcome.thrown = Thrown{"another exception", ""};
  EXPECT_EQ(describe_mismatch(c.golden_case(), outcome).text, "an exception came out: it has no text\n");
}

}  // namespace
}  // namespace lab

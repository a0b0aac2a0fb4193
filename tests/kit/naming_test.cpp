// Which known mistakes may be named: those that no case contradicts.
#include "testing/diagnosis/naming.h"

#include <gmock/gmock.h>

#include "diagnosis_fixtures.h"
#include "files.h"

namespace lab {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* list = R"([
 {"id": "a", "function": "matmul", "sentence": {"en": "You do A.", "zh": "你做了甲。"}, "section": "4", "cases": {
   "Suite.Test": {"bounds": {"c": 1e-5}}, "Suite.Other": {"bounds": {"c": 1e-5}}, "Suite.Both": {"bounds": {"c": 1e-5}}}},
 {"id": "b", "function": "matmul", "sentence": {"en": "You do B.", "zh": "你做了乙。"}, "section": "2", "cases": {
   "Suite.Test": {"bounds": {"c": 1e-5}}, "Suite.Other": {"unpredictable": true}}},
 {"id": "c", "function": "matmul", "sentence": {"en": "You do C.", "zh": "你做了丙。"}, "section": "2", "cases": {
   "Suite.Third": {"expect": {"raises": "Error"}}, "Suite.Both": {"expect": {"raises": "Error"}}}},
 {"id": "a+c", "function": "matmul", "pair": ["a", "c"], "cases": {"Suite.Test": {"bounds": {"c": 1e-5}}}},
 {"id": "d", "function": "gather", "sentence": {"en": "You do D.", "zh": "你做了丁。"}, "section": "2", "cases": {
   "Suite.Test": {"expect": {"raises": "out_of_range"}}}}
])";

/// Escaped, so that it can stand in another JSON text.
std::string quoted(const std::string& text) {
  std::string result;
  for (const char c : text) {
    if (c == '"') result += '\\';
    if (c != '\n') result += c;
  }
  return result;
}

/// Predictions of a, b and the pair for Suite.Test: 2, 3 and 5 in all of two elements.
class Naming : public testing::Test {
 protected:
  Naming() {
    const std::vector<float> values{2, 2, 3, 3, 5, 5};
    std::string header = R"({"__metadata__": {"format": "2", "misconceptions": ")" + quoted(list) + "\"}";
    std::size_t offset = 0;
    for (const char* id : {"a", "b", "a+c"}) {
      header +=
          fmt::format(R"(, "{}/Suite.Test/c": {{"dtype": "F32", "shape": [1, 2], "data_offsets": [{}, {}]}})",
                      id, offset, offset + 8);
      offset += 8;
    }
    write_file(dir_ / "step0_misconceptions.safetensors", safetensors_file(header + "}", bytes_of(values)));
    known_ = std::make_unique<Misconceptions>(dir_.path(), "step0");
  }

  Testimony testimony(const std::string& id, float found, const std::string& error = "") {
    MadeUpCase c("matmul", "c", {1, 2});
    c.expected = {7, 7};
    c.found = {found, found};
    Outcome outcome = c.outcome();
    if (!error.empty()) {
      outcome.thrown = Thrown{error, error};
    }
    return known_->testimony(known_->at(id), c.golden_case(), outcome);
  }

  TempDir dir_;
  std::unique_ptr<Misconceptions> known_;
};

using enum Testimony;

TEST_F(Naming, WithoutTheFileNothingIsKnown) {
  EXPECT_THAT(Misconceptions(dir_.path(), "step1").all(), IsEmpty());
}

TEST_F(Naming, ACaseTestifies) {
  EXPECT_EQ(testimony("a", 2), explains);
  EXPECT_EQ(testimony("a", 7), contradicts);
  EXPECT_EQ(testimony("a", 2.0001f), contradicts);
  EXPECT_EQ(testimony("a", 2, "Error"), contradicts);
  EXPECT_EQ(testimony("c", 7), agrees);  // not listed: the right outcome
  EXPECT_EQ(testimony("c", 2), contradicts);
  EXPECT_EQ(testimony("a+c", 5), explains);
  EXPECT_EQ(testimony("d", 7, "out_of_range"), explains);
  EXPECT_EQ(testimony("d", 7, "invalid_argument"), explains);  // a view refuses a slice with this kind
  EXPECT_EQ(testimony("d", 7, "Error"), contradicts);
}

TEST_F(Naming, NamesWhatExplainsAndNothingContradicts) {
  const auto names = [&](std::vector<Testimony> other) {
    return nameable(*known_, "matmul",
                    {{"Suite.Test", CaseEnd::failed, {explains, explains, contradicts, contradicts}},
                     {"Suite.Other", CaseEnd::failed, std::move(other)}});
  };
  EXPECT_THAT(names({explains, contradicts, contradicts, abstains}), ElementsAre(0));
  EXPECT_THAT(names({contradicts, contradicts, contradicts, abstains}), IsEmpty());
  EXPECT_THAT(names({contradicts, abstains, contradicts, abstains}), ElementsAre(1));
  EXPECT_THAT(names({explains, abstains, contradicts, abstains}),
              ElementsAre(0, 1));  // the more specific first
}

TEST_F(Naming, APassingCaseCanContradict) {
  EXPECT_THAT(nameable(*known_, "matmul",
                       {{"Suite.Test", CaseEnd::failed, {explains, contradicts, contradicts, contradicts}},
                        {"Suite.Other", CaseEnd::passed, {contradicts, contradicts, agrees, abstains}}}),
              IsEmpty());
}

TEST_F(Naming, NobodyIsNamedWhoOnlyAbstains) {
  EXPECT_THAT(nameable(*known_, "matmul",
                       {{"Suite.Other", CaseEnd::failed, {contradicts, abstains, contradicts, abstains}}}),
              IsEmpty());
}

TEST_F(Naming, APairNeedsEachFailureToBeOneOfTheTwo) {
  const Witness diagnosing{"Suite.Test", CaseEnd::failed, {contradicts, contradicts, contradicts, explains}};
  const auto names = [&](const std::string& other, CaseEnd end) {
    return nameable(*known_, "matmul",
                    {diagnosing, {other, end, {contradicts, contradicts, contradicts, abstains}}});
  };
  EXPECT_THAT(names("Suite.Third", CaseEnd::failed), ElementsAre(3));
  EXPECT_THAT(names("Suite.Fourth", CaseEnd::passed), ElementsAre(3));
  EXPECT_THAT(names("Suite.Fourth", CaseEnd::failed), IsEmpty());
  EXPECT_THAT(names("Suite.Third", CaseEnd::passed), IsEmpty());
  EXPECT_THAT(names("Suite.Both", CaseEnd::passed), IsEmpty());  // she makes none of the two there
}

TEST_F(Naming, APairIsRecordedAsItsTwoMistakes) {
  EXPECT_THAT(ids_of(*known_, {3}), ElementsAre("a", "c"));
  EXPECT_THAT(ids_of(*known_, {0, 3}), ElementsAre("a", "c"));
}

TEST_F(Naming, OfAnotherFunctionNobodyIsNamed) {
  EXPECT_THAT(
      nameable(*known_, "rope", {{"Suite.Test", CaseEnd::failed, {explains, explains, explains, explains}}}),
      IsEmpty());
}

TEST_F(Naming, SpeaksBothLanguages) {
  EXPECT_EQ(describe_names(*known_, {0}, "step0_operators"),
            "What fits all cases: You do A. Read section 4 of labs/step0_operators/README.md.\n");
  EXPECT_THAT(describe_names(*known_, {3}, "step0_operators"),
              HasSubstr("Two mistakes together explain it:\n  You do A. Read section 4 of"));
  EXPECT_THAT(describe_names(*known_, {}, "step0_operators"), IsEmpty());
  const InChinese chinese;
  EXPECT_EQ(describe_names(*known_, {0}, "step0_operators"),
            "与所有用例都相符的是：你做了甲。请读 labs/step0_operators/README.zh-CN.md 第 4 节。\n");
}

TEST(PredictedFacts, AreChangesOfTheRightOnes) {
  const Json right = Json::parse(R"({"fields": {"a": "x", "b": "y"}, "calls": [1, 2], "n": 3})", "right");
  const Json patch = Json::parse(R"({"fields": {"b": null, "c": "z"}, "calls": [1]})", "patch");
  const Json wrong = right.patched(patch);
  EXPECT_THAT(fact_lines(wrong.at("fields")), ElementsAre("a x", "c z"));
  EXPECT_THAT(fact_lines(wrong.at("calls")), ElementsAre("1"));
  EXPECT_THAT(fact_lines(wrong.at("n")), ElementsAre("3"));
}

}  // namespace
}  // namespace lab

#include "kit/checkpoint/json.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "kit/error.h"

namespace lab {
namespace {

TEST(Json, HoldsEveryKindOfValueWhereItStands) {
  const Json json = Json::parse(
      R"({"a":[null,true,-1,2,0.5,"x",[],{}],"b":{"c":[{"d":[[1],[2,3]]},{"d":4}]},"e":18446744073709551615})",
      "text");
  EXPECT_EQ(json.members().size(), 3U);
  const Json a = json.at("a");
  ASSERT_EQ(a.size(), 8U);
  EXPECT_TRUE(a[0].is_null());
  EXPECT_TRUE(a[1].boolean());
  EXPECT_EQ(a[2].number(), -1);
  EXPECT_EQ(a[3].whole_number(0, 9), 2U);
  EXPECT_EQ(a[4].number(), 0.5);
  EXPECT_EQ(a[5].string(), "x");
  EXPECT_TRUE(a[6].is_array());
  EXPECT_TRUE(a[7].is_object());
  const Json c = json.at("b").at("c");
  EXPECT_EQ(c[0].at("d")[1][1].number(), 3);
  EXPECT_EQ(c[1].at("d").number(), 4);
  EXPECT_EQ(json.at("e").whole_number(0, ~std::uint64_t{0}), ~std::uint64_t{0});
  EXPECT_EQ(Json::parse("7", "text").number(), 7);
}

TEST(Json, TellsWhatItRefusesAndWhere) {
  const std::string deep(33, '[');
  for (const auto& [text, expected] : {std::pair<std::string, const char*>{"[1,]", "expected JSON: "},
                                       {"[1] 2", "expected JSON: "},
                                       {"[1e999]", "expected JSON: "},
                                       {"[\"\xff\"]", "expected JSON: "},
                                       {"", "expected JSON: "},
                                       {R"([{"a":1},{"a":{"b":1,"b":2}}])", "\"b\" is given twice"},
                                       {R"({"a":[1],"a":[]})", "\"a\" is given twice"},
                                       {deep, "nested deeper than 32 levels"}}) {
    try {
      Json::parse(text, "text");
      ADD_FAILURE() << text << " was read";
    } catch (const Error& error) {
      EXPECT_NE(std::string(error.what()).find(expected), std::string::npos) << error.what();
    }
  }
}

/// Of the size that a vocabulary's list of merges has. If each object cost a look through those before it,
/// this would last for many minutes, and so exceed the test's time limit.
TEST(Json, ArraysOfManyObjectsAreReadInOneGo) {
  constexpr std::size_t count = 500'000;
  std::string text = "[";
  for (std::size_t i = 0; i < count; ++i) text += fmt::format(R"({{"id":{}}},)", i);
  text.back() = ']';
  const Json json = Json::parse(text, "text");
  ASSERT_EQ(json.size(), count);
  EXPECT_EQ(json[count - 1].at("id").number(), count - 1);
}

}  // namespace
}  // namespace lab

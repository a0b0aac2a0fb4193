#include "labs/step1_self_attention/self_attention.h"
#include "testing/running/golden_test.h"

namespace lab {

const char* const step_name = "step1";

namespace {

Outcome run_self_attention(const Case& c) {
  Arguments a(c);
  return a.run([&](Outcome&) {
    self_attention(a.view("out"), a.view("scores"), a.view("q"), a.view("k"), a.view("v"));
  });
}

}  // namespace

const std::map<std::string, Runner> runners = {
    {"self_attention", run_self_attention},
};

namespace {

TEST(SelfAttention, ByHand) { EXPECT_GOLDEN(run_self_attention); }
TEST(SelfAttention, GroupsByHand) { EXPECT_GOLDEN(run_self_attention); }
TEST(SelfAttention, PrefillWithoutGroups) { EXPECT_GOLDEN(run_self_attention); }
TEST(SelfAttention, GroupsOfTwo) { EXPECT_GOLDEN(run_self_attention); }
TEST(SelfAttention, GroupsOfThree) { EXPECT_GOLDEN(run_self_attention); }
TEST(SelfAttention, GroupsOfFour) { EXPECT_GOLDEN(run_self_attention); }
TEST(SelfAttention, EightHeadsOverTwo) { EXPECT_GOLDEN(run_self_attention); }
TEST(SelfAttention, MultiQuery) { EXPECT_GOLDEN(run_self_attention); }
TEST(SelfAttention, OneHead) { EXPECT_GOLDEN(run_self_attention); }
TEST(SelfAttention, FirstToken) { EXPECT_GOLDEN(run_self_attention); }
TEST(SelfAttention, DecodeSeesTheWholeCache) { EXPECT_GOLDEN(run_self_attention); }
TEST(SelfAttention, ChunkOverACache) { EXPECT_GOLDEN(run_self_attention); }
TEST(SelfAttention, TwoTokensOverOne) { EXPECT_GOLDEN(run_self_attention); }
TEST(SelfAttention, LongCache) { EXPECT_GOLDEN(run_self_attention); }
TEST(SelfAttention, OddSizes) { EXPECT_GOLDEN(run_self_attention); }
TEST(SelfAttention, ScaledByItsOwnHeadDim) { EXPECT_GOLDEN(run_self_attention); }
TEST(SelfAttention, SmallHeadDim) { EXPECT_GOLDEN(run_self_attention); }
TEST(SelfAttention, EachTokenSeesItself) { EXPECT_GOLDEN(run_self_attention); }
TEST(SelfAttention, TheNextKeyIsHidden) { EXPECT_GOLDEN(run_self_attention); }
TEST(SelfAttention, LaterTokensChangeNothing) { EXPECT_GOLDEN(run_self_attention); }
TEST(SelfAttention, LargeLogits) { EXPECT_GOLDEN(run_self_attention); }
TEST(SelfAttention, EqualKeysGiveTheMean) { EXPECT_GOLDEN(run_self_attention); }
TEST(SelfAttention, ValuesOfOneKvHead) { EXPECT_GOLDEN(run_self_attention); }
TEST(SelfAttention, QueriesKeysAndValuesInOneBuffer) { EXPECT_GOLDEN(run_self_attention); }
TEST(SelfAttention, SomeHeadsOfMany) { EXPECT_GOLDEN(run_self_attention); }
TEST(SelfAttention, KeysAndValuesInALargerCache) { EXPECT_GOLDEN(run_self_attention); }
TEST(SelfAttention, ShortTextInALongCache) { EXPECT_GOLDEN(run_self_attention); }
TEST(SelfAttention, NanBeyondTheCachedRows) { EXPECT_GOLDEN(run_self_attention); }
TEST(SelfAttention, OneLayerOfTheCache) { EXPECT_GOLDEN(run_self_attention); }
TEST(SelfAttention, ScoresInALargerBuffer) { EXPECT_GOLDEN(run_self_attention); }
TEST(SelfAttention, ReusedBuffersAreNotRead) { EXPECT_GOLDEN(run_self_attention); }
TEST(SelfAttention, NanInOutAndScores) { EXPECT_GOLDEN(run_self_attention); }

}  // namespace
}  // namespace lab

#include "labs/step0_operators/operators.h"
#include "testing/running/golden_test.h"

namespace lab {

const char* const step_name = "step0";

namespace {

Outcome run_gather(const Case& c) {
  Arguments a(c);
  return a.run([&](Outcome&) { gather(a.view("out"), a.view("table"), c.ids("indices")); });
}

Outcome run_rms_norm(const Case& c) {
  Arguments a(c);
  return a.run([&](Outcome&) { rms_norm(a.view("out"), a.view("x"), a.view("weight"), c.number("eps")); });
}

Outcome run_matmul_transb(const Case& c) {
  Arguments a(c);
  return a.run([&](Outcome&) {
    matmul_transb(a.view("c"), a.view("a"), a.view("b"), c.number("alpha"), c.number("beta"));
  });
}

Outcome run_rope_frequencies(const Case& c) {
  Arguments a(c);
  return a.run([&](Outcome&) { rope_frequencies(a.span("inv_freq"), c.number("theta")); });
}

Outcome run_rope(const Case& c) {
  Arguments a(c);
  return a.run([&](Outcome&) { rope(a.view("x"), c.count("start_pos"), a.span("inv_freq")); });
}

Outcome run_masked_softmax(const Case& c) {
  Arguments a(c);
  return a.run([&](Outcome&) { masked_softmax(a.view("scores")); });
}

Outcome run_matmul(const Case& c) {
  Arguments a(c);
  return a.run(
      [&](Outcome&) { matmul(a.view("c"), a.view("a"), a.view("b"), c.number("alpha"), c.number("beta")); });
}

Outcome run_swiglu(const Case& c) {
  Arguments a(c);
  return a.run([&](Outcome&) { swiglu(a.view("out"), a.view("gate"), a.view("up")); });
}

Outcome run_narrow_copy(const Case& c) {
  Arguments a(c);
  return a.run([&](Outcome&) { narrow_copy(a.view("out"), a.view("x"), c.count("dim"), c.count("start")); });
}

}  // namespace

const std::map<std::string, Runner> runners = {
    {"gather", run_gather},
    {"rms_norm", run_rms_norm},
    {"matmul_transb", run_matmul_transb},
    {"rope_frequencies", run_rope_frequencies},
    {"rope", run_rope},
    {"masked_softmax", run_masked_softmax},
    {"matmul", run_matmul},
    {"swiglu", run_swiglu},
    {"narrow_copy", run_narrow_copy},
};

namespace {

TEST(Gather, ByHand) { EXPECT_GOLDEN(run_gather); }
TEST(Gather, DescendingIndices) { EXPECT_GOLDEN(run_gather); }
TEST(Gather, RepeatedIndices) { EXPECT_GOLDEN(run_gather); }
TEST(Gather, MoreIndicesThanRows) { EXPECT_GOLDEN(run_gather); }
TEST(Gather, FirstAndLastRow) { EXPECT_GOLDEN(run_gather); }
TEST(Gather, OneIndex) { EXPECT_GOLDEN(run_gather); }
TEST(Gather, WidthOne) { EXPECT_GOLDEN(run_gather); }
TEST(Gather, TableIsPartOfAWiderOne) { EXPECT_GOLDEN(run_gather); }
TEST(Gather, OutIsPartOfAWiderBuffer) { EXPECT_GOLDEN(run_gather); }
TEST(Gather, NanInOut) { EXPECT_GOLDEN(run_gather); }

TEST(RmsNorm, ByHand) { EXPECT_GOLDEN(run_rms_norm); }
TEST(RmsNorm, ManyRows) { EXPECT_GOLDEN(run_rms_norm); }
TEST(RmsNorm, RowsOfDifferentSize) { EXPECT_GOLDEN(run_rms_norm); }
TEST(RmsNorm, OneDimension) { EXPECT_GOLDEN(run_rms_norm); }
TEST(RmsNorm, OneRow) { EXPECT_GOLDEN(run_rms_norm); }
TEST(RmsNorm, WidthOne) { EXPECT_GOLDEN(run_rms_norm); }
TEST(RmsNorm, EpsilonMatters) { EXPECT_GOLDEN(run_rms_norm); }
TEST(RmsNorm, EpsilonOfOneMillionth) { EXPECT_GOLDEN(run_rms_norm); }
TEST(RmsNorm, ZeroRow) { EXPECT_GOLDEN(run_rms_norm); }
TEST(RmsNorm, WeightOfEitherSign) { EXPECT_GOLDEN(run_rms_norm); }
TEST(RmsNorm, MeanIsNotSubtracted) { EXPECT_GOLDEN(run_rms_norm); }
TEST(RmsNorm, LargeValues) { EXPECT_GOLDEN(run_rms_norm); }
TEST(RmsNorm, WideRow) { EXPECT_GOLDEN(run_rms_norm); }
TEST(RmsNorm, InPlace) { EXPECT_GOLDEN(run_rms_norm); }
TEST(RmsNorm, RowsWithGaps) { EXPECT_GOLDEN(run_rms_norm); }
TEST(RmsNorm, NanInOut) { EXPECT_GOLDEN(run_rms_norm); }

TEST(MatmulTransb, ByHand) { EXPECT_GOLDEN(run_matmul_transb); }
TEST(MatmulTransb, ThreeSizes) { EXPECT_GOLDEN(run_matmul_transb); }
TEST(MatmulTransb, OneRow) { EXPECT_GOLDEN(run_matmul_transb); }
TEST(MatmulTransb, OneColumn) { EXPECT_GOLDEN(run_matmul_transb); }
TEST(MatmulTransb, DepthOne) { EXPECT_GOLDEN(run_matmul_transb); }
TEST(MatmulTransb, OneElement) { EXPECT_GOLDEN(run_matmul_transb); }
TEST(MatmulTransb, OddSizes) { EXPECT_GOLDEN(run_matmul_transb); }
TEST(MatmulTransb, LongSum) { EXPECT_GOLDEN(run_matmul_transb); }
TEST(MatmulTransb, WideOutput) { EXPECT_GOLDEN(run_matmul_transb); }
TEST(MatmulTransb, ReusedOutputIsNotRead) { EXPECT_GOLDEN(run_matmul_transb); }
TEST(MatmulTransb, NanInReusedOutput) { EXPECT_GOLDEN(run_matmul_transb); }
TEST(MatmulTransb, AlphaScales) { EXPECT_GOLDEN(run_matmul_transb); }
TEST(MatmulTransb, BetaOneAccumulates) { EXPECT_GOLDEN(run_matmul_transb); }
TEST(MatmulTransb, BetaScalesOnlyTheOldValue) { EXPECT_GOLDEN(run_matmul_transb); }
TEST(MatmulTransb, AlphaScalesOnlyTheProduct) { EXPECT_GOLDEN(run_matmul_transb); }
TEST(MatmulTransb, AlphaAndBetaDiffer) { EXPECT_GOLDEN(run_matmul_transb); }
TEST(MatmulTransb, AlphaZeroKeepsTheOldValue) { EXPECT_GOLDEN(run_matmul_transb); }
TEST(MatmulTransb, SquareWeightIsTransposedToo) { EXPECT_GOLDEN(run_matmul_transb); }
TEST(MatmulTransb, ScoresOfOneHead) { EXPECT_GOLDEN(run_matmul_transb); }
TEST(MatmulTransb, RowsWithGaps) { EXPECT_GOLDEN(run_matmul_transb); }
TEST(MatmulTransb, SliceOfASlice) { EXPECT_GOLDEN(run_matmul_transb); }
TEST(MatmulTransb, OutputIsPartOfAWiderBuffer) { EXPECT_GOLDEN(run_matmul_transb); }

TEST(RopeFrequencies, ByHand) { EXPECT_GOLDEN(run_rope_frequencies); }
TEST(RopeFrequencies, OnePair) { EXPECT_GOLDEN(run_rope_frequencies); }
TEST(RopeFrequencies, OddNumberOfPairs) { EXPECT_GOLDEN(run_rope_frequencies); }
TEST(RopeFrequencies, SmallTheta) { EXPECT_GOLDEN(run_rope_frequencies); }
TEST(RopeFrequencies, ThetaOfLlama3) { EXPECT_GOLDEN(run_rope_frequencies); }
TEST(RopeFrequencies, HeadDim128) { EXPECT_GOLDEN(run_rope_frequencies); }
TEST(RopeFrequencies, PartOfABuffer) { EXPECT_GOLDEN(run_rope_frequencies); }
TEST(RopeFrequencies, NanInOut) { EXPECT_GOLDEN(run_rope_frequencies); }

TEST(Rope, ByHand) { EXPECT_GOLDEN(run_rope); }
TEST(Rope, PositionZero) { EXPECT_GOLDEN(run_rope); }
TEST(Rope, PrefillFromZero) { EXPECT_GOLDEN(run_rope); }
TEST(Rope, OnePair) { EXPECT_GOLDEN(run_rope); }
TEST(Rope, OneHead) { EXPECT_GOLDEN(run_rope); }
TEST(Rope, EveryHeadAlike) { EXPECT_GOLDEN(run_rope); }
TEST(Rope, DecodeIsNotPositionZero) { EXPECT_GOLDEN(run_rope); }
TEST(Rope, ChunkGoesOn) { EXPECT_GOLDEN(run_rope); }
TEST(Rope, FarOut) { EXPECT_GOLDEN(run_rope); }
TEST(Rope, FartherThanHalfPrecision) { EXPECT_GOLDEN(run_rope); }
TEST(Rope, ThetaOfLlama3) { EXPECT_GOLDEN(run_rope); }
TEST(Rope, FrequenciesAreGiven) { EXPECT_GOLDEN(run_rope); }
TEST(Rope, OnlyTheseCacheRows) { EXPECT_GOLDEN(run_rope); }
TEST(Rope, HeadsOfAFusedBuffer) { EXPECT_GOLDEN(run_rope); }
TEST(Rope, OneHeadOfMany) { EXPECT_GOLDEN(run_rope); }

TEST(MaskedSoftmax, ByHand) { EXPECT_GOLDEN(run_masked_softmax); }
TEST(MaskedSoftmax, Prefill) { EXPECT_GOLDEN(run_masked_softmax); }
TEST(MaskedSoftmax, DecodeSeesTheWholeCache) { EXPECT_GOLDEN(run_masked_softmax); }
TEST(MaskedSoftmax, ChunkOverACache) { EXPECT_GOLDEN(run_masked_softmax); }
TEST(MaskedSoftmax, TwoQueriesOverALongCache) { EXPECT_GOLDEN(run_masked_softmax); }
TEST(MaskedSoftmax, SingleKey) { EXPECT_GOLDEN(run_masked_softmax); }
TEST(MaskedSoftmax, OneHead) { EXPECT_GOLDEN(run_masked_softmax); }
TEST(MaskedSoftmax, EightHeads) { EXPECT_GOLDEN(run_masked_softmax); }
TEST(MaskedSoftmax, LargeScores) { EXPECT_GOLDEN(run_masked_softmax); }
TEST(MaskedSoftmax, VeryNegativeScores) { EXPECT_GOLDEN(run_masked_softmax); }
TEST(MaskedSoftmax, MaskedScoresAreTheLargest) { EXPECT_GOLDEN(run_masked_softmax); }
TEST(MaskedSoftmax, MaskedZerosBesideNegativeScores) { EXPECT_GOLDEN(run_masked_softmax); }
TEST(MaskedSoftmax, AllEqual) { EXPECT_GOLDEN(run_masked_softmax); }
TEST(MaskedSoftmax, FallingScores) { EXPECT_GOLDEN(run_masked_softmax); }
TEST(MaskedSoftmax, NanWhereNoQueryLooks) { EXPECT_GOLDEN(run_masked_softmax); }
TEST(MaskedSoftmax, InfinityWhereNoQueryLooks) { EXPECT_GOLDEN(run_masked_softmax); }
TEST(MaskedSoftmax, PartOfALargerBuffer) { EXPECT_GOLDEN(run_masked_softmax); }

TEST(Matmul, ByHand) { EXPECT_GOLDEN(run_matmul); }
TEST(Matmul, ThreeSizes) { EXPECT_GOLDEN(run_matmul); }
TEST(Matmul, OneRow) { EXPECT_GOLDEN(run_matmul); }
TEST(Matmul, OneColumn) { EXPECT_GOLDEN(run_matmul); }
TEST(Matmul, DepthOne) { EXPECT_GOLDEN(run_matmul); }
TEST(Matmul, OneElement) { EXPECT_GOLDEN(run_matmul); }
TEST(Matmul, OddSizes) { EXPECT_GOLDEN(run_matmul); }
TEST(Matmul, LongSum) { EXPECT_GOLDEN(run_matmul); }
TEST(Matmul, WideOutput) { EXPECT_GOLDEN(run_matmul); }
TEST(Matmul, ReusedOutputIsNotRead) { EXPECT_GOLDEN(run_matmul); }
TEST(Matmul, NanInReusedOutput) { EXPECT_GOLDEN(run_matmul); }
TEST(Matmul, AlphaScales) { EXPECT_GOLDEN(run_matmul); }
TEST(Matmul, BetaOneAccumulates) { EXPECT_GOLDEN(run_matmul); }
TEST(Matmul, BetaScalesOnlyTheOldValue) { EXPECT_GOLDEN(run_matmul); }
TEST(Matmul, AlphaScalesOnlyTheProduct) { EXPECT_GOLDEN(run_matmul); }
TEST(Matmul, AlphaAndBetaDiffer) { EXPECT_GOLDEN(run_matmul); }
TEST(Matmul, AlphaZeroKeepsTheOldValue) { EXPECT_GOLDEN(run_matmul); }
TEST(Matmul, SquareIsNotTransposed) { EXPECT_GOLDEN(run_matmul); }
TEST(Matmul, WeightsTimesValuesOfOneHead) { EXPECT_GOLDEN(run_matmul); }
TEST(Matmul, RowsWithGaps) { EXPECT_GOLDEN(run_matmul); }
TEST(Matmul, SliceOfASlice) { EXPECT_GOLDEN(run_matmul); }
TEST(Matmul, OutputIsPartOfAWiderBuffer) { EXPECT_GOLDEN(run_matmul); }

TEST(Swiglu, ByHand) { EXPECT_GOLDEN(run_swiglu); }
TEST(Swiglu, GateIsActivated) { EXPECT_GOLDEN(run_swiglu); }
TEST(Swiglu, OneRow) { EXPECT_GOLDEN(run_swiglu); }
TEST(Swiglu, WidthOne) { EXPECT_GOLDEN(run_swiglu); }
TEST(Swiglu, OddWidth) { EXPECT_GOLDEN(run_swiglu); }
TEST(Swiglu, SaturatedGate) { EXPECT_GOLDEN(run_swiglu); }
TEST(Swiglu, NegativeGate) { EXPECT_GOLDEN(run_swiglu); }
TEST(Swiglu, IntoGate) { EXPECT_GOLDEN(run_swiglu); }
TEST(Swiglu, IntoUp) { EXPECT_GOLDEN(run_swiglu); }
TEST(Swiglu, RowsWithGaps) { EXPECT_GOLDEN(run_swiglu); }
TEST(Swiglu, NanInOut) { EXPECT_GOLDEN(run_swiglu); }

TEST(NarrowCopy, ByHand) { EXPECT_GOLDEN(run_narrow_copy); }
TEST(NarrowCopy, PartOfAVector) { EXPECT_GOLDEN(run_narrow_copy); }
TEST(NarrowCopy, RowsOfAMatrix) { EXPECT_GOLDEN(run_narrow_copy); }
TEST(NarrowCopy, ColumnsOfAMatrix) { EXPECT_GOLDEN(run_narrow_copy); }
TEST(NarrowCopy, Positions) { EXPECT_GOLDEN(run_narrow_copy); }
TEST(NarrowCopy, Heads) { EXPECT_GOLDEN(run_narrow_copy); }
TEST(NarrowCopy, HalfOfEachHead) { EXPECT_GOLDEN(run_narrow_copy); }
TEST(NarrowCopy, LayersOfACache) { EXPECT_GOLDEN(run_narrow_copy); }
TEST(NarrowCopy, PositionsOfACache) { EXPECT_GOLDEN(run_narrow_copy); }
TEST(NarrowCopy, HeadsOfACache) { EXPECT_GOLDEN(run_narrow_copy); }
TEST(NarrowCopy, ElementsOfACache) { EXPECT_GOLDEN(run_narrow_copy); }
TEST(NarrowCopy, OneOfEach) { EXPECT_GOLDEN(run_narrow_copy); }
TEST(NarrowCopy, FromTheStart) { EXPECT_GOLDEN(run_narrow_copy); }
TEST(NarrowCopy, ToTheEnd) { EXPECT_GOLDEN(run_narrow_copy); }
TEST(NarrowCopy, Everything) { EXPECT_GOLDEN(run_narrow_copy); }
TEST(NarrowCopy, TransposedSource) { EXPECT_GOLDEN(run_narrow_copy); }
TEST(NarrowCopy, SourceWithHeadsOutside) { EXPECT_GOLDEN(run_narrow_copy); }
TEST(NarrowCopy, SliceOfASlice) { EXPECT_GOLDEN(run_narrow_copy); }
TEST(NarrowCopy, OutIsPartOfAWiderBuffer) { EXPECT_GOLDEN(run_narrow_copy); }
TEST(NarrowCopy, NanInOut) { EXPECT_GOLDEN(run_narrow_copy); }

}  // namespace
}  // namespace lab

#include "kit/tensor.h"

#include <gmock/gmock.h>

#include <numeric>

namespace lab {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Throws;
using testing::ThrowsMessage;

/// 0, 1, 2, … in row-major order.
Tensor counting(const Shape& shape) {
  Tensor tensor("counting", shape);
  std::iota(tensor.values().begin(), tensor.values().end(), 0.f);
  return tensor;
}

TEST(Tensor, IsRowMajor) {
  const Tensor tensor = counting({2, 3, 4});
  EXPECT_EQ(tensor.view()(1, 2, 3), 23);
  EXPECT_EQ(tensor.view()(1, 0, 0), 12);
}

TEST(Tensor, KeepsViewsValidWhenMoved) {
  Tensor tensor = counting({2, 3});
  const ConstView view = tensor;
  const Tensor moved = std::move(tensor);
  EXPECT_EQ(view.data(), moved.view().data());
  EXPECT_STREQ(view.name(), "counting");
}

TEST(Tensor, RefusesValuesThatDoNotFillItsShape) {
  EXPECT_THAT(
      [] {
        Tensor("w", {2, 3}, {1, 2});
      },
      ThrowsMessage<std::invalid_argument>(HasSubstr("2 values")));
}

TEST(Tensor, UninitializedIsDirtyInCheckedBuilds) {
  const Tensor tensor = Tensor::uninitialized("buffer", {4, 4});
  const bool all_zero = tensor.values().end() == std::find_if(tensor.values().begin(), tensor.values().end(),
                                                              [](float x) { return x != 0; });
  EXPECT_EQ(all_zero, !checked);
}

TEST(View, SliceOfAnInnerDimensionKeepsStrides) {
  const Tensor tensor = counting({2, 3, 4});
  const ConstView slice = tensor.view().slice(1, 1, 3);
  EXPECT_EQ(slice.shape(), Shape({2, 2, 4}));
  EXPECT_EQ(slice(1, 0, 2), 18);
  EXPECT_FALSE(slice.is_contiguous());
}

TEST(View, SliceOfASliceAddsTheOffsetsOnce) {
  const Tensor tensor = counting({10});
  EXPECT_THAT(tensor.view().slice(0, 2, 9).slice(0, 3, 5).row(), ElementsAre(5, 6));
}

TEST(View, SelectIsOneHeadOfAll) {
  const Tensor q = counting({2, 3, 4});
  const ConstView head = q.view().select(1, 2);
  EXPECT_EQ(head.shape(), Shape({2, 4}));
  EXPECT_THAT(head.row(0), ElementsAre(8, 9, 10, 11));
  EXPECT_THAT(head.row(1), ElementsAre(20, 21, 22, 23));
}

TEST(View, TransposeExchangesDimensions) {
  const Tensor tensor = counting({2, 3});
  const ConstView transposed = tensor.view().transpose(0, 1);
  EXPECT_EQ(transposed.shape(), Shape({3, 2}));
  EXPECT_EQ(transposed(2, 1), 5);
}

TEST(View, ReshapeKeepsTheOrderOfElements) {
  const Tensor tensor = counting({2, 6});
  EXPECT_EQ(tensor.view().reshape({2, 3, 2})(1, 2, 1), 11);
}

TEST(View, ReshapeRefusesWhatWouldNeedACopy) {
  const Tensor tensor = counting({2, 6});
  EXPECT_THAT([&] { tensor.view().slice(1, 0, 3).reshape({6}); },
              ThrowsMessage<std::invalid_argument>(HasSubstr("not contiguous")));
  EXPECT_THAT([&] { tensor.view().reshape({5}); },
              ThrowsMessage<std::invalid_argument>(HasSubstr("12 elements")));
}

TEST(View, ASliceOfFullRowsIsStillContiguous) {
  const Tensor tensor = counting({4, 3});
  EXPECT_THAT(tensor.view().slice(0, 1, 3).reshape({6}).row(), ElementsAre(3, 4, 5, 6, 7, 8));
}

TEST(View, RowsMergesOuterDimensions) {
  const Tensor tensor = counting({2, 3, 4});
  EXPECT_EQ(tensor.view().rows().shape(), Shape({6, 4}));
  EXPECT_EQ(counting({5}).view().rows().shape(), Shape({1, 5}));
}

TEST(View, RowsOfAMatrixWithGapsIsTheMatrix) {
  const Tensor tensor = counting({3, 5});
  EXPECT_THAT(tensor.view().slice(1, 0, 2).rows().row(2), ElementsAre(10, 11));
}

TEST(View, SliceOutsideNamesTensorShapeAndRange) {
  const Tensor tensor = counting({2, 3});
  EXPECT_THAT([&] { tensor.view().slice(1, 2, 4); },
              ThrowsMessage<std::invalid_argument>(
                  AllOf(HasSubstr("counting"), HasSubstr("(2, 3)"), HasSubstr("slice(1, 2, 4)"))));
  EXPECT_THAT([&] { tensor.view().select(2, 0); }, Throws<std::invalid_argument>());
}

TEST(View, IndexOutsideNamesTensorShapeAndIndex) {
  if constexpr (!checked) return;  // a release build leaves these checks out
  const Tensor tensor = counting({2, 3});
  EXPECT_THAT([&] { tensor.view()(1, 3); },
              ThrowsMessage<std::out_of_range>(
                  AllOf(HasSubstr("counting"), HasSubstr("(2, 3)"), HasSubstr("(1, 3)"))));
  EXPECT_THAT([&] { tensor.view()(1); }, Throws<std::out_of_range>());
  EXPECT_THAT([&] { tensor.view().row(2); }, Throws<std::out_of_range>());
}

TEST(View, RowOfATransposedViewIsRefused) {
  if constexpr (!checked) return;  // a release build leaves these checks out
  const Tensor tensor = counting({2, 3});
  EXPECT_THAT([&] { tensor.view().transpose(0, 1).row(0); },
              ThrowsMessage<std::invalid_argument>(HasSubstr("contiguous innermost")));
}
}  // namespace
}  // namespace lab

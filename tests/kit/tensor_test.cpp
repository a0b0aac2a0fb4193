#include "kit/tensor.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cstdlib>
#include <new>
#include <numeric>
#include <sstream>
#include <stdexcept>
#include <utility>

namespace {

std::size_t allocations = 0;

}  // namespace

void* operator new(std::size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
  throw std::bad_alloc();
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  ++allocations;
  return std::malloc(size == 0 ? 1 : size);
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace lab {
namespace {

using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;
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
  const Tensor vector = counting({5});
  EXPECT_EQ(vector.view().rows().shape(), Shape({1, 5}));
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

/// What `call` throws, in its words.
template <typename Exception = std::out_of_range, typename Call>
std::string refusal(Call call) {
  try {
    call();
  } catch (const Exception& error) {
    return error.what();
  }
  return "nothing was thrown";
}

TEST(View, AWrongNumberOfIndicesIsNotAWrongIndex) {
  if constexpr (!checked) return;  // a release build leaves these checks out
  const Tensor matrix("x", {2, 3});
  const Tensor vector("x", {17});
  const ConstView x = matrix;
  EXPECT_EQ(refusal([&] { x(1); }), "x has shape (2, 3), so it takes 2 indices; found 1: (1)");
  EXPECT_EQ(refusal([&] { x(0, 1, 2); }), "x has shape (2, 3), so it takes 2 indices; found 3: (0, 1, 2)");
  EXPECT_EQ(refusal([&] { x.row(0, 1); }), "x has shape (2, 3), so row takes 1 index; found 2: row(0, 1)");
  EXPECT_EQ(refusal([&] { x.row(); }), "x has shape (2, 3), so row takes 1 index; found 0: row()");
  EXPECT_EQ(refusal([&] { vector.view().row(0); }),
            "x has shape (17), so row takes 0 indices; found 1: row(0)");
  EXPECT_EQ(refusal([] { ConstView()(0, 1); }), "tensor is empty; (0, 1) is outside it");
  EXPECT_EQ(refusal([] { ConstView().row(0); }), "tensor is empty; row(0) is outside it");
}

TEST(View, ANegativeIndexIsSaidAsItWasWritten) {
  const Tensor tensor("x", {2, 3});
  const ConstView x = tensor;
  if constexpr (checked) {
    EXPECT_EQ(refusal([&] { x(-1, 0); }), "x has shape (2, 3); index (-1, 0) is outside it");
    EXPECT_EQ(refusal([&] { x.row(std::size_t{0} - 2); }), "x has shape (2, 3); row(-2) is outside it");
    EXPECT_EQ(refusal([&] { x.size(-1); }),
              "x has shape (2, 3), so its dimensions are 0 to 1; found size(-1)");
  }
  EXPECT_EQ(refusal<std::invalid_argument>([&] { x.slice(0, -1, 2); }),
            "x of shape (2, 3): slice(0, -1, 2) is outside it: dimension 0 has size 2");
  EXPECT_EQ(refusal<std::invalid_argument>([&] { x.select(1, -1); }),
            "x of shape (2, 3): select(1, -1) is outside it: dimension 1 has size 3");
}

TEST(View, ADimensionThatItLacksHasNoSize) {
  if constexpr (!checked) return;  // a release build leaves these checks out
  const Tensor matrix("x", {2, 3});
  const Tensor vector("x", {17});
  EXPECT_EQ(refusal([&] { matrix.view().size(2); }),
            "x has shape (2, 3), so its dimensions are 0 to 1; found size(2)");
  EXPECT_EQ(refusal([&] { vector.view().size(1); }),
            "x has shape (17), so its only dimension is 0; found size(1)");
  EXPECT_EQ(refusal([&] { matrix.shape()[2]; }),
            "a shape is (2, 3), so its dimensions are 0 to 1; found [2]");
  EXPECT_EQ(refusal([] { ConstView().size(0); }),
            "tensor has shape (), so it has no dimensions; found size(0)");
}

TEST(View, ASliceSaysWhichOfItsNumbersIsWrong) {
  const Tensor tensor("x", {2, 3});
  const ConstView x = tensor;
  EXPECT_EQ(refusal<std::invalid_argument>([&] { x.slice(2, 0, 1); }),
            "x of shape (2, 3): slice(2, 0, 1) names another dimension: its dimensions are 0 to 1");
  EXPECT_EQ(refusal<std::invalid_argument>([&] { x.slice(1, 3, 2); }),
            "x of shape (2, 3): slice(1, 3, 2) begins behind its end");
  EXPECT_EQ(refusal<std::invalid_argument>([&] { x.transpose(0, 2); }),
            "x of shape (2, 3): transpose(0, 2) names another dimension: its dimensions are 0 to 1");
  EXPECT_EQ(refusal<std::invalid_argument>([] { ConstView().rows(); }),
            "tensor of shape (): it is empty and has no rows");
}

TEST(View, NoOperationOfAViewAllocates) {
  const Tensor tensor("x", {2, 3, 4});
  const std::size_t before = allocations;
  const ConstView x = tensor;
  const ConstView part = x.select(1, 2).slice(1, 0, 2).transpose(0, 1).named("part");
  const ConstView flat = x.reshape({6, 4}).rows();
  EXPECT_EQ(allocations, before);
  EXPECT_EQ(part.size(0) + flat.size(0), 8);
}

template <typename... Indices>
concept AreIndices = requires(ConstView x, Indices... indices) {
  x(indices...);
  x.row(indices...);
  (x.size(indices), ...);
  (x.slice(0, indices, 1), ...);
  (x.select(0, indices), ...);
};

TEST(View, IndicesAreIntegers) {
  static_assert(AreIndices<int, std::size_t> && AreIndices<char, std::int64_t>);
  static_assert(!AreIndices<double, int> && !AreIndices<int, float> && !AreIndices<bool, int>);
  static_assert(!std::is_invocable_v<ConstView, double, int> && !std::is_invocable_v<View, int, float>);
  static_assert(!std::is_constructible_v<Index, double> && !std::is_constructible_v<Index, bool>);
}

template <typename T>
concept HasViews = requires(T&& tensor) {
  std::forward<T>(tensor).view();
}
|| requires(T&& tensor) { std::forward<T>(tensor).values(); };

TEST(Tensor, ATemporaryHasNoViews) {
  static_assert(std::is_convertible_v<Tensor&, View> && std::is_convertible_v<const Tensor&, ConstView>);
  static_assert(!std::is_convertible_v<Tensor, View> && !std::is_convertible_v<Tensor, ConstView>);
  static_assert(!std::is_convertible_v<const Tensor, ConstView>);
  static_assert(HasViews<Tensor&> && HasViews<const Tensor&> && !HasViews<Tensor> && !HasViews<const Tensor>);
}

TEST(View, PrintsItsElements) {
  const Tensor tensor = counting({2, 2, 3});
  const auto printed = [](ConstView view) {
    std::ostringstream out;
    out << view;
    return out.str();
  };
  EXPECT_EQ(printed(tensor),
            "counting: (2, 2, 3)\n"
            "  [0, 0]           0           1           2\n"
            "  [0, 1]           3           4           5\n"
            "  [1, 0]           6           7           8\n"
            "  [1, 1]           9          10          11\n");
  EXPECT_EQ(printed(tensor.view().select(2, 1).transpose(0, 1)),
            "counting: (2, 2), strides (3, 6)\n"
            "  [0]           1           7\n"
            "  [1]           4          10\n");
  EXPECT_EQ(printed(tensor.view().select(0, 1).select(0, 0)),
            "counting: (3)\n"
            "             6           7           8\n");
  EXPECT_EQ(printed(ConstView()), "tensor: empty\n");
  EXPECT_EQ(printed(tensor.view().slice(1, 1, 1)), "counting: (2, 0, 3), strides (6, 3, 1)\n");
}

TEST(View, PrintsTheEndsOfALargeOne) {
  const Tensor tensor = counting({13, 9});
  std::ostringstream out;
  out << tensor;
  EXPECT_THAT(out.str(),
              StartsWith("counting: (13, 9)\n"
                         "  [0]            0           1           2           3           4           5 …"
                         "           8\n"));
  EXPECT_THAT(out.str(),
              EndsWith("  [11]          99         100         101         102         103         104 …"
                       "         107\n"
                       "  … 1 more row\n"));
}

TEST(View, RowOfATransposedViewIsRefused) {
  if constexpr (!checked) return;  // a release build leaves these checks out
  const Tensor tensor = counting({2, 3});
  EXPECT_THAT([&] { tensor.view().transpose(0, 1).row(0); },
              ThrowsMessage<std::invalid_argument>(HasSubstr("contiguous innermost")));
}
}  // namespace
}  // namespace lab

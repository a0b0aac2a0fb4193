#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <initializer_list>
#include <iosfwd>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace lab {

#ifdef LAB_CHECKED
inline constexpr bool checked = true;
#else
inline constexpr bool checked = false;
#endif

/// An index, a size or a dimension as views take it: any integer, and nothing else, so that x.row(1.7)
/// doesn't compile. A negative one lies outside of every shape.
class Index {
 public:
  template <std::integral T>
  requires(!std::same_as<T, bool>) constexpr Index(T value) : value_(static_cast<std::size_t>(value)) {}
  constexpr operator std::size_t() const { return value_; }

 private:
  std::size_t value_;
};

/// Sizes of up to four dimensions, outermost first. Checked builds (LAB_CHECKED) throw std::out_of_range for
/// a dimension that it lacks.
class Shape {
 public:
  static constexpr std::size_t max_rank = 4;

  constexpr Shape() = default;
  Shape(std::initializer_list<std::size_t> sizes);
  explicit Shape(std::span<const std::size_t> sizes);

  std::size_t rank() const { return rank_; }
  std::size_t operator[](Index dim) const {
    if constexpr (checked) check_dimension(dim);
    return sizes_[dim];
  }
  std::size_t& operator[](Index dim) {
    if constexpr (checked) check_dimension(dim);
    return sizes_[dim];
  }
  /// Number of elements: the product of the sizes, 1 for rank 0.
  std::size_t numel() const;
  /// "(2, 3, 4)"
  std::string to_string() const;
  bool operator==(const Shape&) const = default;

 private:
  void check_dimension(std::size_t dim) const {
    if (dim >= rank_) throw_bad_dimension(dim);
  }
  [[noreturn]] void throw_bad_dimension(std::size_t dim) const;

  std::array<std::size_t, max_rank> sizes_{};
  std::size_t rank_ = 0;
};

/// What the checks of a view throw: says which tensor, which shape, and what was asked for, x(INDEX) or
/// x.row(INDEX) or x.size(DIM).
[[noreturn]] void throw_bad_index(const char* name, const Shape& shape, std::span<const std::size_t> index);
[[noreturn]] void throw_bad_row(const char* name, const Shape& shape, std::span<const std::size_t> index);
[[noreturn]] void throw_bad_size(const char* name, const Shape& shape, std::size_t dim);
[[noreturn]] void throw_bad_view(const char* name, const Shape& shape, const std::string& problem);

/// Elements of a tensor seen through a shape and strides; copying a view copies no element.
/// Made by Tensor and by the operations below. It must not outlive the tensor that it looks into.
/// `T` is float (View) or const float (ConstView). Indices and size() are checked in every build but Release
/// (LAB_CHECKED), where they must cost nothing; slices, selections and new shapes are checked in all. A wrong
/// index throws std::out_of_range, a wrong slice std::invalid_argument, naming the tensor, its shape and what
/// was asked for. `std::cout << x` prints shape and elements.
template <typename T>
class BasicView {
 public:
  using Strides = std::array<std::size_t, Shape::max_rank>;

  BasicView() = default;
  /// Row-major: the last dimension is contiguous.
  BasicView(T* data, const Shape& shape, const char* name = "tensor");
  /// `strides` count elements. `name` must outlive the view.
  BasicView(T* data, const Shape& shape, const Strides& strides, const char* name)
      : data_(data), shape_(shape), strides_(strides), name_(name) {}
  /// A View may stand wherever a ConstView is asked for.
  template <typename U>
  requires(std::is_same_v<const U, T> && !std::is_same_v<U, T>) BasicView(const BasicView<U>& other)
      : BasicView(other.data(), other.shape(), other.strides(), other.name()) {}

  T* data() const { return data_; }
  const char* name() const { return name_; }
  const Shape& shape() const { return shape_; }
  const Strides& strides() const { return strides_; }
  std::size_t rank() const { return shape_.rank(); }
  std::size_t size(Index dim) const {
    if constexpr (checked) {
      if (dim >= rank()) throw_bad_size(name_, shape_, dim);
    }
    return shape_[dim];
  }
  std::size_t numel() const { return shape_.numel(); }
  bool empty() const { return data_ == nullptr; }
  /// Whether the elements lie one after another in row-major order, without gaps.
  bool is_contiguous() const;

  /// One element; as many indices as dimensions.
  template <std::integral... Indices>
  T& operator()(Indices... indices) const {
    const std::array<std::size_t, sizeof...(Indices)> at{Index(indices)...};
    if constexpr (checked) check_index(at);
    std::size_t offset = 0;
    for (std::size_t dim = 0; dim < at.size(); ++dim) offset += at[dim] * strides_[dim];
    return data_[offset];
  }

  /// The innermost dimension at the given outer indices, as a span: `row(i)` of a matrix, `row(i, h)` of
  /// (seq_len, n_heads, head_dim). Loops over a row vectorize. The innermost dimension must be contiguous.
  template <std::integral... Indices>
  std::span<T> row(Indices... indices) const {
    const std::array<std::size_t, sizeof...(Indices)> at{Index(indices)...};
    if constexpr (checked) check_row(at);
    std::size_t offset = 0;
    for (std::size_t dim = 0; dim < at.size(); ++dim) offset += at[dim] * strides_[dim];
    return {data_ + offset, shape_[rank() - 1]};
  }

  /// Indices begin … end - 1 of dimension `dim`, which may be an inner one; nothing is copied, and the result
  /// is in general not contiguous.
  BasicView slice(Index dim, Index begin, Index end) const;
  /// Index `index` of dimension `dim`, which disappears from the shape: `select(1, h)` of
  /// (seq_len, n_heads, head_dim) is head h, (seq_len, head_dim), and not contiguous.
  BasicView select(Index dim, Index index) const;
  /// Dimensions `a` and `b` exchanged; nothing is copied.
  BasicView transpose(Index a, Index b) const;
  /// The same elements under another shape. Throws std::invalid_argument if the number of elements differs or
  /// the view is not contiguous: those elements would have to be copied.
  BasicView reshape(const Shape& shape) const;
  /// All outer dimensions as one: (…, n) becomes (rows, n), and (n) becomes (1, n). A view of two dimensions
  /// is itself, gaps between its rows included; for others the rules of reshape hold.
  BasicView rows() const;
  /// The same view under another name, for messages. `name` must outlive the view.
  BasicView named(const char* name) const { return {data_, shape_, strides_, name}; }

 private:
  void check_index(std::span<const std::size_t> index) const {
    bool good = index.size() == rank();
    for (std::size_t dim = 0; good && dim < index.size(); ++dim) good = index[dim] < shape_[dim];
    if (!good) throw_bad_index(name_, shape_, index);
  }
  void check_row(std::span<const std::size_t> index) const {
    bool good = index.size() + 1 == rank();
    for (std::size_t dim = 0; good && dim < index.size(); ++dim) good = index[dim] < shape_[dim];
    if (!good) throw_bad_row(name_, shape_, index);
    if (shape_[rank() - 1] > 1 && strides_[rank() - 1] != 1)
      throw_bad_view(name_, shape_, "row() needs a contiguous innermost dimension; use (i, j, …) instead");
  }

  T* data_ = nullptr;
  Shape shape_;
  Strides strides_{};
  const char* name_ = "tensor";
};

using View = BasicView<float>;
using ConstView = BasicView<const float>;

extern template class BasicView<float>;
extern template class BasicView<const float>;

/// "x: (2, 3)", the strides of a view that isn't contiguous, and a line for each row: all of a small tensor,
/// of a large one its first rows and of each of them its ends.
std::ostream& operator<<(std::ostream& out, ConstView view);

/// A row-major float32 tensor that owns its elements. Moving it keeps views into it valid; of a temporary one
/// there is none.
class Tensor {
 public:
  Tensor() = default;
  /// All zero.
  Tensor(const std::string& name, const Shape& shape);
  Tensor(const std::string& name, const Shape& shape, std::vector<float> values);
  /// Contents are not defined. Checked builds fill it with finite dirt, so that whoever accumulates into it
  /// without clearing it first notices now and not when a buffer is reused.
  static Tensor uninitialized(const std::string& name, const Shape& shape);

  const Shape& shape() const { return shape_; }
  std::span<float> values() &;
  std::span<const float> values() const&;
  std::span<const float> values() const&& = delete;
  View view() &;
  ConstView view() const&;
  ConstView view() const&& = delete;
  operator View() & { return view(); }
  operator ConstView() const& { return view(); }
  operator ConstView() const&& = delete;

 private:
  Shape shape_;
  std::vector<char> name_;  ///< zero-terminated; unlike a string's, its address survives a move
  std::vector<float> values_;
};

/// A tensor of its own with the elements of `view`, whatever the strides.
Tensor copy_of(const std::string& name, ConstView view);

}  // namespace lab

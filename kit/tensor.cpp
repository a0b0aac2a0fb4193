#include "kit/tensor.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <stdexcept>

namespace lab {

Shape::Shape(std::initializer_list<std::size_t> sizes)
    : Shape(std::span<const std::size_t>(sizes.begin(), sizes.size())) {}

Shape::Shape(std::span<const std::size_t> sizes) : rank_(sizes.size()) {
  if (rank_ > max_rank)
    throw std::invalid_argument(fmt::format("a shape has at most {} dimensions, not {}", max_rank, rank_));
  std::copy(sizes.begin(), sizes.end(), sizes_.begin());
}

std::size_t Shape::numel() const {
  std::size_t product = 1;
  for (std::size_t dim = 0; dim < rank_; ++dim) product *= sizes_[dim];
  return product;
}

std::string Shape::to_string() const {
  return fmt::format("({})", fmt::join(sizes_.begin(), sizes_.begin() + rank_, ", "));
}

namespace {

/// Numbers as they were written: those below zero have become huge ones.
std::string list_of(std::span<const std::size_t> numbers) {
  std::vector<std::ptrdiff_t> written(numbers.begin(), numbers.end());
  return fmt::format("{}", fmt::join(written, ", "));
}

/// "its dimensions are 0 to 2"
std::string dimensions_of(const Shape& shape) {
  if (shape.rank() == 0) return "it has no dimensions";
  if (shape.rank() == 1) return "its only dimension is 0";
  return fmt::format("its dimensions are 0 to {}", shape.rank() - 1);
}

/// `call` is "" for x(INDEX) and "row" for x.row(INDEX), which takes `wanted` indices.
[[noreturn]] void throw_bad_call(const char* name, const Shape& shape, const std::string& call,
                                 std::size_t wanted, std::span<const std::size_t> index) {
  const std::string asked = fmt::format("{}({})", call, list_of(index));
  if (shape.rank() == 0) throw std::out_of_range(fmt::format("{} is empty; {} is outside it", name, asked));
  if (index.size() != wanted)
    throw std::out_of_range(fmt::format("{} has shape {}, so {} takes {} {}; found {}: {}", name,
                                        shape.to_string(), call.empty() ? "it" : call, wanted,
                                        wanted == 1 ? "index" : "indices", index.size(), asked));
  throw std::out_of_range(fmt::format("{} has shape {}; {}{} is outside it", name, shape.to_string(),
                                      call.empty() ? "index " : "", asked));
}

}  // namespace

void Shape::throw_bad_dimension(std::size_t dim) const {
  throw std::out_of_range(fmt::format("a shape is {}, so {}; found [{}]", to_string(), dimensions_of(*this),
                                      std::to_string(static_cast<std::ptrdiff_t>(dim))));
}

void throw_bad_index(const char* name, const Shape& shape, std::span<const std::size_t> index) {
  throw_bad_call(name, shape, "", shape.rank(), index);
}

void throw_bad_row(const char* name, const Shape& shape, std::span<const std::size_t> index) {
  throw_bad_call(name, shape, "row", shape.rank() - 1, index);
}

void throw_bad_size(const char* name, const Shape& shape, std::size_t dim) {
  throw std::out_of_range(fmt::format("{} has shape {}, so {}; found size({})", name, shape.to_string(),
                                      dimensions_of(shape),
                                      std::to_string(static_cast<std::ptrdiff_t>(dim))));
}

void throw_bad_view(const char* name, const Shape& shape, const std::string& problem) {
  throw std::invalid_argument(fmt::format("{} of shape {}: {}", name, shape.to_string(), problem));
}

template <typename T>
BasicView<T>::BasicView(T* data, const Shape& shape, const char* name)
    : data_(data), shape_(shape), name_(name) {
  std::size_t stride = 1;
  for (std::size_t dim = shape.rank(); dim-- > 0;) {
    strides_[dim] = stride;
    stride *= shape[dim];
  }
}

template <typename T>
bool BasicView<T>::is_contiguous() const {
  std::size_t stride = 1;
  for (std::size_t dim = rank(); dim-- > 0;) {
    if (shape_[dim] != 1 && strides_[dim] != stride) return false;
    stride *= shape_[dim];
  }
  return true;
}

template <typename T>
BasicView<T> BasicView<T>::slice(Index dim, Index begin, Index end) const {
  const auto refuse = [&](const std::string& problem) {
    throw_bad_view(
        name_, shape_,
        fmt::format("slice({}) {}", list_of(std::array<std::size_t, 3>{dim, begin, end}), problem));
  };
  if (dim >= rank()) refuse("names another dimension: " + dimensions_of(shape_));
  if (begin > shape_[dim] || end > shape_[dim])
    refuse(fmt::format("is outside it: dimension {} has size {}", std::size_t{dim}, shape_[dim]));
  if (begin > end) refuse("begins behind its end");
  BasicView result = *this;
  result.data_ += begin * strides_[dim];
  result.shape_[dim] = end - begin;
  return result;
}

template <typename T>
BasicView<T> BasicView<T>::select(Index dim, Index index) const {
  const auto refuse = [&](const std::string& problem) {
    throw_bad_view(name_, shape_,
                   fmt::format("select({}) {}", list_of(std::array<std::size_t, 2>{dim, index}), problem));
  };
  if (dim >= rank()) refuse("names another dimension: " + dimensions_of(shape_));
  if (index >= shape_[dim])
    refuse(fmt::format("is outside it: dimension {} has size {}", std::size_t{dim}, shape_[dim]));
  std::array<std::size_t, Shape::max_rank> sizes{};
  Strides strides{};
  std::size_t rank_left = 0;
  for (std::size_t from = 0; from < rank(); ++from) {
    if (from == dim) continue;
    sizes[rank_left] = shape_[from];
    strides[rank_left++] = strides_[from];
  }
  return {data_ + index * strides_[dim], Shape(std::span(sizes).first(rank_left)), strides, name_};
}

template <typename T>
BasicView<T> BasicView<T>::transpose(Index a, Index b) const {
  if (a >= rank() || b >= rank())
    throw_bad_view(name_, shape_,
                   fmt::format("transpose({}) names another dimension: {}",
                               list_of(std::array<std::size_t, 2>{a, b}), dimensions_of(shape_)));
  BasicView result = *this;
  std::swap(result.shape_[a], result.shape_[b]);
  std::swap(result.strides_[a], result.strides_[b]);
  return result;
}

template <typename T>
BasicView<T> BasicView<T>::reshape(const Shape& shape) const {
  if (shape.numel() != numel())
    throw_bad_view(name_, shape_,
                   fmt::format("{} elements can't be reshaped to {}", numel(), shape.to_string()));
  if (!is_contiguous())
    throw_bad_view(name_, shape_, "it is not contiguous, so another shape would need a copy of its elements");
  return {data_, shape, name_};
}

template <typename T>
BasicView<T> BasicView<T>::rows() const {
  if (rank() == 2) return *this;
  if (rank() == 0) throw_bad_view(name_, shape_, "it is empty and has no rows");
  const std::size_t width = shape_[rank() - 1];
  return reshape({width == 0 ? 0 : numel() / width, width});
}

template class BasicView<float>;
template class BasicView<const float>;

Tensor::Tensor(const std::string& name, const Shape& shape)
    : Tensor(name, shape, std::vector<float>(shape.numel())) {}

Tensor::Tensor(const std::string& name, const Shape& shape, std::vector<float> values)
    : shape_(shape), name_(name.c_str(), name.c_str() + name.size() + 1), values_(std::move(values)) {
  if (values_.size() != shape.numel())
    throw_bad_view(name_.data(), shape, fmt::format("{} values given", values_.size()));
}

Tensor Tensor::uninitialized(const std::string& name, const Shape& shape) {
  Tensor tensor(name, shape);
  if constexpr (checked) {
    // Finite, irregular, and large enough to be seen in any result: -3.5 … 3.5.
    for (std::size_t i = 0; auto& value : tensor.values()) value = static_cast<float>(i++ * 37 % 8) - 3.5f;
  }
  return tensor;
}

std::span<float> Tensor::values() & { return values_; }
std::span<const float> Tensor::values() const& { return values_; }
View Tensor::view() & { return name_.empty() ? View() : View(values_.data(), shape_, name_.data()); }
ConstView Tensor::view() const& {
  return name_.empty() ? ConstView() : ConstView(values_.data(), shape_, name_.data());
}

Tensor copy_of(const std::string& name, ConstView view) {
  std::vector<float> values(view.numel());
  for (std::size_t i = 0; i < values.size(); ++i) {
    std::size_t offset = 0;
    std::size_t rest = i;
    for (std::size_t dim = view.rank(); dim-- > 0; rest /= view.size(dim))
      offset += rest % view.size(dim) * view.strides()[dim];
    values[i] = view.data()[offset];
  }
  return Tensor(name, view.shape(), std::move(values));
}

}  // namespace lab

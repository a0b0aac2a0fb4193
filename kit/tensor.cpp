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

void throw_bad_index(const char* name, const Shape& shape, std::span<const std::size_t> index) {
  throw std::out_of_range(fmt::format("{} has shape {}; index ({}) is outside it", name, shape.to_string(),
                                      fmt::join(index, ", ")));
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
BasicView<T> BasicView<T>::slice(std::size_t dim, std::size_t begin, std::size_t end) const {
  if (dim >= rank() || begin > end || end > shape_[dim])
    throw_bad_view(name_, shape_, fmt::format("slice({}, {}, {}) is outside it", dim, begin, end));
  BasicView result = *this;
  result.data_ += begin * strides_[dim];
  result.shape_[dim] = end - begin;
  return result;
}

template <typename T>
BasicView<T> BasicView<T>::select(std::size_t dim, std::size_t index) const {
  if (dim >= rank() || index >= shape_[dim])
    throw_bad_view(name_, shape_, fmt::format("select({}, {}) is outside it", dim, index));
  std::vector<std::size_t> sizes;
  Strides strides{};
  for (std::size_t from = 0; from < rank(); ++from) {
    if (from == dim) continue;
    strides[sizes.size()] = strides_[from];
    sizes.push_back(shape_[from]);
  }
  return {data_ + index * strides_[dim], Shape(sizes), strides, name_};
}

template <typename T>
BasicView<T> BasicView<T>::transpose(std::size_t a, std::size_t b) const {
  if (a >= rank() || b >= rank())
    throw_bad_view(name_, shape_, fmt::format("transpose({}, {}) names a dimension that it lacks", a, b));
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

std::span<float> Tensor::values() { return values_; }
std::span<const float> Tensor::values() const { return values_; }
View Tensor::view() { return name_.empty() ? View() : View(values_.data(), shape_, name_.data()); }
ConstView Tensor::view() const {
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

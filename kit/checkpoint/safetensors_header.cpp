#include "kit/checkpoint/safetensors_header.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string_view>

#include "kit/checkpoint/json.h"
#include "kit/error.h"

namespace lab {
namespace {

static_assert(std::endian::native == std::endian::little, "safetensors files are little-endian");

constexpr std::size_t length_size = 8;
constexpr std::uint64_t max_header_size = 100'000'000;  // the format's own limit
constexpr std::uint64_t any = std::numeric_limits<std::uint64_t>::max();

/// The header's text, cut out of the file.
std::string_view header_text(std::span<const std::byte> file, const std::string& source) {
  const std::string_view bytes(reinterpret_cast<const char*>(file.data()), file.size());
  if (bytes.starts_with("version https://git-lfs"))
    throw Error("{}: is a Git LFS pointer, not the file itself; fetch it with git lfs pull", source);
  std::uint64_t length = 0;
  if (file.size() < length_size)
    throw Error("{}: has {} bytes; a safetensors file starts with {} that give its header's length", source,
                file.size(), length_size);
  std::memcpy(&length, file.data(), length_size);
  if (length > max_header_size)
    throw Error("{}: its header would have {} bytes, and the format allows {}: no safetensors file", source,
                length, max_header_size);
  if (length > file.size() - length_size)
    throw Error("{}: its header has {} bytes, and only {} follow: the file is cut short; fetch it again",
                source, length, file.size() - length_size);
  return bytes.substr(length_size, length);
}

DType read_dtype(const Json& field) {
  constexpr std::array<std::pair<std::string_view, DType>, 5> known{{{"F32", DType::f32},
                                                                     {"F16", DType::f16},
                                                                     {"BF16", DType::bf16},
                                                                     {"I32", DType::i32},
                                                                     {"I64", DType::i64}}};
  for (const auto& [name, dtype] : known)
    if (field.string() == name) return dtype;
  field.refuse("dtype F32, F16, BF16, I32 or I64");
}

Shape read_shape(const Json& field) {
  if (!field.is_array() || field.size() > Shape::max_rank)
    field.refuse(fmt::format("an array of at most {} sizes", Shape::max_rank));
  std::array<std::size_t, Shape::max_rank> sizes{};
  for (std::size_t dim = 0; dim < field.size(); ++dim) sizes[dim] = field[dim].whole_number(0, any);
  return Shape(std::span<const std::size_t>(sizes.data(), field.size()));
}

/// Bytes of a tensor. Sizes of 0 are left out of the check for overflow, since strides are their product too.
std::size_t byte_size(const Shape& shape, DType dtype, const Json& field) {
  std::size_t product = size_of(dtype);
  bool zero = false;
  for (std::size_t dim = 0; dim < shape.rank(); ++dim) {
    zero = zero || shape[dim] == 0;
    if (shape[dim] != 0 && __builtin_mul_overflow(product, shape[dim], &product))
      field.refuse("sizes whose product fits into 64 bits");
  }
  return zero ? 0 : product;
}

/// `data_size`: bytes of the file behind the header, which offsets count from.
TensorEntry read_entry(const std::string& name, const Json& info, const std::string& source,
                       std::size_t data_size) {
  const DType dtype = read_dtype(info.at("dtype"));
  const Shape shape = read_shape(info.at("shape"));
  const std::size_t needed = byte_size(shape, dtype, info.at("shape"));
  const Json offsets = info.at("data_offsets");
  if (offsets.size() != 2) offsets.refuse("an array of two offsets, begin and end");
  const std::size_t begin = offsets[0].whole_number(0, any);
  const std::size_t end = offsets[1].whole_number(0, any);
  if (begin > end || end - begin != needed)
    throw Error("{}: tensor {}: data_offsets are {} and {}, but shape {} of {} needs {} bytes", source,
                printable(name), begin, end, shape.to_string(), info.at("dtype").string(), needed);
  if (end > data_size)
    throw Error(
        "{}: tensor {} ends at byte {} of the data, and the file has only {}: cut short; fetch it again",
        source, printable(name), end, data_size);
  return {name, dtype, shape, begin};
}

}  // namespace

std::size_t size_of(DType dtype) {
  switch (dtype) {
    case DType::f16:
    case DType::bf16:
      return 2;
    case DType::f32:
    case DType::i32:
      return 4;
    case DType::i64:
      return 8;
  }
  return 0;
}

SafetensorsHeader parse_safetensors_header(std::span<const std::byte> file, const std::string& source) {
  const std::string_view text = header_text(file, source);
  const std::size_t data_begin = length_size + text.size();
  const std::size_t data_size = file.size() - data_begin;

  SafetensorsHeader header;
  for (const auto& [name, info] : Json::parse(text, source).members()) {
    if (name == "__metadata__") {
      for (const auto& [key, value] : info.members()) header.metadata.emplace(key, value.string());
    } else {
      header.tensors.push_back(read_entry(name, info, source, data_size));
    }
  }

  // Tensors without elements may share an offset with the tensor behind them, so they sort in front of it.
  std::sort(header.tensors.begin(), header.tensors.end(), [](const TensorEntry& a, const TensorEntry& b) {
    return std::pair(a.begin, a.shape.numel()) < std::pair(b.begin, b.shape.numel());
  });
  std::size_t end = 0;
  for (TensorEntry& tensor : header.tensors) {
    if (tensor.begin != end)
      throw Error("{}: tensor {} starts at byte {} of the data; expected {}, where the one before it ends",
                  source, printable(tensor.name), tensor.begin, end);
    end += tensor.shape.numel() * size_of(tensor.dtype);
    tensor.begin += data_begin;
  }
  if (end != data_size)
    throw Error(
        "{}: its tensors end at byte {} of the data, but the file has {}; expected nothing behind them",
        source, end, data_size);
  return header;
}

}  // namespace lab

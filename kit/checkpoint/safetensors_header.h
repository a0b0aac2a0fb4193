#pragma once

#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "kit/tensor.h"

namespace lab {

/// The element types that the kit reads, of the more that the format knows.
enum class DType { f32, f16, bf16, i32, i64 };

/// Bytes of one element.
std::size_t size_of(DType dtype);

/// One tensor of a safetensors file: elements in row-major order, little-endian.
struct TensorEntry {
  std::string name;
  DType dtype;
  Shape shape;
  std::size_t begin;  ///< byte in the file at which its elements start
};

struct SafetensorsHeader {
  std::map<std::string, std::string> metadata;  ///< the header's __metadata__
  std::vector<TensorEntry> tensors;             ///< in the order in which they lie in the file
};

/// Reads and checks the header of a safetensors file: 8 bytes with the header's length, the header, which is
/// JSON, and the tensors' elements without gap or overlap up to the file's end. `file` is the whole file,
/// `source` its name in messages. At least as strict as the format's own library; throws Error.
SafetensorsHeader parse_safetensors_header(std::span<const std::byte> file, const std::string& source);

}  // namespace lab

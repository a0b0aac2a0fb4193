#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "kit/tensor_map.h"

namespace lab {

/// The tensors of one safetensors file, or of all shards that a `model.safetensors.index.json` lists.
/// The files are memory-mapped: F32 tensors are views into the mapping where their alignment allows it,
/// F16 and BF16 ones are converted to float32 once. Moving keeps the views valid.
/// The files must not change while they are mapped; reading what another program cut off ends the process.
class Safetensors {
 public:
  /// `path`: a .safetensors file, or a folder with model.safetensors or model.safetensors.index.json.
  /// Throws Error, naming file and tensor, for everything that is not as the format says, for element types
  /// other than F32, F16, BF16, I32 and I64, and for tensors of more than four dimensions.
  explicit Safetensors(const std::filesystem::path& path);
  Safetensors(Safetensors&&) noexcept;
  Safetensors& operator=(Safetensors&&) noexcept;
  ~Safetensors();

  /// The tensors of floating-point numbers.
  const TensorMap& tensors() const { return tensors_; }
  /// The tensors of integers, I32 or I64, in row-major order. Values beyond 32 bits are an Error.
  const std::map<std::string, std::vector<std::int32_t>>& integers() const { return integers_; }
  /// Throws Error, naming the tensor, if there is none of that name.
  const std::vector<std::int32_t>& integers(const std::string& name) const;
  /// What a file's `__metadata__` says; of shards that contradict each other, the first counts.
  const std::map<std::string, std::string>& metadata() const { return metadata_; }

 private:
  struct Storage;
  void add_shards(const std::filesystem::path& dir);
  void add_file(const std::filesystem::path& path, const std::map<std::string, std::string>* shard_of);

  std::unique_ptr<Storage> storage_;
  TensorMap tensors_;
  std::map<std::string, std::vector<std::int32_t>> integers_;
  std::map<std::string, std::string> metadata_;
};

}  // namespace lab

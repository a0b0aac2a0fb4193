#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>

#include "kit/config.h"
#include "kit/tensor.h"

namespace lab {

/// Tensors by name, as a checkpoint has them; who holds the elements is somebody else's affair.
class TensorMap {
 public:
  void insert(std::string name, ConstView tensor);
  bool contains(const std::string& name) const { return tensors_.contains(name); }
  /// Throws Error, naming the tensor, if there is none of that name.
  ConstView at(const std::string& name) const;
  std::size_t size() const { return tensors_.size(); }
  auto begin() const { return tensors_.begin(); }
  auto end() const { return tensors_.end(); }

 private:
  std::map<std::string, ConstView> tensors_;
};

/// The tensors of one safetensors file, or of all shards that a `model.safetensors.index.json` lists.
/// The files are memory-mapped: F32 tensors are views into the mapping where their alignment allows it,
/// F16 and BF16 ones are converted to float32 once. Moving keeps the views valid.
class Safetensors {
 public:
  /// `path`: a .safetensors file, or a folder with model.safetensors or model.safetensors.index.json.
  /// Throws Error, naming file and tensor, for everything that is not as the format says.
  explicit Safetensors(const std::filesystem::path& path);
  Safetensors(Safetensors&&) noexcept;
  Safetensors& operator=(Safetensors&&) noexcept;
  ~Safetensors();

  const TensorMap& tensors() const { return tensors_; }

 private:
  struct Storage;
  std::unique_ptr<Storage> storage_;
  TensorMap tensors_;
};

/// A model folder: its configuration and its weights, each weight present and of the shape that the
/// configuration asks for.
struct Checkpoint {
  Config config;
  Safetensors weights;
};

/// Reads and checks DIR/config.json and the weights beside it. Throws Error, naming file, tensor or field.
Checkpoint load_checkpoint(const std::filesystem::path& dir);

}  // namespace lab

#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "kit/config.h"
#include "kit/tensor.h"
#include "kit/tensor_map.h"

namespace lab {

class Json;

/// Reads `DIR/config.json` and, where it is present, `DIR/generation_config.json`, whose eos_token_id then
/// counts instead, even if it has none. What is absent is as transformers assumes it. Throws Error, naming
/// file and field, for what is missing, of the wrong type or out of range, and for every model that this kit
/// would run wrongly: another architecture, biases, another activation or RoPE type, a sliding window shorter
/// than the context, quantized weights.
Config load_config(const std::filesystem::path& dir);

/// The same for the text of a config.json alone; `source` is its name in messages.
Config parse_config(std::string_view text, const std::string& source);
Config parse_config(const Json& json);

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

/// A model folder: its configuration and its weights, each weight present and of the shape that the
/// configuration asks for, and none there that this kit would leave out.
struct Checkpoint {
  Config config;
  Safetensors weights;
};

/// Reads and checks DIR/config.json and the weights beside it. Throws Error, naming file, tensor or field.
/// As in transformers, `rotary_emb.inv_freq` of old checkpoints is left out, and with tie_word_embeddings
/// an lm_head.weight that equals model.embed_tokens.weight; one that differs is an Error, since transformers
/// 4 and 5 disagree about it.
Checkpoint load_checkpoint(const std::filesystem::path& dir);

}  // namespace lab

#include "kit/checkpoint/checkpoint.h"

#include <algorithm>
#include <set>

#include "kit/checkpoint/json.h"
#include "kit/checkpoint/weights.h"
#include "kit/error.h"

namespace lab {
namespace {

/// Compares the tensors of a checkpoint with what its configuration asks for.
class WeightCheck {
 public:
  WeightCheck(const Safetensors& weights, const std::string& source) : weights_(weights), source_(source) {}

  void require(const std::string& name, const Shape& shape) {
    if (weights_.integers().contains(name))
      throw Error("{}: tensor {} holds integers; expected F32, F16 or BF16", source_, name);
    if (!weights_.tensors().contains(name))
      throw Error("{}: tensor {} of shape {} is missing", source_, name, shape.to_string());
    const Shape found = weights_.tensors().at(name).shape();
    if (found != shape)
      throw Error("{}: tensor {}: expected shape {}, as config.json has it, found {}", source_, name,
                  shape.to_string(), found.to_string());
    known_.insert(name);
  }

  void refuse_others() const {
    for (const auto& [name, tensor] : weights_.tensors()) refuse_unknown(name);
    for (const auto& [name, values] : weights_.integers()) refuse_unknown(name);
  }

 private:
  void refuse_unknown(const std::string& name) const {
    // Old checkpoints store the RoPE frequencies, which follow from the configuration.
    if (known_.contains(name) || name.find("rotary_emb.inv_freq") != name.npos) return;
    throw Error(
        "{}: tensor {} is no part of the model that config.json describes; leaving it out would give wrong "
        "results",
        source_, printable(name));
  }

  const Safetensors& weights_;
  const std::string& source_;
  std::set<std::string> known_;
};

void check_weights(const Config& config, const Safetensors& weights, const std::string& source) {
  const Shape table{config.vocab_size, config.hidden_size};
  WeightCheck check(weights, source);
  check.require(embed_tokens_name, table);
  for (std::size_t layer = 0; layer < config.n_layers; ++layer) {
    for (const LayerWeight& weight : layer_weights)
      check.require(tensor_name(layer, weight), weight.shape(config));
  }
  check.require(norm_name, {config.hidden_size});
  const bool has_lm_head = weights.tensors().contains(lm_head_name);
  if (!config.tie_word_embeddings || has_lm_head) check.require(lm_head_name, table);
  check.refuse_others();
  if (config.tie_word_embeddings && has_lm_head) {
    const float* head = weights.tensors().at(lm_head_name).data();
    const float* embedding = weights.tensors().at(embed_tokens_name).data();
    if (!std::equal(head, head + table.numel(), embedding))
      throw Error(
          "{}: tensor {} differs from model.embed_tokens.weight, but config.json says tie_word_embeddings; "
          "set "
          "that to false if the tensor is meant",
          source, lm_head_name);
  }
}

}  // namespace

Checkpoint load_checkpoint(const std::filesystem::path& dir) {
  Checkpoint checkpoint{load_config(dir), Safetensors(dir)};
  check_weights(checkpoint.config, checkpoint.weights, printable_path(dir));
  return checkpoint;
}

}  // namespace lab

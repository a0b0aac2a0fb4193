#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kit/token_id.h"

namespace lab {

/// Llama 3's change of the RoPE frequencies, `rope_scaling` of config.json with rope_type "llama3".
struct RopeScaling {
  float factor = 1;
  float low_freq_factor = 1;
  float high_freq_factor = 4;
  std::size_t original_max_position_embeddings = 8192;
};

/// The architecture of a Llama-like model; every field is named as in config.json or, in brackets, as the
/// field's papers have it.
struct Config {
  std::size_t vocab_size = 0;
  std::size_t hidden_size = 0;
  std::size_t intermediate_size = 0;
  std::size_t n_layers = 0;                 ///< num_hidden_layers
  std::size_t n_heads = 0;                  ///< num_attention_heads
  std::size_t n_kv_heads = 0;               ///< num_key_value_heads; divides n_heads
  std::size_t head_dim = 0;                 ///< even; need not be hidden_size / n_heads
  std::size_t max_position_embeddings = 0;  ///< the context: prompt and new tokens together
  float rms_norm_eps = 0;
  float rope_theta = 0;
  std::optional<RopeScaling> rope_scaling;
  bool tie_word_embeddings = false;
  std::optional<TokenId> bos_token_id;
  std::vector<TokenId> eos_token_ids;  ///< any of them ends generation; empty: none does

  std::size_t q_size() const { return n_heads * head_dim; }
  std::size_t kv_size() const { return n_kv_heads * head_dim; }
};

}  // namespace lab

#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lab {

class Json;

using TokenId = std::int32_t;

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

/// Reads `DIR/config.json` and, where it is present, `DIR/generation_config.json`, whose eos_token_id then
/// counts instead, even if it has none. What is absent is as transformers assumes it. Throws Error, naming
/// file and field, for what is missing, of the wrong type or out of range, and for every model that this kit
/// would run wrongly: another architecture, biases, another activation or RoPE type, a sliding window shorter
/// than the context, quantized weights.
Config load_config(const std::filesystem::path& dir);

/// The same for the text of a config.json alone; `source` is its name in messages.
Config parse_config(std::string_view text, const std::string& source);
Config parse_config(const Json& json);

}  // namespace lab

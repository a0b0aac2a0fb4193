#pragma once

#include <vector>

#include "kit/config.h"
#include "kit/tensor.h"

namespace lab {

/// Weights of one layer. A projection is stored (output width, input width), as PyTorch's Linear has it.
struct LayerParams {
  ConstView input_layernorm;           ///< (hidden_size)
  ConstView q_proj;                    ///< (n_heads * head_dim, hidden_size)
  ConstView k_proj;                    ///< (n_kv_heads * head_dim, hidden_size)
  ConstView v_proj;                    ///< (n_kv_heads * head_dim, hidden_size)
  ConstView o_proj;                    ///< (hidden_size, n_heads * head_dim)
  ConstView post_attention_layernorm;  ///< (hidden_size)
  ConstView gate_proj;                 ///< (intermediate_size, hidden_size)
  ConstView up_proj;                   ///< (intermediate_size, hidden_size)
  ConstView down_proj;                 ///< (hidden_size, intermediate_size)
};

/// Weights of the whole model: views into a checkpoint, which must live as long as they do.
struct Params {
  ConstView embed_tokens;  ///< (vocab_size, hidden_size)
  std::vector<LayerParams> layers;
  ConstView norm;     ///< (hidden_size)
  ConstView lm_head;  ///< (vocab_size, hidden_size)
};

/// Buffers that one forward pass reuses from layer to layer, so their contents are what the last layer left.
struct Workspace {
  View hidden;     ///< (seq_len, hidden_size)
  View q;          ///< (seq_len, n_heads, head_dim)
  View attention;  ///< (seq_len, n_heads, head_dim)
  View scores;     ///< (n_heads, seq_len, total_len)
  View gate;       ///< (seq_len, intermediate_size)
  View up;         ///< (seq_len, intermediate_size)
};

/// Owns what a Workspace shows.
class WorkspaceBuffers {
 public:
  /// For `seq_len` new tokens that attend to `total_len` ones, themselves included.
  WorkspaceBuffers(const Config& config, std::size_t seq_len, std::size_t total_len);
  const Workspace& views() const { return views_; }

 private:
  Tensor hidden_, q_, attention_, scores_, gate_, up_;
  Workspace views_;
};

}  // namespace lab

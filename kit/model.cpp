#include "kit/model.h"

namespace lab {

WorkspaceBuffers::WorkspaceBuffers(const Config& config, std::size_t seq_len, std::size_t total_len)
    : hidden_(Tensor::uninitialized("hidden", {seq_len, config.hidden_size})),
      q_(Tensor::uninitialized("q", {seq_len, config.n_heads, config.head_dim})),
      attention_(Tensor::uninitialized("attention", {seq_len, config.n_heads, config.head_dim})),
      scores_(Tensor::uninitialized("scores", {config.n_heads, seq_len, total_len})),
      gate_(Tensor::uninitialized("gate", {seq_len, config.intermediate_size})),
      up_(Tensor::uninitialized("up", {seq_len, config.intermediate_size})),
      views_{hidden_, q_, attention_, scores_, gate_, up_} {}

}  // namespace lab

#include "labs/step2_forward/forward.h"

#include <string>
#include <vector>

#include "kit/rope_scaling.h"
#include "labs/step0_operators/operators.h"
#include "labs/step1_self_attention/self_attention.h"

namespace lab {

Params load_params(const Config& config, const TensorMap& tensors) {
  Params params;
  params.embed_tokens = tensors.at("model.embed_tokens.weight");
  for (std::size_t i = 0; i < config.n_layers; ++i) {
    const std::string layer = "model.layers." + std::to_string(i) + ".";
    params.layers.push_back({
        .input_layernorm = tensors.at(layer + "input_layernorm.weight"),
        .q_proj = tensors.at(layer + "self_attn.q_proj.weight"),
        .k_proj = tensors.at(layer + "self_attn.k_proj.weight"),
        .v_proj = tensors.at(layer + "self_attn.v_proj.weight"),
        .o_proj = tensors.at(layer + "self_attn.o_proj.weight"),
        .post_attention_layernorm = tensors.at(layer + "post_attention_layernorm.weight"),
        .gate_proj = tensors.at(layer + "mlp.gate_proj.weight"),
        .up_proj = tensors.at(layer + "mlp.up_proj.weight"),
        .down_proj = tensors.at(layer + "mlp.down_proj.weight"),
    });
  }
  params.norm = tensors.at("model.norm.weight");
  params.lm_head = config.tie_word_embeddings ? params.embed_tokens : tensors.at("lm_head.weight");
  return params;
}

void attention_block(View residual, const Workspace& workspace, KvCache& cache, std::size_t layer_index,
                     const Config& config, const LayerParams& layer, std::span<const float> inv_freq,
                     const Trace& trace) {
  const std::size_t seq_len = residual.size(0);
  const std::size_t past_len = cache.length;
  const std::size_t total_len = past_len + seq_len;
  const View k_all = cache.k(layer_index).slice(0, 0, total_len);  // (total_len, n_kv_heads, head_dim)
  const View v_all = cache.v(layer_index).slice(0, 0, total_len);
  const View k_new = k_all.slice(0, past_len, total_len);  // (seq_len, n_kv_heads, head_dim)
  const View v_new = v_all.slice(0, past_len, total_len);
  const auto heads_merged = [](View x) { return x.reshape({x.size(0), x.size(1) * x.size(2)}); };

  const View hidden = workspace.hidden;  // (seq_len, hidden_size)
  rms_norm(hidden, residual, layer.input_layernorm, config.rms_norm_eps);
  trace.record("input_layernorm", hidden);

  matmul_transb(heads_merged(workspace.q), hidden, layer.q_proj);
  matmul_transb(heads_merged(k_new), hidden, layer.k_proj);  // straight into the cache
  matmul_transb(heads_merged(v_new), hidden, layer.v_proj);
  trace.record("self_attn.q_proj", heads_merged(workspace.q));
  trace.record("self_attn.k_proj", heads_merged(k_new));
  trace.record("self_attn.v_proj", heads_merged(v_new));

  rope(workspace.q, past_len, inv_freq);
  rope(k_new, past_len, inv_freq);
  trace.record("self_attn.q_rotated", workspace.q);
  trace.record("self_attn.k_rotated", k_new);

  self_attention(workspace.attention, workspace.scores, workspace.q, k_all, v_all);
  trace.record("self_attn.weights", workspace.scores);
  trace.record("self_attn.output", heads_merged(workspace.attention));

  matmul_transb(residual, heads_merged(workspace.attention), layer.o_proj, 1, 1);
  trace.record("residual_after_attention", residual);
}

void mlp(View residual, const Workspace& workspace, const Config& config, const LayerParams& layer,
         const Trace& trace) {
  rms_norm(workspace.hidden, residual, layer.post_attention_layernorm, config.rms_norm_eps);
  trace.record("post_attention_layernorm", workspace.hidden);

  matmul_transb(workspace.gate, workspace.hidden, layer.gate_proj);
  matmul_transb(workspace.up, workspace.hidden, layer.up_proj);
  trace.record("mlp.gate_proj", workspace.gate);
  trace.record("mlp.up_proj", workspace.up);

  swiglu(workspace.gate, workspace.gate, workspace.up);
  trace.record("mlp.swiglu", workspace.gate);

  matmul_transb(residual, workspace.gate, layer.down_proj, 1, 1);
  trace.record("residual", residual);
}

void forward(std::span<float> logits, std::span<const TokenId> tokens, const Config& config,
             const Params& params, KvCache& cache, const Trace& trace) {
  const std::size_t seq_len = tokens.size();
  std::vector<float> inv_freq(config.head_dim / 2);
  rope_frequencies(inv_freq, config.rope_theta);
  scale_rope_frequencies(inv_freq, config.rope_scaling);

  Tensor residual = Tensor::uninitialized("residual", {seq_len, config.hidden_size});
  gather(residual, params.embed_tokens, tokens);
  trace.record("model.embed_tokens", residual);

  const WorkspaceBuffers buffers(config, seq_len, cache.length + seq_len);
  for (std::size_t i = 0; i < params.layers.size(); ++i) {
    attention_block(residual, buffers.views(), cache, i, config, params.layers[i], inv_freq, trace.layer(i));
    mlp(residual, buffers.views(), config, params.layers[i], trace.layer(i));
  }
  cache.length += seq_len;

  // Only the last token's logits are asked for, so only its row goes through the widest product.
  const View last = residual.view().slice(0, seq_len - 1, seq_len);  // (1, hidden_size)
  rms_norm(last, last, params.norm, config.rms_norm_eps);
  trace.record("model.norm", last);
  const View logits_row(logits.data(), {1, logits.size()}, "logits");
  matmul_transb(logits_row, last, params.lm_head);
  trace.record("lm_head", logits_row);
}

}  // namespace lab

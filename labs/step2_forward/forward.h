#pragma once

#include <cstddef>
#include <span>

#include "kit/config.h"
#include "kit/kv_cache.h"
#include "kit/model.h"
#include "kit/tensor.h"
#include "kit/tensor_map.h"
#include "kit/trace.h"

/// Step 2: from token ids to the logits of the next token.
///
/// The residual is the stream of activations that runs through all layers; each block reads it and adds to
/// it.
namespace lab {

/// Finds each weight by the name that it has in the checkpoint: "model.embed_tokens.weight",
/// "model.layers.0.self_attn.q_proj.weight" and so on, one for each field of Params; nothing is copied.
/// With config.tie_word_embeddings, lm_head is the embedding table, whatever else the checkpoint holds.
/// Throws what TensorMap::at throws if a weight is missing.
Params load_params(const Config& config, const TensorMap& tensors);

/// One layer's attention: residual += o_proj(self_attention(…)) over the normed residual, with q and k
/// rotated to the positions cache.length, cache.length + 1, ….
///   residual     (seq_len, hidden_size)  accumulated into
///   workspace    for total_len = cache.length + seq_len; hidden, q, attention and scores are scratch
///   cache        of layer `layer_index`, rows cache.length … cache.length + seq_len - 1 are overwritten with
///                the new tokens' keys and values; no other row and not the length are changed
///   inv_freq     head_dim / 2 of them, scaled already
void attention_block(View residual, const Workspace& workspace, KvCache& cache, std::size_t layer_index,
                     const Config& config, const LayerParams& layer, std::span<const float> inv_freq,
                     const Trace& trace = {});

/// One layer's MLP: residual += down_proj(swiglu(gate_proj(h), up_proj(h))) with h = rms_norm(residual).
///   residual   (seq_len, hidden_size)  accumulated into
///   workspace  hidden, gate and up are scratch
void mlp(View residual, const Workspace& workspace, const Config& config, const LayerParams& layer,
         const Trace& trace = {});

/// The model's next-token logits after `tokens`, which follow the cache.length tokens that came before.
///   logits  (vocab_size)  overwritten: the last token's
///   tokens  at least one, and they fit: cache.length + tokens.size() <= cache.capacity()
///   cache   gets the new tokens' rows in every layer, and its length grows by tokens.size()
/// The frequencies are rope_frequencies(config.rope_theta), passed through the kit's scale_rope_frequencies.
void forward(std::span<float> logits, std::span<const TokenId> tokens, const Config& config,
             const Params& params, KvCache& cache, const Trace& trace = {});

}  // namespace lab

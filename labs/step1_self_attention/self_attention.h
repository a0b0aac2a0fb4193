#pragma once

#include "kit/tensor.h"

/// Step 1: the one place where tokens look at each other.
namespace lab {

/// Grouped-query attention of `seq_len` new tokens over `total_len` cached ones, with a causal mask:
/// for each head, softmax(q kᵀ / √head_dim) v, where query head h uses KV head h / (n_heads / n_kv_heads).
/// Query i may look at keys 0 … total_len - seq_len + i.
///   out     (seq_len, n_heads, head_dim)     overwritten
///   scores  (n_heads, seq_len, total_len)    scratch; holds the attention weights on return
///   q       (seq_len, n_heads, head_dim)     already rotated
///   k, v    (total_len, n_kv_heads, head_dim)  the new tokens' rows are the last seq_len; k already rotated
/// Nothing aliases. n_kv_heads divides n_heads, and 1 <= seq_len <= total_len.
/// Source: Vaswani et al., "Attention Is All You Need", 2017; Ainslie et al., "GQA", 2023.
void self_attention(View out, View scores, ConstView q, ConstView k, ConstView v);

}  // namespace lab

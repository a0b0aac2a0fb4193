#pragma once

#include <cstddef>
#include <span>

#include "kit/tensor.h"
#include "kit/token_id.h"

/// Step 0: the operators of which the model is made.
///
/// Rows (the innermost dimension) of every view are contiguous, so `row()` works on all of them; outer
/// dimensions may have any stride, since a view may be one head of many. "Overwritten" means that what stood
/// there before must not be read: it is whatever the last user of the buffer left. Nothing aliases unless a
/// contract says that it may.
namespace lab {

/// Rows of a table, picked by index: the embedding lookup.
///   out      (n, width)      overwritten
///   table    (rows, width)
///   indices  n of them, each from 0 to rows - 1
void gather(View out, ConstView table, std::span<const TokenId> indices);

/// Root-mean-square norm of each row: out = x / sqrt(mean(x²) + eps) · weight.
///   out     (rows, width) or (width)  overwritten; may be x itself
///   x       like out
///   weight  (width)
/// Source: Zhang and Sennrich, "Root Mean Square Layer Normalization", 2019.
void rms_norm(View out, ConstView x, ConstView weight, float eps);

/// c = beta · c + alpha · a bᵀ. A linear layer's weight is stored like this b: a row for each output.
///   c  (m, n)  accumulated into; with beta == 0 overwritten, not read, as in BLAS
///   a  (m, k)
///   b  (n, k)
void matmul_transb(View c, ConstView a, ConstView b, float alpha = 1, float beta = 0);

/// The rotation in radians per position of each pair of elements: inv_freq[i] = theta^(-2i / head_dim).
///   inv_freq  head_dim / 2 of them, overwritten
void rope_frequencies(std::span<float> inv_freq, float theta);

/// Rotary position embedding: rotates each pair (x[i], x[i + head_dim / 2]) of every head by the angle
/// position · inv_freq[i], counter-clockwise. Row s stands at position start_pos + s.
///   x         (seq_len, n_heads, head_dim)  rotated in place
///   inv_freq  head_dim / 2 of them
/// Source: Su et al., "RoFormer", 2021, with the halves paired as transformers does it.
void rope(View x, std::size_t start_pos, std::span<const float> inv_freq);

/// Softmax of each row under a causal mask: query i sees keys 0 … total_len - seq_len + i, and the weights of
/// the keys that it doesn't see become 0.
///   scores  (n_heads, seq_len, total_len), seq_len <= total_len; overwritten with the weights
void masked_softmax(View scores);

/// c = beta · c + alpha · a b
///   c  (m, n)  accumulated into; with beta == 0 overwritten, not read, as in BLAS
///   a  (m, k)
///   b  (k, n)
void matmul(View c, ConstView a, ConstView b, float alpha = 1, float beta = 0);

/// SwiGLU's product, silu(gate) · up with silu(x) = x / (1 + e^-x), element by element.
///   out       (rows, width)  overwritten; may be gate or up itself
///   gate, up  (rows, width)
void swiglu(View out, ConstView gate, ConstView up);

/// Copies a block of one dimension, like PyTorch's narrow_copy:
/// out[…, j, …] = x[…, start + j, …] for every j below out's size in dimension `dim`.
///   out  x's shape but for dimension `dim`  overwritten
///   x    1 to 4 dimensions, any strides
void narrow_copy(View out, ConstView x, std::size_t dim, std::size_t start);

}  // namespace lab

#include "labs/step1_self_attention/self_attention.h"

#include <cmath>

#include "labs/step0_operators/operators.h"

namespace lab {

void self_attention(View out, View scores, ConstView q, ConstView k, ConstView v) {
  const std::size_t n_heads = q.size(1);
  const std::size_t head_dim = q.size(2);
  const std::size_t group_size = n_heads / k.size(1);  // query heads that share a KV head
  const float scale = 1 / std::sqrt(static_cast<float>(head_dim));

  // One head of (len, heads, head_dim) is (len, head_dim) with gaps between its rows; a view needs no copy.
  for (std::size_t h = 0; h < n_heads; ++h) {
    matmul_transb(scores.select(0, h), q.select(1, h), k.select(1, h / group_size), scale);
  }
  masked_softmax(scores);
  for (std::size_t h = 0; h < n_heads; ++h) {
    matmul(out.select(1, h), scores.select(0, h), v.select(1, h / group_size));
  }
}

}  // namespace lab

#include "labs/step1_self_attention/self_attention.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "labs/step0_operators/operators.h"

namespace lab {

void self_attention(View out, View scores, ConstView q, ConstView k, ConstView v) {
  const std::size_t n_heads = q.size(1);
  const auto kv_head = [&](std::size_t h) { return h / (n_heads / k.size(1)); };
  const float root = std::sqrt(static_cast<float>(q.size(2)));

  std::vector<std::size_t> heads(n_heads);
  std::iota(heads.begin(), heads.end(), 0);
  for (const std::size_t h : heads) {
    const View weights = scores.select(0, h);
    matmul_transb(weights, q.select(1, h), k.select(1, kv_head(h)));
    for (std::size_t i = 0; i < weights.size(0); ++i) {
      std::ranges::for_each(weights.row(i), [root](float& score) { score /= root; });
    }
    masked_softmax(scores.slice(0, h, h + 1));
    matmul(out.select(1, h), weights, v.select(1, kv_head(h)));
  }
}

}  // namespace lab

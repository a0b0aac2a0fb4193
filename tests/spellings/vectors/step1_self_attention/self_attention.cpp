#include "labs/step1_self_attention/self_attention.h"

#include <cmath>
#include <string>

#include "labs/step0_operators/operators.h"

namespace lab {
namespace {

// (length, heads, head_dim) as (heads, length, head_dim), each head `repeats` times, in memory of its own.
Tensor heads_first(const std::string& name, ConstView x, std::size_t repeats) {
  const std::size_t heads = x.size(1) * repeats;
  Tensor result(name, {heads, x.size(0), x.size(2)});
  const View view = result;
  for (std::size_t h = 0; h < heads; ++h) {
    for (std::size_t s = 0; s < x.size(0); ++s) {
      for (std::size_t d = 0; d < x.size(2); ++d) view(h, s, d) = x(s, h / repeats, d);
    }
  }
  return result;
}

}  // namespace

void self_attention(View out, View scores, ConstView q, ConstView k, ConstView v) {
  const std::size_t n_heads = q.size(1);
  const std::size_t repeats = n_heads / k.size(1);
  const Tensor queries = heads_first("queries", q, 1);
  const Tensor keys = heads_first("keys", k, repeats);
  const Tensor values = heads_first("values", v, repeats);
  Tensor result("result", {n_heads, q.size(0), q.size(2)});

  const float scale = 1.0 / std::sqrt(static_cast<double>(q.size(2)));
  for (std::size_t h = 0; h < n_heads; ++h) {
    matmul_transb(scores.select(0, h), queries.view().select(0, h), keys.view().select(0, h), scale);
  }
  masked_softmax(scores);
  for (std::size_t h = 0; h < n_heads; ++h) {
    matmul(result.view().select(0, h), scores.select(0, h), values.view().select(0, h));
  }

  const ConstView attention = result;
  for (std::size_t s = 0; s < out.size(0); ++s) {
    for (std::size_t h = 0; h < n_heads; ++h) {
      for (std::size_t d = 0; d < out.size(2); ++d) out(s, h, d) = attention(h, s, d);
    }
  }
}

}  // namespace lab

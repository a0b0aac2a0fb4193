#include "labs/step1_self_attention/self_attention.h"
#include "trial.h"

namespace lab {
namespace {

void try_step1(Trial& t) {
  const std::size_t seq_len = t.between(1, 5), total_len = seq_len + t.between(0, 6), head_dim = t.width();
  const std::size_t n_kv_heads = t.between(1, 3), n_heads = n_kv_heads * t.between(1, 4);
  self_attention(t.output({seq_len, n_heads, head_dim}), t.output({n_heads, seq_len, total_len}),
                 t.tensor({seq_len, n_heads, head_dim}), t.tensor({total_len, n_kv_heads, head_dim}),
                 t.tensor({total_len, n_kv_heads, head_dim}));
}

const Tried step1("step1", try_step1);

}  // namespace
}  // namespace lab

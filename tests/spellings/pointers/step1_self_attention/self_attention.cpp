#include "labs/step1_self_attention/self_attention.h"

#include <cmath>

namespace lab {

// All in loops of its own: for each head and query the scores, the softmax, the average of values.
void self_attention(View out, View scores, ConstView q, ConstView k, ConstView v) {
  const std::size_t seq_len = q.size(0), n_heads = q.size(1), head_dim = q.size(2);
  const std::size_t total_len = k.size(0), n_kv_heads = k.size(1);
  const std::size_t n_rep = n_heads / n_kv_heads;
  const std::size_t q_token = q.strides()[0], q_head = q.strides()[1];
  const std::size_t k_token = k.strides()[0], k_head = k.strides()[1];
  const std::size_t v_token = v.strides()[0], v_head = v.strides()[1];
  const std::size_t out_token = out.strides()[0], out_head = out.strides()[1];
  const std::size_t s_head = scores.strides()[0], s_query = scores.strides()[1];

  for (std::size_t h = 0; h < n_heads; h++) {
    const std::size_t kh = h / n_rep, vh = h / n_rep;
    for (std::size_t i = 0; i < seq_len; i++) {
      const float* pq = q.data() + i * q_token + h * q_head;
      float* s = scores.data() + h * s_head + i * s_query;
      const std::size_t n = total_len - seq_len + i + 1;

      float max = -INFINITY;
      for (std::size_t j = 0; j < n; j++) {
        const float* pk = k.data() + j * k_token + kh * k_head;
        float dot = 0;
        for (std::size_t d = 0; d < head_dim; d++) dot += pq[d] * pk[d];
        s[j] = dot / sqrtf(head_dim);
        if (s[j] > max) max = s[j];
      }
      float sum = 0;
      for (std::size_t j = 0; j < n; j++) {
        s[j] = expf(s[j] - max);
        sum += s[j];
      }
      for (std::size_t j = 0; j < n; j++) s[j] /= sum;
      for (std::size_t j = n; j < total_len; j++) s[j] = 0;

      float* po = out.data() + i * out_token + h * out_head;
      for (std::size_t d = 0; d < head_dim; d++) po[d] = 0;
      for (std::size_t j = 0; j < n; j++) {
        const float* pv = v.data() + j * v_token + vh * v_head;
        for (std::size_t d = 0; d < head_dim; d++) po[d] += s[j] * pv[d];
      }
    }
  }
}

}  // namespace lab

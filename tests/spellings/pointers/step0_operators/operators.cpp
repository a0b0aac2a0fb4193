#include "labs/step0_operators/operators.h"

#include <cmath>
#include <cstring>

namespace lab {
namespace {

float dot(const float* a, const float* b, std::size_t n) {
  float s0 = 0, s1 = 0, s2 = 0, s3 = 0;
  std::size_t i = 0;
  for (; i + 4 <= n; i += 4) {
    s0 += a[i] * b[i];
    s1 += a[i + 1] * b[i + 1];
    s2 += a[i + 2] * b[i + 2];
    s3 += a[i + 3] * b[i + 3];
  }
  for (; i < n; ++i) s0 += a[i] * b[i];
  return s0 + s1 + s2 + s3;
}

}  // namespace

void gather(View out, ConstView table, std::span<const TokenId> indices) {
  const std::size_t width = table.size(1);
  const std::size_t ld_out = out.strides()[0];
  const std::size_t ld_table = table.strides()[0];
  for (std::size_t i = 0; i < indices.size(); i++) {
    const std::size_t id = static_cast<std::size_t>(indices[i]);
    std::memcpy(out.data() + i * ld_out, table.data() + id * ld_table, width * sizeof(float));
  }
}

void rms_norm(View out, ConstView x, ConstView weight, float eps) {
  const bool one_row = x.rank() == 1;
  const std::size_t rows = one_row ? 1 : x.size(0);
  const std::size_t n = weight.size(0);
  const std::size_t ld_x = one_row ? 0 : x.strides()[0];
  const std::size_t ld_out = one_row ? 0 : out.strides()[0];
  const float* w = weight.data();
  for (std::size_t r = 0; r < rows; r++) {
    const float* px = x.data() + r * ld_x;
    float* po = out.data() + r * ld_out;
    float ss = 0;
    for (std::size_t i = 0; i < n; i++) {
      ss += px[i] * px[i];
    }
    ss /= n;
    ss += eps;
    const float rms = sqrtf(ss);
    for (std::size_t i = 0; i < n; i++) {
      po[i] = px[i] / rms * w[i];
    }
  }
}

void matmul_transb(View c, ConstView a, ConstView b, float alpha, float beta) {
  const std::size_t M = a.size(0), K = a.size(1), N = b.size(0);
  const std::size_t lda = a.strides()[0], ldb = b.strides()[0], ldc = c.strides()[0];
  const float *A = a.data(), *B = b.data();
  float* C = c.data();
  for (std::size_t i = 0; i < M; i++) {
    for (std::size_t j = 0; j < N; j++) {
      const float sum = dot(A + i * lda, B + j * ldb, K);
      if (beta == 0.0f) {
        C[i * ldc + j] = alpha * sum;
      } else {
        C[i * ldc + j] = alpha * sum + beta * C[i * ldc + j];
      }
    }
  }
}

void rope_frequencies(std::span<float> inv_freq, float theta) {
  float* p = inv_freq.data();
  const std::size_t half = inv_freq.size();
  for (std::size_t i = 0; i < half; i++) {
    p[i] = powf(theta, -2.0f * i / (2 * half));
  }
}

void rope(View x, std::size_t start_pos, std::span<const float> inv_freq) {
  const std::size_t seq_len = x.size(0), n_heads = x.size(1), half = x.size(2) / 2;
  const std::size_t token = x.strides()[0], head = x.strides()[1];
  for (std::size_t s = 0; s < seq_len; s++) {
    for (std::size_t h = 0; h < n_heads; h++) {
      float* p = x.data() + s * token + h * head;
      for (std::size_t i = 0; i < half; i++) {
        const float angle = (start_pos + s) * inv_freq[i];
        const float c = cosf(angle), sn = sinf(angle);
        const float x0 = p[i], x1 = p[i + half];
        p[i] = x0 * c - x1 * sn;
        p[i + half] = x1 * c + x0 * sn;
      }
    }
  }
}

// Online: maximum and sum in one pass.
void masked_softmax(View scores) {
  const std::size_t heads = scores.size(0), Q = scores.size(1), T = scores.size(2);
  for (std::size_t h = 0; h < heads; h++) {
    for (std::size_t i = 0; i < Q; i++) {
      float* p = scores.data() + h * scores.strides()[0] + i * scores.strides()[1];
      const std::size_t n = T - Q + i + 1;
      float m = -INFINITY;
      float sum = 0;
      for (std::size_t j = 0; j < n; j++) {
        if (p[j] > m) {
          sum = sum * expf(m - p[j]) + 1;
          m = p[j];
        } else {
          sum += expf(p[j] - m);
        }
      }
      for (std::size_t j = 0; j < n; j++) {
        p[j] = expf(p[j] - m) / sum;
      }
      for (std::size_t j = n; j < T; j++) {
        p[j] = 0;
      }
    }
  }
}

void matmul(View c, ConstView a, ConstView b, float alpha, float beta) {
  const std::size_t M = a.size(0), K = a.size(1), N = b.size(1);
  const std::size_t lda = a.strides()[0], ldb = b.strides()[0], ldc = c.strides()[0];
  for (std::size_t i = 0; i < M; i++) {
    for (std::size_t j = 0; j < N; j++) {
      float* pc = c.data() + i * ldc + j;
      const float* pa = a.data() + i * lda;
      const float* pb = b.data() + j;
      float sum = 0;
      for (std::size_t k = 0; k < K; k++) {
        sum += *pa++ * *pb;
        pb += ldb;
      }
      *pc = alpha * sum + (beta == 0.0f ? 0.0f : beta * *pc);
    }
  }
}

void swiglu(View out, ConstView gate, ConstView up) {
  const std::size_t rows = out.size(0), n = out.size(1);
  for (std::size_t r = 0; r < rows; r++) {
    float* po = out.data() + r * out.strides()[0];
    const float* pg = gate.data() + r * gate.strides()[0];
    const float* pu = up.data() + r * up.strides()[0];
    for (std::size_t i = 0; i < n; i++) {
      po[i] = pg[i] / (1.0f + expf(-pg[i])) * pu[i];
    }
  }
}

// Dimensions that are missing have size 1.
void narrow_copy(View out, ConstView x, std::size_t dim, std::size_t start) {
  std::size_t n[4] = {1, 1, 1, 1};
  std::size_t to[4] = {0, 0, 0, 0};
  std::size_t from[4] = {0, 0, 0, 0};
  for (std::size_t d = 0; d < out.rank(); d++) {
    n[d] = out.size(d);
    to[d] = out.strides()[d];
    from[d] = x.strides()[d];
  }
  const float* src = x.data() + start * from[dim];
  float* dst = out.data();
  for (std::size_t i = 0; i < n[0]; i++)
    for (std::size_t j = 0; j < n[1]; j++)
      for (std::size_t k = 0; k < n[2]; k++)
        for (std::size_t l = 0; l < n[3]; l++)
          dst[i * to[0] + j * to[1] + k * to[2] + l * to[3]] =
              src[i * from[0] + j * from[1] + k * from[2] + l * from[3]];
}

}  // namespace lab

#include "labs/step0_operators/operators.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace lab {
namespace {

/// Σ a[i] · b[i]. Adding up in one variable would be one long chain, which a compiler may not reorder, since
/// that changes how the result is rounded; independent lanes are what it can put into one vector register.
float dot(std::span<const float> a, std::span<const float> b) {
  constexpr std::size_t lanes = 16;
  std::array<float, lanes> sums{};
  const std::size_t whole = a.size() - a.size() % lanes;
  for (std::size_t i = 0; i < whole; i += lanes) {
    for (std::size_t lane = 0; lane < lanes; ++lane) sums[lane] += a[i + lane] * b[i + lane];
  }
  float sum = 0;
  for (std::size_t i = whole; i < a.size(); ++i) sum += a[i] * b[i];
  for (float lane_sum : sums) sum += lane_sum;
  return sum;
}

/// Both views have the same shape, but not the same strides.
void copy(View to, ConstView from) {
  for (std::size_t i = 0; i < to.size(0); ++i) {
    if (to.rank() == 1) {
      to(i) = from(i);
    } else {
      copy(to.select(0, i), from.select(0, i));
    }
  }
}

float silu(float x) { return x / (1 + std::exp(-x)); }

}  // namespace

void gather(View out, ConstView table, std::span<const TokenId> indices) {
  for (std::size_t i = 0; i < indices.size(); ++i) {
    std::ranges::copy(table.row(indices[i]), out.row(i).begin());
  }
}

void rms_norm(View out, ConstView x, ConstView weight, float eps) {
  const View out_rows = out.rows();  // (rows, width), also where x is a single row
  const ConstView x_rows = x.rows();
  const std::span<const float> w = weight.row();
  for (std::size_t r = 0; r < x_rows.size(0); ++r) {
    const std::span<const float> in = x_rows.row(r);
    const std::span<float> normed = out_rows.row(r);
    const float mean_square = dot(in, in) / static_cast<float>(in.size());
    const float scale = 1 / std::sqrt(mean_square + eps);
    for (std::size_t i = 0; i < in.size(); ++i) normed[i] = w[i] * (in[i] * scale);
  }
}

void matmul_transb(View c, ConstView a, ConstView b, float alpha, float beta) {
  // Rows of a against rows of b: both are read in the order in which they lie in memory.
  for (std::size_t i = 0; i < c.size(0); ++i) {
    const std::span<float> c_row = c.row(i);
    for (std::size_t j = 0; j < c.size(1); ++j) {
      const float product = alpha * dot(a.row(i), b.row(j));
      c_row[j] = beta == 0 ? product : beta * c_row[j] + product;
    }
  }
}

void rope_frequencies(std::span<float> inv_freq, float theta) {
  const float head_dim = static_cast<float>(2 * inv_freq.size());
  for (std::size_t i = 0; i < inv_freq.size(); ++i) {
    inv_freq[i] = 1 / std::pow(theta, static_cast<float>(2 * i) / head_dim);
  }
}

void rope(View x, std::size_t start_pos, std::span<const float> inv_freq) {
  const std::size_t half = inv_freq.size();
  for (std::size_t s = 0; s < x.size(0); ++s) {
    const float position = static_cast<float>(start_pos + s);
    for (std::size_t i = 0; i < half; ++i) {
      const float cos = std::cos(position * inv_freq[i]);
      const float sin = std::sin(position * inv_freq[i]);
      for (std::size_t h = 0; h < x.size(1); ++h) {
        const std::span<float> head = x.row(s, h);
        const float first = head[i];
        const float second = head[i + half];
        head[i] = first * cos - second * sin;
        head[i + half] = second * cos + first * sin;
      }
    }
  }
}

void masked_softmax(View scores) {
  const std::size_t seq_len = scores.size(1);
  const std::size_t total_len = scores.size(2);
  for (std::size_t h = 0; h < scores.size(0); ++h) {
    for (std::size_t i = 0; i < seq_len; ++i) {
      const std::span<float> row = scores.row(h, i);
      const std::span<float> visible = row.first(total_len - seq_len + i + 1);
      // e^(x - max) is at most 1, so it can't overflow, and the factor e^-max cancels in the quotient.
      const float max = *std::ranges::max_element(visible);
      float sum = 0;
      for (float& value : visible) {
        value = std::exp(value - max);
        sum += value;
      }
      for (float& value : visible) value /= sum;
      std::ranges::fill(row.subspan(visible.size()), 0.f);
    }
  }
}

void matmul(View c, ConstView a, ConstView b, float alpha, float beta) {
  // Column j of b is scattered in memory, so each row of c is built from whole rows of b instead.
  for (std::size_t i = 0; i < c.size(0); ++i) {
    const std::span<float> c_row = c.row(i);
    for (float& value : c_row) value = beta == 0 ? 0 : beta * value;
    for (std::size_t k = 0; k < a.size(1); ++k) {
      const float factor = alpha * a(i, k);
      const std::span<const float> b_row = b.row(k);
      for (std::size_t j = 0; j < c_row.size(); ++j) c_row[j] += factor * b_row[j];
    }
  }
}

void swiglu(View out, ConstView gate, ConstView up) {
  for (std::size_t r = 0; r < out.size(0); ++r) {
    const std::span<float> out_row = out.row(r);
    const std::span<const float> gate_row = gate.row(r);
    const std::span<const float> up_row = up.row(r);
    for (std::size_t i = 0; i < out_row.size(); ++i) out_row[i] = silu(gate_row[i]) * up_row[i];
  }
}

void narrow_copy(View out, ConstView x, std::size_t dim, std::size_t start) {
  copy(out, x.slice(dim, start, start + out.size(dim)));
}

}  // namespace lab

#include "labs/step0_operators/operators.h"

#include <algorithm>
#include <cmath>
#include <complex>
#include <functional>
#include <limits>
#include <numeric>
#include <vector>

namespace lab {
namespace {

std::vector<std::size_t> upto(std::size_t n) {
  std::vector<std::size_t> numbers(n);
  std::iota(numbers.begin(), numbers.end(), 0);
  return numbers;
}

float dot(std::span<const float> a, std::span<const float> b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.0f);
}

}  // namespace

void gather(View out, ConstView table, std::span<const TokenId> indices) {
  std::ranges::for_each(upto(indices.size()), [&](std::size_t i) {
    const auto row = table.row(indices[i]);
    std::ranges::copy(row.begin(), row.end(), out.row(i).begin());
  });
}

void rms_norm(View out, ConstView x, ConstView weight, float eps) {
  const ConstView in = x.rows();
  const View normed = out.rows();
  for (const std::size_t r : upto(in.size(0))) {
    const auto row = in.row(r);
    const float squares =
        std::transform_reduce(row.begin(), row.end(), 0.0f, std::plus<>(), [](float v) { return v * v; });
    const float root = std::sqrt(squares / row.size() + eps);
    std::ranges::transform(row, weight.row(), normed.row(r).begin(),
                           [root](float v, float w) { return w * v / root; });
  }
}

void matmul_transb(View c, ConstView a, ConstView b, float alpha, float beta) {
  for (const std::size_t i : upto(a.size(0))) {
    const auto row = a.row(i);
    const auto result = c.row(i);
    if (beta == 0) {
      std::ranges::fill(result, 0.0f);
    } else {
      std::ranges::for_each(result, [beta](float& value) { value *= beta; });
    }
    std::ranges::for_each(upto(b.size(0)), [&](std::size_t j) { result[j] += alpha * dot(row, b.row(j)); });
  }
}

void rope_frequencies(std::span<float> inv_freq, float theta) {
  const float head_dim = 2 * inv_freq.size();
  std::ranges::transform(upto(inv_freq.size()), inv_freq.begin(),
                         [&](std::size_t i) { return std::exp(-std::log(theta) * 2 * i / head_dim); });
}

void rope(View x, std::size_t start_pos, std::span<const float> inv_freq) {
  const std::size_t half = inv_freq.size();
  std::vector<std::complex<float>> turns(half);
  for (const std::size_t s : upto(x.size(0))) {
    const float position = start_pos + s;
    std::ranges::transform(inv_freq, turns.begin(),
                           [=](float frequency) { return std::polar(1.0f, position * frequency); });
    for (const std::size_t h : upto(x.size(1))) {
      const auto first = x.row(s, h).first(half);
      const auto second = x.row(s, h).last(half);
      for (const std::size_t i : upto(half)) {
        const auto turned = std::complex(first[i], second[i]) * turns[i];
        first[i] = turned.real();
        second[i] = turned.imag();
      }
    }
  }
}

// Hidden scores become -infinity, of which the exponential is 0.
void masked_softmax(View scores) {
  const std::size_t past = scores.size(2) - scores.size(1);
  for (const std::size_t h : upto(scores.size(0))) {
    for (const std::size_t i : upto(scores.size(1))) {
      const auto row = scores.row(h, i);
      std::ranges::fill(row.begin() + past + i + 1, row.end(), -std::numeric_limits<float>::infinity());
      const float max = std::ranges::max(row);
      std::ranges::transform(row, row.begin(), [max](float score) { return std::exp(score - max); });
      const float sum = std::accumulate(row.begin(), row.end(), 0.0f);
      std::ranges::transform(row, row.begin(), [factor = 1 / sum](float e) { return e * factor; });
    }
  }
}

void matmul(View c, ConstView a, ConstView b, float alpha, float beta) {
  for (const std::size_t i : upto(a.size(0))) {
    const auto result = c.row(i);
    std::vector<float> sums(b.size(1));
    for (const std::size_t k : upto(b.size(0))) {
      std::ranges::transform(sums, b.row(k), sums.begin(),
                             [weight = a(i, k)](float sum, float value) { return sum + weight * value; });
    }
    std::ranges::transform(sums, result, result.begin(), [=](float sum, float old) {
      return beta == 0 ? alpha * sum : alpha * sum + beta * old;
    });
  }
}

void swiglu(View out, ConstView gate, ConstView up) {
  const auto silu = [](float x) { return x * (1 / (1 + std::exp(-x))); };
  for (const std::size_t r : upto(out.size(0))) {
    std::ranges::transform(gate.row(r), up.row(r), out.row(r).begin(),
                           [silu](float g, float u) { return silu(g) * u; });
  }
}

void narrow_copy(View out, ConstView x, std::size_t dim, std::size_t start) {
  if (x.rank() == 1) {
    for (const std::size_t i : upto(out.size(0))) out(i) = x(start + i);
    return;
  }
  for (const std::size_t i : upto(out.size(0))) {
    if (dim == 0) {
      const ConstView picked = x.select(0, start + i);
      narrow_copy(out.select(0, i), picked, 0, 0);
    } else {
      narrow_copy(out.select(0, i), x.select(0, i), dim - 1, start);
    }
  }
}

}  // namespace lab

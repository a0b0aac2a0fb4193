#include "labs/step0_operators/operators.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace lab {
namespace {

using Matrix = std::vector<std::vector<double>>;

Matrix to_matrix(ConstView x) {
  Matrix result(x.size(0), std::vector<double>(x.size(1)));
  for (std::size_t i = 0; i < x.size(0); ++i) {
    for (std::size_t j = 0; j < x.size(1); ++j) result[i][j] = x(i, j);
  }
  return result;
}

Matrix transposed(const Matrix& x) {
  Matrix result(x[0].size(), std::vector<double>(x.size()));
  for (std::size_t i = 0; i < x.size(); ++i) {
    for (std::size_t j = 0; j < x[0].size(); ++j) result[j][i] = x[i][j];
  }
  return result;
}

double dot(const std::vector<double>& a, const std::vector<double>& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

// The elements of a view in order, whatever its strides.
void append(std::vector<float>& list, ConstView x) {
  for (std::size_t i = 0; i < x.size(0); ++i) {
    if (x.rank() == 1) {
      list.push_back(x(i));
    } else {
      append(list, x.select(0, i));
    }
  }
}

void put(View out, const std::vector<float>& list, std::size_t& next) {
  for (std::size_t i = 0; i < out.size(0); ++i) {
    if (out.rank() == 1) {
      out(i) = list[next++];
    } else {
      put(out.select(0, i), list, next);
    }
  }
}

}  // namespace

void gather(View out, ConstView table, std::span<const TokenId> indices) {
  const std::vector<TokenId> tokens(indices.begin(), indices.end());
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    const auto row = table.row(tokens[i]);
    const std::vector<float> embedding(row.begin(), row.end());
    for (std::size_t j = 0; j < embedding.size(); ++j) out(i, j) = embedding[j];
  }
}

void rms_norm(View out, ConstView x, ConstView weight, float eps) {
  const Matrix rows = to_matrix(x.rows());
  const View result = out.rows();
  for (std::size_t r = 0; r < rows.size(); ++r) {
    const std::vector<double>& row = rows[r];
    double mean = 0;
    for (double value : row) mean += value * value / row.size();
    const double inverse = 1.0 / std::sqrt(mean + eps);
    for (std::size_t i = 0; i < row.size(); ++i) result(r, i) = row[i] * inverse * weight(i);
  }
}

void matmul_transb(View c, ConstView a, ConstView b, float alpha, float beta) {
  const Matrix left = to_matrix(a);
  const Matrix right = to_matrix(b);
  for (std::size_t i = 0; i < left.size(); ++i) {
    for (std::size_t j = 0; j < right.size(); ++j) {
      double value = alpha * dot(left[i], right[j]);
      if (beta != 0) value += beta * c(i, j);
      c(i, j) = value;
    }
  }
}

void rope_frequencies(std::span<float> inv_freq, float theta) {
  const double head_dim = 2.0 * inv_freq.size();
  std::vector<double> frequencies;
  for (std::size_t i = 0; i < inv_freq.size(); ++i) {
    frequencies.push_back(1.0 / std::pow(theta, 2 * i / head_dim));
  }
  std::copy(frequencies.begin(), frequencies.end(), inv_freq.begin());
}

void rope(View x, std::size_t start_pos, std::span<const float> inv_freq) {
  const std::size_t half = inv_freq.size();
  for (std::size_t s = 0; s < x.size(0); ++s) {
    std::vector<double> cosines(half), sines(half);
    for (std::size_t i = 0; i < half; ++i) {
      const double angle = static_cast<double>(start_pos + s) * inv_freq[i];
      cosines[i] = std::cos(angle);
      sines[i] = std::sin(angle);
    }
    for (std::size_t h = 0; h < x.size(1); ++h) {
      const auto row = x.row(s, h);
      const std::vector<float> old(row.begin(), row.end());
      for (std::size_t i = 0; i < half; ++i) {
        x(s, h, i) = old[i] * cosines[i] - old[i + half] * sines[i];
        x(s, h, i + half) = old[i + half] * cosines[i] + old[i] * sines[i];
      }
    }
  }
}

void masked_softmax(View scores) {
  const std::size_t offset = scores.size(2) - scores.size(1);
  for (std::size_t h = 0; h < scores.size(0); ++h) {
    for (std::size_t i = 0; i < scores.size(1); ++i) {
      std::vector<double> visible;
      for (std::size_t j = 0; j <= offset + i; ++j) visible.push_back(scores(h, i, j));
      const double max = *std::max_element(visible.begin(), visible.end());
      double total = 0;
      for (double& value : visible) {
        value = std::exp(value - max);
        total += value;
      }
      std::vector<double> weights(scores.size(2), 0.0);
      for (std::size_t j = 0; j < visible.size(); ++j) weights[j] = visible[j] / total;
      for (std::size_t j = 0; j < weights.size(); ++j) scores(h, i, j) = weights[j];
    }
  }
}

void matmul(View c, ConstView a, ConstView b, float alpha, float beta) {
  const Matrix left = to_matrix(a);
  const Matrix right = transposed(to_matrix(b));
  Matrix product(left.size(), std::vector<double>(right.size()));
  for (std::size_t i = 0; i < left.size(); ++i) {
    for (std::size_t j = 0; j < right.size(); ++j) product[i][j] = alpha * dot(left[i], right[j]);
  }
  for (std::size_t i = 0; i < product.size(); ++i) {
    for (std::size_t j = 0; j < product[i].size(); ++j) {
      const double old = beta == 0 ? 0 : beta * c(i, j);
      c(i, j) = old + product[i][j];
    }
  }
}

void swiglu(View out, ConstView gate, ConstView up) {
  for (std::size_t r = 0; r < out.size(0); ++r) {
    std::vector<float> activated;
    for (std::size_t i = 0; i < gate.size(1); ++i) {
      const double x = gate(r, i);
      activated.push_back(x * (1.0 / (1.0 + std::exp(-x))));
    }
    for (std::size_t i = 0; i < activated.size(); ++i) out(r, i) = activated[i] * up(r, i);
  }
}

void narrow_copy(View out, ConstView x, std::size_t dim, std::size_t start) {
  std::vector<float> block;
  append(block, x.slice(dim, start, start + out.size(dim)));
  std::size_t next = 0;
  put(out, block, next);
}

}  // namespace lab

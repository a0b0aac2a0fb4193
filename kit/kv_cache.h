#pragma once

#include <cstddef>
#include <vector>

#include "kit/config.h"
#include "kit/tensor.h"

namespace lab {

/// Keys and values of the tokens so far, layer by layer, so that no token is computed twice.
/// Room for `capacity` tokens is taken once; rows from `length` on hold nothing defined.
class KvCache {
 public:
  KvCache(const Config& config, std::size_t capacity);

  /// Tokens whose rows are valid in every layer. Whoever has filled the rows of all layers advances it, once.
  std::size_t length = 0;

  std::size_t capacity() const { return capacity_; }
  std::size_t n_layers() const { return keys_.size(); }
  /// (capacity, n_kv_heads, head_dim); keys are stored after RoPE.
  View k(std::size_t layer) { return keys_.at(layer); }
  View v(std::size_t layer) { return values_.at(layer); }
  ConstView k(std::size_t layer) const { return keys_.at(layer); }
  ConstView v(std::size_t layer) const { return values_.at(layer); }

 private:
  std::size_t capacity_;
  std::vector<Tensor> keys_;
  std::vector<Tensor> values_;
};

}  // namespace lab

#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <map>
#include <string>
#include <vector>

#include "kit/random.h"
#include "kit/tensor.h"
#include "kit/token_id.h"

namespace lab {

/// Random inputs, and what a call made of them.
class Trial {
 public:
  explicit Trial(std::uint64_t seed) : random_(seed) {}

  float uniform() { return random_.uniform(); }
  bool chance(float probability) { return uniform() < probability; }
  std::size_t between(std::size_t least, std::size_t most) {
    return least + static_cast<std::size_t>(uniform() * static_cast<float>(most - least + 1));
  }
  /// A number between -2 and 2; every now and then one that is special.
  float number() {
    if (chance(0.05f)) return 0;
    if (chance(0.01f)) return chance(0.5f) ? 90.f : -90.f;
    return 4 * uniform() - 2;
  }
  std::vector<TokenId> ids(std::size_t count, std::size_t below) {
    std::vector<TokenId> result(count);
    for (TokenId& id : result) id = static_cast<TokenId>(between(0, below - 1));
    return result;
  }
  /// A tensor full of numbers; every other one is a part of a wider one, with gaps between its rows.
  View tensor(std::vector<std::size_t> sizes) {
    const std::vector<std::size_t> seen = sizes;
    const bool gaps = chance(0.5f);
    if (gaps) {
      for (std::size_t& size : sizes) size += between(0, 2);
    }
    Tensor& storage = storages_.emplace_back("tensor", Shape(sizes));
    for (float& value : storage.values()) value = number();
    View view = storage;
    for (std::size_t dim = 0; dim < seen.size(); ++dim) {
      const std::size_t begin = between(0, sizes[dim] - seen[dim]);
      view = view.slice(dim, begin, begin + seen[dim]);
    }
    return view;
  }
  /// As `tensor`, for what is overwritten: what stood there may be NaN.
  View output(std::vector<std::size_t> sizes) {
    const View view = tensor(std::move(sizes));
    if (chance(0.2f)) std::ranges::fill(storages_.back().values(), NAN);
    return view;
  }
  std::span<float> span(std::size_t size) { return output({size}).row(); }
  /// A width around the multiples of a vector's.
  std::size_t width() { return between(1, chance(0.5f) ? 7 : 70); }

  template <typename T>
  void write(const T* values, std::size_t count) {
    std::fwrite(values, sizeof *values, count, stdout);
  }
  void write(ConstView view) {
    const Tensor dense = copy_of("dense", view);
    write(dense.values().data(), dense.values().size());
  }
  void write(std::size_t value) { write(&value, 1); }
  void write(const std::string& text) { write(text.data(), text.size()); }
  void write_storages() {
    for (const Tensor& storage : storages_) write(storage.values().data(), storage.values().size());
  }

 private:
  Random random_;
  std::vector<Tensor> storages_;  // their elements stay where they are when the vector grows
};

/// Each step's file adds how its functions are tried before main begins.
using TryStep = void (*)(Trial&);
std::map<std::string, TryStep>& trials();
struct Tried {
  Tried(const std::string& step, TryStep try_step) { trials().emplace(step, try_step); }
};

}  // namespace lab

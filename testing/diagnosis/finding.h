#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace lab {

/// What wrong elements have in common, as a sentence, and the dimensions of which it speaks.
struct Finding {
  Finding(std::string sentence, std::vector<std::size_t> of_dims = {})  // NOLINT: most speak of none
      : text(std::move(sentence)), dims(std::move(of_dims)) {}
  std::string text;
  std::vector<std::size_t> dims;
};

/// A dimension of a tensor that a diagnosis has named.
struct NamedAxis {
  std::string tensor;
  std::size_t dim;
  std::size_t rank;  ///< of the tensor
};

/// How an outcome misses what a case expects, the first thing that matters first.
struct Mismatch {
  std::string text;  ///< whole lines; empty if it doesn't miss it
  std::string kind;  ///< the first line without what differs from case to case: alike for one cause
  std::vector<NamedAxis> axes;

  bool empty() const { return text.empty(); }
};

}  // namespace lab

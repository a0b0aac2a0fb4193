#pragma once

#include <span>
#include <string>
#include <vector>

#include "testing/golden/case.h"

namespace lab {

/// Whether a diagnosis may say which values are expected. A grader hides them (environment variable
/// LAB_VALUES=hidden): students read what it says, and its data are private.
bool values_are_shown();

/// A storage as a case expects it and as a call left it, both looked at as the function sees them: through
/// the case's view, if it describes one, as dense row-major elements.
struct Comparison {
  Comparison(const Case& golden_case, const std::string& storage, ConstView found);

  const Case& golden_case;
  std::string storage;
  Shape shape;
  std::vector<std::string> axes;  ///< what each dimension counts: "token", "head", "element"
  std::vector<float> expected;
  std::vector<float> found;
  std::vector<float> before;       ///< what stood there before the call; empty if the case doesn't say
  float bound = 0;                 ///< the largest error that rounding explains
  std::vector<std::size_t> wrong;  ///< positions of the elements that are farther off, in order
  std::size_t wrong_outside = 0;   ///< how many elements of the storage that the view doesn't see are wrong
  bool wrong_shape = false;        ///< then nothing was compared

  bool agrees() const { return wrong.empty() && wrong_outside == 0 && !wrong_shape; }
  std::vector<std::size_t> index(std::size_t position) const;
  /// "head 2, query 1, key 5"
  std::string place(std::size_t position) const { return place(position, shape.rank()); }
  /// The same without the innermost dimension: "head 2, query 1"
  std::string place_of_row(std::size_t position) const { return place(position, shape.rank() - 1); }

 private:
  std::string place(std::size_t position, std::size_t n_dims) const;
};

/// How many elements are wrong, the first, the worst, and a small window around the first.
std::string describe_elements(const Comparison& comparison);

}  // namespace lab

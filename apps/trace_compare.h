#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "apps/trace_expected.h"
#include "testing/golden/outcome.h"

namespace lab {

/// What one forward pass has yielded, under the names of the expected points.
struct Recording {
  std::map<std::string, Tensor> tensors;
  std::size_t cache_length = 0;
  std::optional<Thrown> thrown;  ///< what ended the pass
};

enum class Verdict { agrees, wrong, not_recorded };

/// One line of the table. It refers to the expected and the recorded tensor, which must outlive it.
struct ComparedPoint {
  const ExpectedPoint* point;
  const Tensor* found;  ///< null if it was not recorded
  Verdict verdict;
  float error;  ///< largest absolute difference; infinite for another shape and for a NaN in one of both
};

struct ComparedTrace {
  std::vector<ComparedPoint> points;       ///< in the model's order
  std::optional<std::size_t> first_wrong;  ///< index into points
  std::vector<std::string> unknown;        ///< recorded, but transformers' trace has no such point
  std::string ending;                      ///< what is wrong about the pass as a whole; empty if nothing is

  std::size_t count(Verdict verdict) const;
  bool all_agree() const { return !first_wrong && ending.empty(); }
};

ComparedTrace compare(const ExpectedTrace& expected, const Recording& found);

/// What the dimensions of a point's tensor count: "token", "head", "element".
std::vector<std::string> axes_of(const ExpectedPoint& point);

/// The first wrong tensor in the words of a failing test: first wrong element, worst one and a small window.
/// Empty for a tensor that no model of this kit has.
std::string describe_first_wrong(const ComparedTrace& compared, const Config& config);

}  // namespace lab

#pragma once

#include <fmt/format.h>

#include <cmath>
#include <cstdlib>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "testing/diagnosis/comparison.h"
#include "testing/diagnosis/mismatch.h"
#include "testing/golden/golden_file.h"
#include "testing/golden/outcome.h"

namespace lab {

/// While it lives, a diagnosis speaks Chinese.
class InChinese {
 public:
  InChinese() { setenv("LAB_LANG", "zh", 1); }
  InChinese(const InChinese&) = delete;
  InChinese& operator=(const InChinese&) = delete;
  ~InChinese() { unsetenv("LAB_LANG"); }
};

/// A case with one output, made up by a test, and an outcome of it.
class MadeUpCase {
 public:
  MadeUpCase(std::string function, std::string storage, const Shape& shape, std::string more = "")
      : storage_(std::move(storage)), shape_(shape) {
    description_ = fmt::format(
        R"({{"name": "Suite.Test", "function": "{}", "purpose": "", "bounds": {{"{}": 1e-5}}{}}})", function,
        storage_, more);
    for (std::size_t i = 0; i < shape.numel(); ++i) {
      expected.push_back(std::sin(1.7f * static_cast<float>(i) + 0.3f));  // no two alike
      before.push_back(std::cos(2.3f * static_cast<float>(i)));
    }
    found = expected;
  }

  void add_input(const std::string& name, const Shape& shape) {
    inputs_.push_back(std::make_unique<Tensor>(name, shape));
    tensors_.insert("Suite.Test/before/" + name, *inputs_.back());
  }
  const Case& golden_case() {
    if (!case_) {
      expected_ = Tensor("expected", shape_, expected);
      before_ = Tensor("before", shape_, before);
      tensors_.insert("Suite.Test/after/" + storage_, expected_);
      tensors_.insert("Suite.Test/before/" + storage_, before_);
      case_ = std::make_unique<Case>(Json::parse(description_, "made up"), &tensors_, nullptr);
    }
    return *case_;
  }
  Comparison comparison() {
    const Tensor result("found", shape_, found);
    return Comparison(golden_case(), storage_, result);
  }
  Outcome outcome() {
    Outcome outcome;
    outcome.tensors.emplace(storage_, Tensor("found", shape_, found));
    return outcome;
  }

  std::vector<float> expected;
  std::vector<float> before;
  std::vector<float> found;

 private:
  std::string storage_;
  Shape shape_;
  std::string description_;
  TensorMap tensors_;
  std::vector<std::unique_ptr<Tensor>> inputs_;
  Tensor expected_;
  Tensor before_;
  std::unique_ptr<Case> case_;
};

}  // namespace lab

#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "kit/checkpoint/checkpoint.h"

namespace lab {

/// One tensor that transformers computed on the way.
struct ExpectedPoint {
  std::string name;  ///< as kit/trace.h has it, or model.layers.INDEX.cache.k or .v
  float bound = 0;   ///< the largest error that rounding explains
  ConstView expected;
};

/// What scripts/dump_trace.py wrote about one model and one prompt.
class ExpectedTrace {
 public:
  /// Throws Error, naming the file, for everything that is not as the script writes it.
  explicit ExpectedTrace(const std::filesystem::path& file);

  const std::string& prompt() const { return prompt_; }
  const std::vector<TokenId>& tokens() const { return tokens_; }
  /// The text of each token.
  const std::vector<std::string>& pieces() const { return pieces_; }
  /// In the order in which the model computes them.
  const std::vector<ExpectedPoint>& points() const { return points_; }

  /// Throws Error if these can't be tensors of `checkpoint`; otherwise a wrong file would look like wrong
  /// code.
  void check_model(const Checkpoint& checkpoint) const;

 private:
  std::string source_;
  Safetensors file_;
  std::string prompt_;
  std::vector<TokenId> tokens_;
  std::vector<std::string> pieces_;
  std::vector<ExpectedPoint> points_;
};

}  // namespace lab

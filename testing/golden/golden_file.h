#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kit/checkpoint/checkpoint.h"
#include "testing/golden/case.h"

namespace lab {

/// Of the files that scripts/regenerate_reference_data.py writes, in their metadata; counted up when older
/// ones can't be read any more.
inline constexpr std::string_view data_format = "2";

/// Throws Error if `file`, called `source`, is of another format or tells none.
void require_format(const Safetensors& file, const std::string& source);

/// The golden cases of one step.
class GoldenFile {
 public:
  /// `data`: the folder reference_data. Throws Error if the step's file is missing or not as it should be.
  GoldenFile(const std::filesystem::path& data, const std::string& step);

  const std::vector<Case>& cases() const { return cases_; }
  /// Throws Error if there is no case of that name.
  const Case& at(const std::string& name) const;

 private:
  const GoldenModel* model(const std::string& name, const std::filesystem::path& data);

  Safetensors file_;
  std::map<std::string, Json> configs_;
  std::optional<Checkpoint> bundled_;
  std::map<std::string, GoldenModel> models_;
  std::vector<Case> cases_;
};

}  // namespace lab

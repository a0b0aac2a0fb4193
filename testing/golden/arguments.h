#pragma once

#include <functional>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "testing/golden/case.h"
#include "testing/golden/outcome.h"

namespace lab {

/// Fresh copies of a case's storages, to call a function with, each between guard elements: NaN on both
/// sides, so that reading beyond the end shows in the result and writing there shows afterwards.
class Arguments {
 public:
  explicit Arguments(const Case& golden_case);
  Arguments(const Arguments&) = delete;
  Arguments& operator=(const Arguments&) = delete;
  ~Arguments();

  /// What `parameter` sees; views of one storage alias.
  View view(const std::string& parameter);
  std::span<float> span(const std::string& parameter) { return view(parameter).row(); }

  /// Calls `body`, catching what it throws, and collects the storages that the case expects something of.
  /// NotImplemented and CallLost pass through.
  Outcome run(const std::function<void(Outcome&)>& body);

  /// All of the storage of living Arguments in which `element` lies, its guards included; empty if it lies in
  /// none.
  static std::span<const float> storage_around(const float* element);

 private:
  struct Storage {
    Shape shape;
    std::string name;
    std::vector<float> guarded;  ///< guard, elements, guard
  };
  View whole(Storage& storage);
  static std::vector<const Arguments*>& living();

  const Case& case_;
  std::map<std::string, Storage> storages_;
};

}  // namespace lab

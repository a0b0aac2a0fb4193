#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "kit/checkpoint.h"
#include "kit/config.h"
#include "kit/json.h"
#include "kit/tensor.h"

namespace lab {

/// A model that golden cases use: a small random one out of their file, or the bundled one.
struct GoldenModel {
  Config config;
  TensorMap tensors;
};

/// A call of a contract function, or a sequence of calls, and what must come out of it. The format is told in
/// reference_data/README.md. It refers to its GoldenFile, which must outlive it.
class Case {
 public:
  Case(Json description, const TensorMap* tensors, const GoldenModel* model)
      : description_(std::move(description)), tensors_(tensors), model_(model) {}

  std::string name() const { return description_.at("name").string(); }
  std::string function() const { return description_.at("function").string(); }
  /// One sentence: what this case would catch.
  std::string purpose() const { return description_.at("purpose").string(); }

  bool has(const std::string& arg) const;
  /// The argument as the file has it; the others below read it as what they say.
  Json arg(const std::string& name) const { return description_.at("args").at(name); }
  float number(const std::string& arg) const;
  std::size_t count(const std::string& arg) const;
  bool flag(const std::string& arg) const;
  std::vector<float> numbers(const std::string& arg) const;
  std::vector<TokenId> ids(const std::string& arg) const;
  std::vector<std::string> names(const std::string& arg) const;
  const GoldenModel& model() const;

  /// Contents of a parameter's storage before the call and, where the call writes it, after it.
  ConstView before(const std::string& storage) const { return tensors_->at(name() + "/before/" + storage); }
  ConstView after(const std::string& storage) const { return tensors_->at(name() + "/after/" + storage); }
  bool has_storage(const std::string& storage) const;
  bool expects_storage(const std::string& storage) const {
    return tensors_->contains(name() + "/after/" + storage);
  }
  /// Names of the storages that the case describes.
  std::vector<std::string> storages_before() const;
  std::vector<std::string> storages_after() const;
  /// The largest error that rounding explains; 0: none does.
  float bound(const std::string& storage) const;
  /// The storage in which `parameter` lies.
  std::string storage_of(const std::string& parameter) const;
  /// What `parameter` sees of its storage: all of it, or the part that the case describes.
  template <typename T>
  BasicView<T> seen(const std::string& parameter, BasicView<T> storage) const {
    const std::optional<Part> part = part_of(parameter);
    if (!part) return storage;
    return {storage.data() + part->offset, part->shape, part->strides, storage.name()};
  }
  /// Results that are no tensors, by name; none if the case has no such result.
  std::optional<Json> expect(const std::string& fact) const;
  std::vector<std::string> expected_facts() const;
  /// All of them, as an object; none if the case expects nothing but tensors.
  std::optional<Json> facts() const { return description_.find("expect"); }

 private:
  struct Part {
    std::size_t offset;
    Shape shape;
    View::Strides strides;
  };
  std::optional<Part> part_of(const std::string& parameter) const;
  std::optional<Json> view(const std::string& parameter) const;
  std::vector<std::string> storages(const std::string& stage) const;

  Json description_;
  const TensorMap* tensors_;
  const GoldenModel* model_;
};

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

/// What a case's calls have yielded.
struct Outcome {
  /// Storages after the call, under the names that the case's `after` has, and trace points as "trace/NAME".
  std::map<std::string, Tensor> tensors;
  /// Results that are no tensors, each as lines to compare and to print; an exception's kind is "raises".
  std::map<std::string, std::vector<std::string>> facts;
  /// What was thrown, in the thrower's words; empty if nothing was.
  std::string error;
  /// Storages around which the guard elements were overwritten.
  std::vector<std::string> overrun;
};

/// A tensor of its own with the elements of `view`, whatever the strides.
Tensor copy_of(const std::string& name, ConstView view);

/// The call came to no end, so there is nothing to compare: the process in which the implementation runs
/// crashed, hangs or talks nonsense. What it says is one line.
class CallLost : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

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

/// A list of token ids.
std::vector<TokenId> token_ids(const Json& list);

/// A fact's lines as a case expects them: a line for each entry of a list and for each member of an object
/// ("name value", in the order of the names); anything else is one line.
std::vector<std::string> fact_lines(const Json& fact);

/// Describes how `outcome` misses what the case expects, the first thing that matters first; empty if it
/// doesn't. `with_pattern`: say also what the wrong elements have in common.
std::string describe_mismatch(const Case& golden_case, const Outcome& outcome, bool with_pattern = true);

}  // namespace lab

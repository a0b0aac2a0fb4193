#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "kit/checkpoint/json.h"
#include "kit/config.h"
#include "kit/tensor_map.h"
#include "kit/token_id.h"

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
  /// All arguments that are no tensors, in the order of their names.
  std::vector<std::pair<std::string, Json>> arguments() const;
  bool has_model() const { return model_ != nullptr; }
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

/// The trace point that a storage "trace/NAME" holds; none of another storage.
std::optional<std::string> trace_point_of(const std::string& storage);

/// A list of token ids.
std::vector<TokenId> token_ids(const Json& list);

/// A fact's lines as a case expects them: a line for each entry of a list and for each member of an object
/// ("name value", in the order of the names); anything else is one line.
std::vector<std::string> fact_lines(const Json& fact);

}  // namespace lab

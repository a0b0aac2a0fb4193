#include "testing/golden/case.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <limits>

namespace lab {
namespace {

constexpr std::uint64_t any_size = std::numeric_limits<std::uint32_t>::max();

Shape read_shape(const Json& list) {
  std::vector<std::size_t> sizes;
  for (std::size_t i = 0; i < list.size(); ++i) sizes.push_back(list[i].whole_number(0, any_size));
  return Shape(sizes);
}

std::string fact_line(const Json& fact) {
  if (fact.is_array()) {
    std::vector<std::string> parts;
    for (std::size_t i = 0; i < fact.size(); ++i) parts.push_back(fact_line(fact[i]));
    return fmt::format("[{}]", fmt::join(parts, ", "));
  }
  if (fact.is_object()) {
    std::vector<std::string> parts;
    for (const auto& [name, value] : fact.members())
      parts.push_back(fmt::format("{} {}", name, fact_line(value)));
    return fmt::format("{}", fmt::join(parts, ", "));
  }
  if (fact.is_number()) return fmt::format("{}", fact.number());
  if (fact.is_boolean()) return fact.boolean() ? "true" : "false";
  return fact.string();
}

}  // namespace

bool Case::has(const std::string& name) const {
  const std::optional<Json> args = description_.find("args");
  return args && args->find(name).has_value();
}

float Case::number(const std::string& name) const { return static_cast<float>(arg(name).number()); }

std::size_t Case::count(const std::string& name) const { return arg(name).whole_number(0, any_size); }

bool Case::flag(const std::string& name) const { return arg(name).boolean(); }

std::vector<float> Case::numbers(const std::string& name) const {
  const Json list = arg(name);
  std::vector<float> result;
  for (std::size_t i = 0; i < list.size(); ++i) result.push_back(static_cast<float>(list[i].number()));
  return result;
}

std::vector<TokenId> Case::ids(const std::string& name) const { return token_ids(arg(name)); }

std::vector<std::string> Case::names(const std::string& name) const { return fact_lines(arg(name)); }

std::vector<std::pair<std::string, Json>> Case::arguments() const {
  const std::optional<Json> args = description_.find("args");
  return args ? args->members() : std::vector<std::pair<std::string, Json>>{};
}

const GoldenModel& Case::model() const {
  if (model_ == nullptr) description_.refuse("a case with a model");
  return *model_;
}

std::vector<std::string> Case::storages(const std::string& stage) const {
  const std::string prefix = name() + "/" + stage + "/";
  std::vector<std::string> result;
  for (auto entry = tensors_->lower_bound(prefix); entry != tensors_->end(); ++entry) {
    if (!entry->first.starts_with(prefix)) break;
    result.push_back(entry->first.substr(prefix.size()));
  }
  return result;
}

bool Case::has_storage(const std::string& storage) const {
  return tensors_->contains(name() + "/before/" + storage);
}

std::vector<std::string> Case::storages_before() const { return storages("before"); }
std::vector<std::string> Case::storages_after() const { return storages("after"); }

float Case::bound(const std::string& storage) const {
  return static_cast<float>(description_.at("bounds").at(storage).number());
}

std::optional<Json> Case::view(const std::string& parameter) const {
  const std::optional<Json> views = description_.find("views");
  return views ? views->find(parameter) : std::nullopt;
}

std::string Case::storage_of(const std::string& parameter) const {
  const std::optional<Json> part = view(parameter);
  return part ? part->at("storage").string() : parameter;
}

std::optional<Case::Part> Case::part_of(const std::string& parameter) const {
  const std::optional<Json> part = view(parameter);
  if (!part) return std::nullopt;
  const Shape strides = read_shape(part->at("strides"));
  Part result{part->at("offset").whole_number(0, any_size), read_shape(part->at("shape")), {}};
  for (std::size_t dim = 0; dim < strides.rank(); ++dim) result.strides[dim] = strides[dim];
  return result;
}

std::optional<Json> Case::expect(const std::string& fact) const {
  const std::optional<Json> facts = description_.find("expect");
  return facts ? facts->find(fact) : std::nullopt;
}

std::vector<std::string> Case::expected_facts() const {
  std::vector<std::string> result;
  if (const std::optional<Json> facts = description_.find("expect"))
    for (const auto& [name, value] : facts->members()) result.push_back(name);
  return result;
}

std::optional<std::string> trace_point_of(const std::string& storage) {
  constexpr std::string_view prefix = "trace/";
  return storage.starts_with(prefix) ? std::optional(storage.substr(prefix.size())) : std::nullopt;
}

std::vector<TokenId> token_ids(const Json& list) {
  std::vector<TokenId> result;
  for (std::size_t i = 0; i < list.size(); ++i)
    result.push_back(static_cast<TokenId>(list[i].whole_number(0, std::numeric_limits<TokenId>::max())));
  return result;
}

std::vector<std::string> fact_lines(const Json& fact) {
  std::vector<std::string> lines;
  if (fact.is_object()) {
    for (const auto& [name, value] : fact.members()) lines.push_back(name + " " + fact_line(value));
    return lines;
  }
  if (!fact.is_array()) return {fact_line(fact)};
  for (std::size_t i = 0; i < fact.size(); ++i) lines.push_back(fact_line(fact[i]));
  return lines;
}

}  // namespace lab

#include "kit/golden.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cstring>
#include <functional>
#include <limits>
#include <stdexcept>

#include "kit/error.h"

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

GoldenFile::GoldenFile(const std::filesystem::path& data, const std::string& step)
    : file_(data / (step + ".safetensors")) {
  const std::string source = (data / (step + ".safetensors")).string();
  const auto text = [&](const std::string& key) {
    const auto entry = file_.metadata().find(key);
    if (entry == file_.metadata().end())
      throw Error("{}: the metadata lack {}; regenerate the reference data", source, key);
    return Json::parse(entry->second, source + ": " + key);
  };
  for (const auto& [name, model] : text("models").members()) configs_.emplace(name, model.at("config"));
  const Json cases = text("cases");
  for (std::size_t i = 0; i < cases.size(); ++i) {
    const std::optional<Json> name = cases[i].find("model");
    cases_.emplace_back(cases[i], &file_.tensors(), name ? model(name->string(), data) : nullptr);
  }
}

const Case& GoldenFile::at(const std::string& name) const {
  for (const Case& golden_case : cases_) {
    if (golden_case.name() == name) return golden_case;
  }
  throw Error("the reference data have no case {}; regenerate them", name);
}

const GoldenModel* GoldenFile::model(const std::string& name, const std::filesystem::path& data) {
  if (const auto known = models_.find(name); known != models_.end()) return &known->second;
  GoldenModel loaded;
  std::string prefix;
  const TensorMap* from = &file_.tensors();
  if (name == "story") {
    bundled_ = load_checkpoint(data / "models" / "story");
    loaded.config = bundled_->config;
    from = &bundled_->weights.tensors();
  } else {
    const auto config = configs_.find(name);
    if (config == configs_.end()) throw Error("the reference data have no model {}; regenerate them", name);
    loaded.config = parse_config(config->second);
    prefix = "model." + name + "/";
  }
  for (const auto& [tensor_name, tensor] : *from) {
    if (tensor_name.starts_with(prefix)) loaded.tensors.insert(tensor_name.substr(prefix.size()), tensor);
  }
  return &models_.emplace(name, std::move(loaded)).first->second;
}

namespace {

constexpr std::size_t guard_size = 16;
const float guard = std::numeric_limits<float>::quiet_NaN();

bool is_intact(std::span<const float> elements) {
  for (float element : elements) {
    if (std::memcmp(&element, &guard, sizeof guard) != 0) return false;
  }
  return true;
}

}  // namespace

Tensor copy_of(const std::string& name, ConstView view) {
  std::vector<float> values(view.numel());
  for (std::size_t i = 0; i < values.size(); ++i) {
    std::size_t offset = 0;
    std::size_t rest = i;
    for (std::size_t dim = view.rank(); dim-- > 0; rest /= view.size(dim))
      offset += rest % view.size(dim) * view.strides()[dim];
    values[i] = view.data()[offset];
  }
  return Tensor(name, view.shape(), std::move(values));
}

std::vector<const Arguments*>& Arguments::living() {
  static std::vector<const Arguments*> all;
  return all;
}

Arguments::~Arguments() { std::erase(living(), this); }

std::span<const float> Arguments::storage_around(const float* element) {
  const std::less_equal<const float*> not_after;
  for (const Arguments* arguments : living()) {
    for (const auto& [name, storage] : arguments->storages_) {
      const std::vector<float>& all = storage.guarded;
      if (not_after(all.data(), element) && not_after(element, all.data() + all.size() - 1)) return all;
    }
  }
  return {};
}

Arguments::Arguments(const Case& golden_case) : case_(golden_case) {
  for (const std::string& name : golden_case.storages_before()) {
    const ConstView before = golden_case.before(name);
    Storage storage{before.shape(), name, std::vector<float>(before.numel() + 2 * guard_size, guard)};
    std::copy_n(before.data(), before.numel(), storage.guarded.begin() + guard_size);
    storages_.emplace(name, std::move(storage));
  }
  living().push_back(this);
}

View Arguments::whole(Storage& storage) {
  return View(storage.guarded.data() + guard_size, storage.shape, storage.name.c_str());
}

View Arguments::view(const std::string& parameter) {
  const std::string name = case_.storage_of(parameter);
  const auto storage = storages_.find(name);
  if (storage == storages_.end()) throw Error("case {} has no storage {}", case_.name(), name);
  return case_.seen(parameter, whole(storage->second));
}

Outcome Arguments::run(const std::function<void(Outcome&)>& body) {
  Outcome outcome;
  const auto raised = [&](const char* kind, const std::exception& error) {
    outcome.facts["raises"] = {kind};
    outcome.error = error.what();
  };
  try {
    body(outcome);
  } catch (const NotImplemented&) {
    throw;
  } catch (const CallLost&) {
    throw;
  } catch (const Error& error) {
    raised("Error", error);
  } catch (const std::invalid_argument& error) {
    raised("invalid_argument", error);
  } catch (const std::out_of_range& error) {
    raised("out_of_range", error);
  } catch (const std::exception& error) {
    raised("another exception", error);
  } catch (...) {
    raised("another exception", std::runtime_error("what was thrown is no std::exception"));
  }
  for (auto& [name, storage] : storages_) {
    const std::span<const float> all = storage.guarded;
    if (!is_intact(all.first(guard_size)) || !is_intact(all.last(guard_size)))
      outcome.overrun.push_back(name);
  }
  for (const std::string& name : case_.storages_after()) {
    const auto storage = storages_.find(name);
    if (storage == storages_.end()) continue;  // `body` has put it into the outcome
    outcome.tensors.insert_or_assign(name, copy_of(name, whole(storage->second)));
  }
  return outcome;
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

#include "testing/diagnosis/misconceptions.h"

#include <algorithm>

#include "kit/error.h"
#include "testing/golden/deviation.h"
#include "testing/golden/golden_file.h"

namespace lab {
namespace {

bool within(ConstView expected, ConstView found, float bound) {
  return largest_deviation(expected, found) <= bound;
}

/// What is compared besides facts; intermediate tensors depend on how the code is written.
std::vector<std::string> compared_storages(const Case& golden_case) {
  std::vector<std::string> storages = golden_case.storages_after();
  std::erase_if(storages, [](const std::string& storage) { return trace_point_of(storage).has_value(); });
  return storages;
}

/// A mistake that is too small to show in a case moves its outcome by up to the bound, and rounding does so
/// once more.
bool is_golden(const Case& golden_case, const std::string& storage, const Outcome& outcome) {
  const auto found = outcome.tensors.find(storage);
  return found != outcome.tensors.end() &&
         within(golden_case.after(storage), found->second, 2 * golden_case.bound(storage));
}

bool same_fact(const Json& expected, const std::string& name, const Outcome& outcome) {
  const std::vector<std::string> lines = fact_lines(expected);
  const bool told = name == "raises" ? outcome.thrown.has_value() : outcome.facts.contains(name);
  return told && outcome.lines_of(name) == lines;
}

/// A view refuses what it lacks with the one kind if it is asked for an index, with the other if for a slice.
bool is_refusal_of_a_view(const std::vector<std::string>& kind) {
  return kind == std::vector<std::string>{"out_of_range"} ||
         kind == std::vector<std::string>{"invalid_argument"};
}

/// A mistake asks for the wrong row by index or by a slice, depending on how the code around it is written.
bool predicted_fact(const Json& expected, const std::string& name, const Outcome& outcome) {
  return same_fact(expected, name, outcome) ||
         (name == "raises" && is_refusal_of_a_view(fact_lines(expected)) &&
          is_refusal_of_a_view(outcome.lines_of(name)));
}

/// Whether `facts` (an object) are those of `outcome`, an exception included; `same` compares one of them.
bool same_facts(const std::optional<Json>& facts, const Outcome& outcome, decltype(same_fact)& same) {
  const bool raises = facts && facts->find("raises");
  if (!raises && outcome.thrown) return false;
  if (!facts) return true;
  return std::ranges::all_of(facts->members(),
                             [&](const auto& fact) { return same(fact.second, fact.first, outcome); });
}

bool comes_out_right(const Case& golden_case, const Outcome& outcome) {
  if (!outcome.overrun.empty() || !same_facts(golden_case.facts(), outcome, same_fact)) return false;
  return std::ranges::all_of(compared_storages(golden_case), [&](const std::string& storage) {
    return is_golden(golden_case, storage, outcome);
  });
}

std::vector<std::string> strings(const std::optional<Json>& list) {
  std::vector<std::string> result;
  for (std::size_t i = 0; list && i < list->size(); ++i) result.push_back((*list)[i].string());
  return result;
}

}  // namespace

bool is_unpredictable(const Json& prediction) {
  const std::optional<Json> flag = prediction.find("unpredictable");
  return flag && flag->boolean();
}

Misconceptions::Misconceptions(const std::filesystem::path& data, const std::string& step) {
  const std::filesystem::path path = data / (step + "_misconceptions.safetensors");
  if (!std::filesystem::exists(path)) return;
  file_.emplace(path);
  require_format(*file_, path.string());
  const auto entry = file_->metadata().find("misconceptions");
  if (entry == file_->metadata().end())
    throw Error("{}: the metadata lack misconceptions; regenerate the reference data", path.string());
  const Json list = Json::parse(entry->second, path.string() + ": misconceptions");
  for (std::size_t i = 0; i < list.size(); ++i) {
    Misconception one{list[i].at("id").string(), list[i].at("function").string(), {}, "", {},
                      list[i].at("cases")};
    one.pair = strings(list[i].find("pair"));
    if (one.pair.empty()) {
      for (const auto& [language, text] : list[i].at("sentence").members())
        one.sentence[language] = text.string();
      const Json section = list[i].at("section");
      one.section = fact_lines(section).front();
    }
    all_.push_back(std::move(one));
  }
}

const Misconception& Misconceptions::at(const std::string& id) const {
  const auto found = std::ranges::find(all_, id, &Misconception::id);
  if (found == all_.end()) throw Error("no misconception is called {}; regenerate the reference data", id);
  return *found;
}

Testimony Misconceptions::testimony(const Misconception& misconception, const Case& golden_case,
                                    const Outcome& outcome) const {
  const std::optional<Json> prediction = misconception.cases.find(golden_case.name());
  if (!prediction) {
    if (!misconception.pair.empty()) return Testimony::abstains;
    return comes_out_right(golden_case, outcome) ? Testimony::agrees : Testimony::contradicts;
  }
  if (is_unpredictable(*prediction)) return Testimony::abstains;
  return predicts(misconception, *prediction, golden_case, outcome) ? Testimony::explains
                                                                    : Testimony::contradicts;
}

Testimony Misconceptions::testimony_without_outcome(const Misconception& misconception,
                                                    const Case& golden_case) const {
  const std::optional<Json> prediction = misconception.cases.find(golden_case.name());
  const bool silent = prediction ? is_unpredictable(*prediction) : !misconception.pair.empty();
  return silent ? Testimony::abstains : Testimony::contradicts;
}

bool Misconceptions::predicts(const Misconception& misconception, const Json& prediction,
                              const Case& golden_case, const Outcome& outcome) const {
  const std::optional<Json> changes = prediction.find("expect");
  const std::optional<Json> right = golden_case.facts();
  const std::optional<Json> facts = right && changes ? right->patched(*changes) : changes ? changes : right;
  if (!outcome.overrun.empty() || !same_facts(facts, outcome, predicted_fact)) return false;
  // What a call leaves behind that ends in an exception is nobody's business, in golden cases neither.
  if (facts && facts->find("raises")) return true;
  const std::optional<Json> bounds = prediction.find("bounds");
  return std::ranges::all_of(compared_storages(golden_case), [&](const std::string& storage) {
    const std::optional<Json> bound = bounds ? bounds->find(storage) : std::nullopt;
    if (!bound) return is_golden(golden_case, storage, outcome);
    const auto found = outcome.tensors.find(storage);
    const ConstView predicted =
        file_->tensors().at(misconception.id + "/" + golden_case.name() + "/" + storage);
    return found != outcome.tensors.end() &&
           within(predicted, found->second, static_cast<float>(bound->number()));
  });
}

}  // namespace lab

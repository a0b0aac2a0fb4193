#include "testing/diagnosis/naming.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <tuple>

#include "testing/diagnosis/phrases.h"

namespace lab {
namespace {

std::size_t count(const std::vector<Witness>& witnesses, std::size_t misconception, Testimony testimony) {
  return static_cast<std::size_t>(std::ranges::count_if(witnesses, [&](const Witness& witness) {
    return witness.end != CaseEnd::passed && witness.testimonies[misconception] == testimony;
  }));
}

bool is_contradicted(const std::vector<Witness>& witnesses, std::size_t misconception) {
  return std::ranges::any_of(witnesses, [&](const Witness& witness) {
    return witness.testimonies[misconception] == Testimony::contradicts;
  });
}

/// What a mistake makes of a case.
enum class Effect : unsigned char { none, unpredictable, deviation };

Effect effect_of(const Misconception& misconception, const std::string& case_name) {
  const std::optional<Json> prediction = misconception.cases.find(case_name);
  if (!prediction) return Effect::none;
  return is_unpredictable(*prediction) ? Effect::unpredictable : Effect::deviation;
}

bool suits_both(const Misconceptions& known, const Misconception& pair,
                const std::vector<Witness>& witnesses) {
  const Misconception& a = known.at(pair.pair.at(0));
  const Misconception& b = known.at(pair.pair.at(1));
  return std::ranges::all_of(witnesses, [&](const Witness& witness) {
    const Effect by_a = effect_of(a, witness.case_name);
    const Effect by_b = effect_of(b, witness.case_name);
    switch (witness.end) {
      case CaseEnd::unknown:
        return true;
      case CaseEnd::passed:
        return by_a != Effect::deviation && by_b != Effect::deviation;
      default:
        return by_a != Effect::none || by_b != Effect::none;
    }
  });
}

std::string sentence_of(const Misconception& misconception) {
  const auto sentence = misconception.sentence.find(speaks_chinese() ? "zh" : "en");
  return sentence == misconception.sentence.end() ? misconception.sentence.at("en") : sentence->second;
}

}  // namespace

std::vector<std::size_t> nameable(const Misconceptions& known, const std::string& function,
                                  const std::vector<Witness>& witnesses) {
  std::vector<std::size_t> single;
  std::vector<std::size_t> pairs;
  for (std::size_t i = 0; i < known.all().size(); ++i) {
    const Misconception& misconception = known.all()[i];
    if (misconception.function != function || is_contradicted(witnesses, i)) continue;
    if (count(witnesses, i, Testimony::explains) == 0) continue;
    if (misconception.pair.empty()) {
      single.push_back(i);
    } else if (suits_both(known, misconception, witnesses)) {
      pairs.push_back(i);
    }
  }
  if (single.empty()) return pairs;
  std::ranges::stable_sort(single, {}, [&](std::size_t i) {
    return std::tuple(-static_cast<long>(count(witnesses, i, Testimony::explains)),
                      count(witnesses, i, Testimony::abstains));
  });
  return single;
}

bool may_become_nameable(const Misconceptions& known, const std::string& function,
                         const std::vector<Witness>& witnesses) {
  for (std::size_t i = 0; i < known.all().size(); ++i) {
    const Misconception& misconception = known.all()[i];
    if (misconception.function != function || is_contradicted(witnesses, i)) continue;
    if (misconception.pair.empty() || suits_both(known, misconception, witnesses)) return true;
  }
  return false;
}

std::set<std::string> ids_of(const Misconceptions& known, const std::vector<std::size_t>& names) {
  std::set<std::string> ids;
  for (const std::size_t index : names) {
    const Misconception& misconception = known.all()[index];
    if (misconception.pair.empty()) ids.insert(misconception.id);
    ids.insert(misconception.pair.begin(), misconception.pair.end());
  }
  return ids;
}

std::string describe_names(const Misconceptions& known, const std::vector<std::size_t>& names,
                           const std::string& folder) {
  const std::string handout = fmt::format("labs/{}/README{}.md", folder, speaks_chinese() ? ".zh-CN" : "");
  std::string text;
  const auto add = [&](const Misconception& misconception, const std::string& lead) {
    text += say("{}{} Read section {} of {}.\n", lead, sentence_of(misconception), misconception.section,
                handout);
  };
  for (const std::size_t index : names) {
    const Misconception& misconception = known.all()[index];
    const bool first = text.empty();
    if (misconception.pair.empty()) {
      add(misconception, first ? say("What fits all cases: ") : say("Or: "));
    } else {
      text += first ? say("Two mistakes together explain it:\n") : say("Or these two:\n");
      for (const std::string& id : misconception.pair) add(known.at(id), "  ");
    }
  }
  return text;
}

}  // namespace lab

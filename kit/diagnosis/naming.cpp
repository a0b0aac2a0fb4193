#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <set>
#include <tuple>

#include "kit/diagnosis/misconceptions.h"

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

bool predicts_deviation(const Misconception& misconception, const std::string& case_name) {
  return misconception.cases.find(case_name).has_value();
}

bool suits_both(const Misconceptions& known, const Misconception& pair,
                const std::vector<Witness>& witnesses) {
  const Misconception& a = known.at(pair.pair.at(0));
  const Misconception& b = known.at(pair.pair.at(1));
  return std::ranges::all_of(witnesses, [&](const Witness& witness) {
    const bool by_a = predicts_deviation(a, witness.case_name);
    const bool by_b = predicts_deviation(b, witness.case_name);
    switch (witness.end) {
      case CaseEnd::unknown:
        return true;
      case CaseEnd::passed:
        return by_a == by_b;
      default:
        return by_a || by_b;
    }
  });
}

/// The folder of a step's handout.
std::string handout(const std::string& step, const std::string& language) {
  constexpr std::array folders = {"step0_operators", "step1_self_attention", "step2_forward",
                                  "step3_generate"};
  const auto folder =
      std::ranges::find_if(folders, [&](std::string_view name) { return name.starts_with(step); });
  return fmt::format("labs/{}/README{}.md", folder == folders.end() ? step : *folder,
                     language == "zh" ? ".zh-CN" : "");
}

std::string sentence_of(const Misconception& misconception, const std::string& language) {
  const auto sentence = misconception.sentence.find(language);
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

std::string ids_of(const Misconceptions& known, const std::vector<std::size_t>& names) {
  std::set<std::string> ids;
  for (const std::size_t index : names) {
    const Misconception& misconception = known.all()[index];
    if (misconception.pair.empty()) ids.insert(misconception.id);
    ids.insert(misconception.pair.begin(), misconception.pair.end());
  }
  return fmt::format("{}", fmt::join(ids, ","));
}

std::string describe_names(const Misconceptions& known, const std::vector<std::size_t>& names,
                           const std::string& step, const std::string& language) {
  const bool zh = language == "zh";
  std::string text;
  const auto add = [&](const Misconception& misconception, std::string_view lead) {
    const std::string sentence = sentence_of(misconception, language);
    const std::string file = handout(step, language);
    text += zh ? fmt::format("{}{}请读 {} 第 {} 节。\n", lead, sentence, file, misconception.section)
               : fmt::format("{}{} Read section {} of {}.\n", lead, sentence, misconception.section, file);
  };
  for (const std::size_t index : names) {
    const Misconception& misconception = known.all()[index];
    const bool first = text.empty();
    if (misconception.pair.empty()) {
      if (first) {
        add(misconception, zh ? "与所有用例都相符的是：" : "What fits all cases: ");
      } else {
        add(misconception, zh ? "或者：" : "Or: ");
      }
    } else {
      text += zh ? (first ? "两个错误合在一起才说得通：\n" : "或者这两个：\n")
                 : (first ? "Two mistakes together explain it:\n" : "Or these two:\n");
      for (const std::string& id : misconception.pair) add(known.at(id), "  ");
    }
  }
  return text;
}

}  // namespace lab

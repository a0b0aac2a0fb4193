#include "testing/diagnosis/call.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <regex>
#include <set>

#include "kit/tensor_text.h"
#include "testing/diagnosis/phrases.h"
#include "testing/steps.h"

namespace lab {
namespace {

constexpr std::size_t most_entries = 16;  // of a list
constexpr std::size_t most_calls = 3;

std::string literal(const Json& value) {
  if (value.is_number()) return fmt::format("{}", static_cast<float>(value.number()));
  return value.boolean() ? "true" : "false";
}

/// Entries begin … end - 1, without the middle of a long list.
std::string literals(const Json& list, std::size_t begin, std::size_t end) {
  std::vector<std::string> entries;
  for (std::size_t i = begin; i < end; ++i) {
    if (end - begin > most_entries && i - begin == most_entries / 2) {
      entries.emplace_back("…");
      i = end - most_entries / 2;
    }
    entries.push_back(literal(list[i]));
  }
  return fmt::format("{}", fmt::join(entries, ", "));
}

/// $NAME, $NAME[] and $NAME[LENGTHS]: call_text says what stands for them.
const std::regex& placeholder() {
  static const std::regex pattern("\\$([a-z_]+)(\\[([a-z_]*)\\])?");
  return pattern;
}

/// What stands for a placeholder in call number `call`.
std::string value_of(const Case& golden_case, const std::smatch& match, std::size_t call) {
  if (!golden_case.has(match[1])) return "…";
  const Json value = golden_case.arg(match[1]);
  if (!match[2].matched) return value.is_array() ? literals(value, 0, value.size()) : literal(value);
  if (match[3].length() == 0) return literal(value[call]);
  const std::vector<TokenId> lengths = golden_case.ids(match[3]);
  std::size_t begin = 0;
  for (std::size_t i = 0; i < call; ++i) begin += static_cast<std::size_t>(lengths[i]);
  return literals(value, begin, begin + static_cast<std::size_t>(lengths[call]));
}

/// How often a case makes the call of `form`.
std::size_t count_calls(const Case& golden_case, const std::string& form) {
  for (std::sregex_iterator match(form.begin(), form.end(), placeholder()), end; match != end; ++match) {
    const std::string list = (*match)[3].length() > 0 ? (*match)[3] : (*match)[1];
    if ((*match)[2].matched && golden_case.has(list)) return golden_case.arg(list).size();
  }
  return 1;
}

std::string one_call(const Case& golden_case, const std::string& form, std::size_t call) {
  std::string text;
  auto rest = form.begin();
  for (std::sregex_iterator match(form.begin(), form.end(), placeholder()), end; match != end; ++match) {
    text.append(rest, (*match)[0].first);
    text += value_of(golden_case, *match, call);
    rest = (*match)[0].second;
  }
  return text.append(rest, form.end());
}

}  // namespace

std::string call_text(const Case& golden_case) {
  const std::string& form = function_named(golden_case.function()).call;
  const std::size_t calls = count_calls(golden_case, form);
  std::string text;
  for (std::size_t call = 0; call < std::min(calls, most_calls); ++call)
    text += (call == 0 ? "" : "; ") + one_call(golden_case, form, call);
  if (calls > most_calls) text += say("; … {} calls", calls);
  return text;
}

std::vector<std::string> views_in_call(const Case& golden_case) {
  const std::string& form = function_named(golden_case.function()).call;
  std::vector<std::string> names;
  const std::regex name("[$.]?[a-z_]+");
  for (std::sregex_iterator match(form.begin(), form.end(), name), end; match != end; ++match) {
    const std::string found = match->str();
    if (golden_case.has_storage(golden_case.storage_of(found)) &&
        std::ranges::find(names, found) == names.end())
      names.push_back(found);
  }
  return names;
}

std::string call_line(const Case& golden_case) {
  constexpr std::size_t longest = 100;
  std::vector<std::string> shapes;
  for (const std::string& name : views_in_call(golden_case)) {
    const std::string storage = golden_case.storage_of(name);
    const ConstView seen = golden_case.seen(name, golden_case.before(storage));
    std::string shape = fmt::format("{} {}", name, shape_text(seen));
    if (storage != name) shape += say(" in {}'s memory", storage);
    shapes.push_back(std::move(shape));
  }
  const std::string call = call_text(golden_case);
  if (shapes.empty()) return call;
  const std::string comment = fmt::format("// {}", fmt::join(shapes, "; "));
  return fmt::format("{}{}{}", call, call.size() + comment.size() > longest ? "\n" : "  ", comment);
}

std::string list_text(const Json& list) { return literals(list, 0, list.size()); }

}  // namespace lab

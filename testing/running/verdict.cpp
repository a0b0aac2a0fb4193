#include "testing/running/verdict.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>

#include "kit/error.h"

namespace lab {
namespace {

using nlohmann::json;

constexpr std::array end_names = {"passed",  "failed", "not_written", "lost",
                                  "crashed", "hung",   "exited",      "not_run"};

const char* name_of(Verdict::End end) { return end_names.at(static_cast<std::size_t>(end)); }

std::optional<Verdict::End> end_named(const std::string& name) {
  const auto found = std::ranges::find(end_names, name);
  if (found == end_names.end()) return std::nullopt;
  return static_cast<Verdict::End>(found - end_names.begin());
}

/// Bytes of a student's that are no UTF-8 become U+FFFD.
std::string dumped(const json& value) { return value.dump(-1, ' ', false, json::error_handler_t::replace); }

json axes_of(const Verdict& verdict) {
  json axes = json::array();
  for (const NamedAxis& axis : verdict.axes)
    axes.push_back({{"tensor", axis.tensor}, {"axis", axis.dim}, {"rank", axis.rank}});
  return axes;
}

}  // namespace

std::string Verdict::message() const {
  std::string message;
  for (const std::string& line : {purpose, call}) {
    if (!line.empty()) message += line + "\n";
  }
  return message + text;
}

std::string to_json(const Verdict& v) {
  json value{{"name", v.name},        {"function", v.function},
             {"end", name_of(v.end)}, {"purpose", v.purpose},
             {"call", v.call},        {"text", v.text},
             {"kind", v.kind},        {"misconceptions", v.misconceptions},
             {"axes", axes_of(v)},    {"thrown", v.thrown}};
  if (v.stub)
    value["stub"] = {{"function", v.stub->function}, {"file", v.stub->file}, {"section", v.stub->section}};
  return dumped(value) + "\n";
}

std::optional<Verdict> verdict_from(std::string_view text) {
  if (!text.ends_with('\n')) return std::nullopt;
  try {
    const json value = json::parse(text);
    Verdict v;
    value.at("name").get_to(v.name);
    value.at("function").get_to(v.function);
    const std::optional<Verdict::End> end = end_named(value.at("end").get<std::string>());
    if (!end) return std::nullopt;
    v.end = *end;
    value.at("purpose").get_to(v.purpose);
    value.at("call").get_to(v.call);
    value.at("text").get_to(v.text);
    value.at("kind").get_to(v.kind);
    value.at("misconceptions").get_to(v.misconceptions);
    value.at("thrown").get_to(v.thrown);
    for (const json& axis : value.at("axes"))
      v.axes.push_back({axis.at("tensor").get<std::string>(), axis.at("axis").get<std::size_t>(),
                        axis.at("rank").get<std::size_t>()});
    if (const auto stub = value.find("stub"); stub != value.end())
      v.stub = {stub->at("function").get<std::string>(), stub->at("file").get<std::string>(),
                stub->at("section").get<std::string>()};
    return v;
  } catch (const json::exception&) {
    return std::nullopt;
  }
}

std::string list_of_cases(const std::vector<Verdict>& verdicts) {
  json cases = json::array();
  for (const Verdict& v : verdicts) cases.push_back({{"name", v.name}, {"function", v.function}});
  return dumped(cases);
}

void write_report(const std::string& file, const std::string& step, const std::vector<Verdict>& verdicts) {
  json cases = json::array();
  for (const Verdict& v : verdicts)
    cases.push_back({{"name", v.name},
                     {"function", v.function},
                     {"end", name_of(v.end)},
                     {"message", v.passed() ? "" : v.message()},
                     {"misconceptions", v.misconceptions},
                     {"axes", axes_of(v)},
                     {"thrown", v.thrown}});
  const std::string part = file + ".part";
  std::ofstream stream(part, std::ios::binary);
  stream << dumped({{"step", step}, {"cases", cases}}) << "\n";
  stream.close();
  if (!stream || std::rename(part.c_str(), file.c_str()) != 0)
    throw Error("{} can't be written; does its folder exist?", printable(file, 1000));
}

}  // namespace lab

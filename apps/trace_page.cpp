#include "apps/trace_page.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <span>

#include "apps/trace_page_template.h"
#include "apps/trace_table.h"

namespace lab {
namespace {

std::string base64(std::span<const unsigned char> bytes) {
  constexpr char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t taken = std::min<std::size_t>(3, bytes.size() - i);
    unsigned group = 0;
    for (std::size_t j = 0; j < 3; ++j) group = group << 8 | (j < taken ? bytes[i + j] : 0);
    for (std::size_t j = 0; j < 4; ++j) text += j <= taken ? digits[group >> (18 - 6 * j) & 63] : '=';
  }
  return text;
}

std::string elements(ConstView dense) {
  return base64({reinterpret_cast<const unsigned char*>(dense.data()), dense.numel() * sizeof(float)});
}

const char* word(Verdict verdict) {
  switch (verdict) {
    case Verdict::agrees:
      return "agrees";
    case Verdict::wrong:
      return "wrong";
    default:
      return "not recorded";
  }
}

nlohmann::json describe_point(const ComparedPoint& each) {
  const ExpectedPoint& point = *each.point;
  std::vector<std::size_t> shape;
  for (std::size_t i = 0; i < point.expected.rank(); ++i) shape.push_back(point.expected.size(i));
  nlohmann::json result{
      {"name", point.name},
      {"shape", shape},
      {"axes", axes_of(point)},
      {"bound", point.bound},
      {"bound_text", format_bound(point)},
      {"verdict", word(each.verdict)},
      {"error", format_error(each)},
      {"expected", elements(point.expected)},
      {"actual", nullptr},
  };
  if (each.found != nullptr && each.found->shape() == point.expected.shape())
    result["actual"] = elements(*each.found);
  return result;
}

void replace(std::string& text, std::string_view placeholder, const std::string& value) {
  text.replace(text.find(placeholder), placeholder.size(), value);
}

}  // namespace

std::string make_page(const ExpectedTrace& expected, const ComparedTrace& compared) {
  nlohmann::json trace{{"prompt", expected.prompt()},       {"pieces", expected.pieces()},
                       {"tokens", expected.tokens()},       {"summary", summary(compared)},
                       {"ending", compared.ending},         {"unknown", compared.unknown},
                       {"all_agree", compared.all_agree()}, {"first_wrong", nullptr}};
  if (compared.first_wrong) trace["first_wrong"] = *compared.first_wrong;
  for (const ComparedPoint& each : compared.points) trace["points"].push_back(describe_point(each));

  std::string json = trace.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
  // In a script element, "</script>" or "<!--" in a token's text would end the data or swallow the page.
  for (std::size_t at = json.find('<'); at != std::string::npos; at = json.find('<', at))
    json.replace(at, 1, "\\u003c");

  std::string page = trace_page_html;
  replace(page, "/* trace_page.css */", trace_page_css);
  replace(page, "/* trace_page.js */", trace_page_js);
  replace(page, "/* the trace */", json);
  return page;
}

}  // namespace lab

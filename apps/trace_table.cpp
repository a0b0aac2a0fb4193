#include "apps/trace_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <span>

#include "kit/error.h"

namespace lab {
namespace {

constexpr std::string_view dim = "\x1b[2m";
constexpr std::string_view green = "\x1b[32m";
constexpr std::string_view bold_red = "\x1b[1;31m";
constexpr std::string_view plain = "\x1b[0m";

/// Several unknown names are a habit, not a slip; the first ones tell.
std::string list_unknown(const std::vector<std::string>& names) {
  constexpr std::size_t shown = 3;
  std::string text;
  for (const std::string& name : std::span(names).first(std::min(shown, names.size())))
    text += (text.empty() ? "" : ", ") + printable(name);
  if (names.size() > shown) text += fmt::format(" and {} more", names.size() - shown);
  return text;
}

}  // namespace

std::string format_error(const ComparedPoint& point) {
  if (point.found == nullptr) return "";
  if (point.found->shape() != point.point->expected.shape())
    return "shape " + point.found->shape().to_string();
  return std::isinf(point.error) ? "not finite" : fmt::format("{:.2g}", point.error);
}

std::string format_bound(const ExpectedPoint& point) { return fmt::format("{:.2g}", point.bound); }

std::string summary(const ComparedTrace& compared) {
  const std::size_t wrong = compared.count(Verdict::wrong);
  const std::size_t missing = compared.count(Verdict::not_recorded);
  std::string text =
      fmt::format("{} of {} tensors agree", compared.count(Verdict::agrees), compared.points.size());
  if (wrong > 0) text += fmt::format(", {} {}", wrong, wrong == 1 ? "differs" : "differ");
  if (missing > 0) text += fmt::format(", {} not recorded", missing);
  return text;
}

std::string format_table(const ComparedTrace& compared, const Config& config, bool color) {
  const auto paint = [&](std::string_view style, const std::string& text) {
    return color ? fmt::format("{}{}{}", style, text, plain) : text;
  };
  std::size_t width = 0;
  for (const ComparedPoint& each : compared.points)
    width = std::max(width, printable(each.point->name).size());

  std::string text = paint(dim, fmt::format("{:<{}}  {:<15}  {:>10}  {:>8}", "tensor", width, "shape",
                                            "max error", "bound")) +
                     "\n";
  for (std::size_t i = 0; i < compared.points.size(); ++i) {
    const ComparedPoint& each = compared.points[i];
    const bool missing = each.verdict == Verdict::not_recorded;
    const std::string bound = missing ? "" : format_bound(*each.point);
    const std::string line =
        fmt::format("{:<{}}  {:<15}  {:>10}  {:>8}  ", printable(each.point->name), width,
                    each.point->expected.shape().to_string(), format_error(each), bound);
    if (i == compared.first_wrong) {
      text += paint(bold_red, line + "✗ FIRST DIFFERENCE");
    } else if (missing) {
      text += paint(dim, line + "· not recorded");
    } else if (compared.first_wrong && i > *compared.first_wrong) {
      text += paint(dim, line + (each.verdict == Verdict::agrees ? "✓" : "✗"));
    } else {
      text += line + paint(green, "✓");
    }
    text += "\n";
  }

  text += "\n";
  if (compared.first_wrong) {
    const std::string& first = compared.points[*compared.first_wrong].point->name;
    text += paint(bold_red, "first difference: " + printable(first)) + "\n" +
            describe_first_wrong(compared, config);
    text += "\n";
  }
  if (!compared.unknown.empty())
    text += fmt::format("recorded, but transformers has no such point: {}\n", list_unknown(compared.unknown));
  text += paint(compared.all_agree() ? green : bold_red, summary(compared)) + "\n";
  if (!compared.ending.empty()) text += paint(bold_red, printable(compared.ending, 500)) + "\n";
  return text;
}

}  // namespace lab

#include "testing/diagnosis/pattern_values.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <map>

#include "testing/diagnosis/phrases.h"
#include "testing/golden/deviation.h"

namespace lab {
namespace {

// One number that is fitted to fewer elements than this proves nothing.
constexpr std::size_t least_evidence = 3;
constexpr double epsilon = std::numeric_limits<float>::epsilon();

bool same_bits(float a, float b) { return std::memcmp(&a, &b, sizeof a) == 0; }

bool are_finite(const std::vector<float>& values, const std::vector<std::size_t>& at) {
  return std::ranges::all_of(at, [&](std::size_t i) { return std::isfinite(values[i]); });
}

bool vary(const std::vector<float>& values, const std::vector<std::size_t>& at) {
  return std::ranges::any_of(at, [&](std::size_t i) { return values[i] != values[at.front()]; });
}

/// Errors of a few bounds could be rounding of another kind, which any one number fits.
bool are_clear(const Comparison& c) {
  return std::ranges::any_of(
      c.wrong, [&](std::size_t i) { return deviation(c.expected[i], c.found[i]) > 20 * c.bound; });
}

/// Whether there is enough to fit one number to.
bool can_be_fitted(const Comparison& c) {
  return c.wrong.size() >= least_evidence && are_finite(c.found, c.wrong) &&
         are_finite(c.expected, c.wrong) && are_clear(c);
}

/// Whether `predict` gives every wrong element, up to rounding of both sides; `scale` is how much it enlarges
/// errors.
template <typename Predict>
bool holds(const Comparison& c, double scale, const Predict& predict) {
  return std::ranges::all_of(c.wrong, [&](std::size_t i) {
    const double predicted = predict(i);
    const double rounding = 4 * epsilon * (std::abs(predicted) + std::abs(c.expected[i]));
    return std::abs(c.found[i] - predicted) <= 2 * c.bound * (1 + std::abs(scale)) + rounding;
  });
}

struct Quantity {
  std::string name;
  double value;
};

/// Numbers out of which a student may make a wrong factor, in the contract's words.
std::vector<Quantity> quantities(const Comparison& c) {
  std::vector<Quantity> result;
  const Case& golden_case = c.golden_case;
  if (golden_case.has_storage(golden_case.storage_of("q"))) {
    const Shape q = golden_case.seen("q", golden_case.before(golden_case.storage_of("q"))).shape();
    const Shape k = golden_case.seen("k", golden_case.before(golden_case.storage_of("k"))).shape();
    result.push_back({"head_dim", static_cast<double>(q[2])});
    result.push_back({"n_groups", static_cast<double>(q[1]) / static_cast<double>(k[1])});
    result.push_back({"n_heads", static_cast<double>(q[1])});
  } else if (c.storage.find("self_attn") != std::string::npos ||
             golden_case.function() == "attention_block") {
    const Config& config = golden_case.model().config;
    result.push_back({"head_dim", static_cast<double>(config.head_dim)});
    result.push_back(
        {"n_groups", static_cast<double>(config.n_heads) / static_cast<double>(config.n_kv_heads)});
  }
  for (const char* name : {"alpha", "beta", "eps", "theta", "temperature"}) {
    if (golden_case.has(name)) result.push_back({name, golden_case.number(name)});
  }
  if (c.axes.back() == "column" || c.axes.back() == "element")
    result.push_back({say("the width of a row"), static_cast<double>(c.shape[c.shape.rank() - 1])});
  return result;
}

/// "that is √head_dim" or ""; several names if several fit.
std::string name_factor(const Comparison& c, double factor) {
  std::vector<std::string> names;
  for (const Quantity& quantity : quantities(c)) {
    if (quantity.value == 0 || std::abs(quantity.value) == 1) continue;
    const std::pair<double, std::string> forms[] = {
        {quantity.value, quantity.name},
        {1 / quantity.value, "1 / " + quantity.name},
        {std::sqrt(quantity.value), "√" + quantity.name},
        {1 / std::sqrt(quantity.value), "1 / √" + quantity.name},
    };
    for (const auto& [value, name] : forms) {
      if (std::abs(factor / value - 1) < 1e-4) names.push_back(name);
    }
  }
  return names.empty() ? "" : say(", which is {} here", fmt::format("{}", fmt::join(names, say(" or "))));
}

/// A number out of which an expected value could be computed.
std::string telling(double number, int digits) {
  return values_are_shown() ? fmt::format("{:.{}g}", number, digits) : say("some number (not shown)");
}

/// The factor that fits best, by least squares.
struct Fit {
  double products = 0;
  double squares = 0;
  std::size_t count = 0;

  void add(double expected, double found) {
    products += expected * found;
    squares += expected * expected;
    ++count;
  }
  double factor() const { return squares == 0 ? 0 : products / squares; }
};

enum class Each : unsigned char { row, column };

std::optional<Finding> factor_of_each(const Comparison& c, Each each) {
  if (!can_be_fitted(c) || c.shape.rank() < 2) return std::nullopt;
  const std::size_t width = c.shape[c.shape.rank() - 1];
  const auto slice_of = [&](std::size_t position) {
    return each == Each::row ? position / width : position % width;
  };
  std::map<std::size_t, Fit> fits;
  for (const std::size_t i : c.wrong) fits[slice_of(i)].add(c.expected[i], c.found[i]);
  // A factor that is fitted to one element proves nothing, nor do two that hold for two elements each.
  if (fits.size() < 2 || c.wrong.size() < 2 * fits.size() + 2) return std::nullopt;
  if (!std::ranges::all_of(fits, [](const auto& fit) { return fit.second.count >= 2; })) return std::nullopt;
  double largest = 0;
  for (const auto& [slice, fit] : fits) largest = std::max(largest, std::abs(fit.factor()));
  // Also the elements that are right: a row that has some of either kind has no factor.
  for (std::size_t i = 0; i < c.expected.size(); ++i) {
    const auto fit = fits.find(slice_of(i));
    if (fit == fits.end()) continue;
    const double predicted = fit->second.factor() * c.expected[i];
    const double rounding = 4 * epsilon * (std::abs(predicted) + std::abs(c.expected[i]));
    if (!(std::abs(c.found[i] - predicted) <= 2 * c.bound * (1 + largest) + rounding)) return std::nullopt;
  }
  std::vector<std::string> shown;
  for (const auto& [slice, fit] : fits) {
    if (shown.size() == 3) {
      shown.emplace_back("…");
      break;
    }
    const std::string place =
        each == Each::row ? c.place_of_row(slice * width) : fmt::format("{} {}", word(c.axes.back()), slice);
    shown.push_back(say("{}: {}", place, telling(fit.factor(), 6)));
  }
  const std::string list = fmt::format("{}", fmt::join(shown, say(", ")));
  const std::size_t rank = c.shape.rank();
  if (each == Each::column)
    return Finding(say("Each column is right but for a factor of its own ({}): look at what has one value "
                       "for each column.",
                       list),
                   {rank - 1});
  return Finding(say("Each row is right but for a factor of its own ({}): look at what a row is divided "
                     "by or multiplied with.",
                     list),
                 rank == 2 ? std::vector<std::size_t>{0} : std::vector<std::size_t>{});
}

}  // namespace

std::optional<Finding> untouched(const Comparison& c) {
  const auto kept = [&](std::size_t i) { return same_bits(c.found[i], c.before[i]); };
  if (c.before.empty() || c.wrong.empty() || !std::ranges::all_of(c.wrong, kept)) return std::nullopt;
  bool everywhere = true;
  for (std::size_t i = 0; i < c.found.size(); ++i) everywhere = everywhere && kept(i);
  if (everywhere)
    return say("Nothing was written: {} still holds what stood there before the call.", c.storage);
  return say("Not written: wherever {} is wrong, it still holds what stood there before the call.",
             c.storage);
}

std::optional<Finding> not_finite(const Comparison& c) {
  std::vector<std::size_t> bad;
  for (const std::size_t i : c.wrong) {
    if (!std::isfinite(c.found[i]) && std::isfinite(c.expected[i])) bad.push_back(i);
  }
  if (bad.empty()) return std::nullopt;
  const std::size_t first = bad.front();
  const std::string what = std::isnan(c.found[first]) ? "NaN" : say("Infinity");
  std::string text = say("{} stands where a number should, first at {} (elements of this kind: {}).", what,
                         c.place(first), bad.size());
  const auto was_bad = [&](std::size_t i) { return !std::isfinite(c.before[i]); };
  if (!c.before.empty() && std::ranges::all_of(bad, was_bad))
    text += say(" The same places held NaN or infinity before the call: was the old value read?");
  return text;
}

std::optional<Finding> old_values_left(const Comparison& c) {
  if (c.before.empty() || !can_be_fitted(c) || !are_finite(c.before, c.wrong) || !vary(c.before, c.wrong))
    return std::nullopt;
  double products = 0;
  double squares = 0;
  for (const std::size_t i : c.wrong) {
    products += static_cast<double>(c.before[i]) * (static_cast<double>(c.found[i]) - c.expected[i]);
    squares += static_cast<double>(c.before[i]) * c.before[i];
  }
  const double beta = products / squares;
  if (!holds(c, beta, [&](std::size_t i) { return c.expected[i] + beta * c.before[i]; })) return std::nullopt;
  if (std::abs(beta - 1) < 1e-3)
    return say("Every wrong element is what is expected plus what stood there before the call.");
  if (std::abs(beta + 1) < 1e-3)
    return say(
        "Every wrong element is what is expected less what stood there before the call: that is missing.");
  return say("Every wrong element is what is expected plus {} times what stood there before the call.",
             telling(beta, 6));
}

std::optional<Finding> constant_factor(const Comparison& c) {
  if (!c.wrong.empty() && std::ranges::all_of(c.wrong, [&](std::size_t i) { return c.found[i] == 0; }))
    return say("Every wrong element is 0.");
  if (!can_be_fitted(c) || !vary(c.expected, c.wrong)) return std::nullopt;
  Fit fit;
  for (const std::size_t i : c.wrong) fit.add(c.expected[i], c.found[i]);
  const double factor = fit.factor();
  if (factor == 0 || !holds(c, factor, [&](std::size_t i) { return factor * c.expected[i]; }))
    return std::nullopt;
  if (std::abs(factor + 1) < 1e-4)
    return say("Every wrong element has the wrong sign and is right otherwise.");
  return say("Every wrong element is {} times what is expected{}.", telling(factor, 6),
             name_factor(c, factor));
}

std::optional<Finding> factor_of_rows(const Comparison& c) { return factor_of_each(c, Each::row); }

std::optional<Finding> factor_of_columns(const Comparison& c) { return factor_of_each(c, Each::column); }

std::optional<Finding> coarse(const Comparison& c) {
  const auto is_coarse = [](float value) { return (std::bit_cast<std::uint32_t>(value) & 0xffffU) == 0; };
  const auto is_coarse_in = [&](const std::vector<float>& values) {
    return std::ranges::all_of(c.wrong, [&](std::size_t i) { return is_coarse(values[i]); });
  };
  // Zeros and whole numbers are coarse, too, so most must be what rounding to eight significant bits makes;
  // some are farther off, computed from others that were rounded.
  const auto is_near = [&](std::size_t i) {
    return deviation(c.expected[i], c.found[i]) <= std::abs(c.expected[i]) / 128;
  };
  const auto near = static_cast<std::size_t>(std::ranges::count_if(c.wrong, is_near));
  if (c.wrong.size() < least_evidence || 2 * near < c.wrong.size() || !is_coarse_in(c.found) ||
      is_coarse_in(c.expected))
    return std::nullopt;
  return say(
      "Every wrong element has no more digits than bfloat16 keeps: was something held in half precision?");
}

std::optional<Finding> scores_scaled(const Comparison& c) {
  if (c.axes.size() != 3 || c.axes.back() != "key" || !can_be_fitted(c)) return std::nullopt;
  // Softmax of k times the scores is each weight to the power of k, made to sum to 1 again.
  const std::size_t width = c.shape[2];
  constexpr float least_weight = 1e-3f;  // below, a logarithm says little
  double products = 0;
  double squares = 0;
  for (std::size_t row = 0; row < c.expected.size(); row += width) {
    const auto begin = c.expected.begin() + static_cast<std::ptrdiff_t>(row);
    const std::size_t top = row + static_cast<std::size_t>(std::max_element(begin, begin + width) - begin);
    for (std::size_t i = row; i < row + width; ++i) {
      if (c.expected[i] < least_weight || c.found[i] < least_weight || c.found[top] < least_weight) continue;
      const double right = std::log(static_cast<double>(c.expected[i]) / c.expected[top]);
      products += right * std::log(static_cast<double>(c.found[i]) / c.found[top]);
      squares += right * right;
    }
  }
  if (squares == 0) return std::nullopt;
  const double factor = products / squares;
  std::vector<double> predicted(c.expected.size());
  for (std::size_t row = 0; row < predicted.size(); row += width) {
    double sum = 0;
    for (std::size_t i = row; i < row + width; ++i)
      sum += predicted[i] = c.expected[i] == 0 ? 0 : std::pow(static_cast<double>(c.expected[i]), factor);
    for (std::size_t i = row; i < row + width; ++i) predicted[i] /= sum;
  }
  if (std::abs(factor) < 0.01 || std::abs(factor - 1) < 0.01 ||
      !holds(c, 10 * factor, [&](std::size_t i) { return predicted[i]; }))
    return std::nullopt;
  return say("The weights are those of scores that are {} times what they should be{}.", telling(factor, 4),
             name_factor(c, factor));
}

std::optional<Finding> constant_offset(const Comparison& c) {
  if (!can_be_fitted(c)) return std::nullopt;
  double sum = 0;
  for (const std::size_t i : c.wrong) sum += static_cast<double>(c.found[i]) - c.expected[i];
  const double offset = sum / static_cast<double>(c.wrong.size());
  if (!holds(c, 0, [&](std::size_t i) { return c.expected[i] + offset; })) return std::nullopt;
  const std::string amount = telling(std::abs(offset), 6);
  return offset > 0 ? say("Every wrong element is too large by the same amount, {}.", amount)
                    : say("Every wrong element is too small by the same amount, {}.", amount);
}

}  // namespace lab

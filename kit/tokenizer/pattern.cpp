#define PCRE2_CODE_UNIT_WIDTH 8
#include "kit/tokenizer/pattern.h"

#include <fmt/format.h>
#include <pcre2.h>

#include <algorithm>
#include <array>
#include <bitset>
#include <map>
#include <new>
#include <optional>
#include <utility>

#include "kit/error.h"
#include "kit/tokenizer/dialect.h"
#include "kit/utf8.h"

namespace lab {
namespace {

template <auto free>
struct Free {
  template <typename T>
  void operator()(T* pointer) const {
    free(pointer);
  }
};
using Code = std::unique_ptr<pcre2_code, Free<pcre2_code_free>>;
using MatchData = std::unique_ptr<pcre2_match_data, Free<pcre2_match_data_free>>;
using MatchContext = std::unique_ptr<pcre2_match_context, Free<pcre2_match_context_free>>;

std::string message_of(int code) {
  std::array<PCRE2_UCHAR, 256> text{};
  pcre2_get_error_message(code, text.data(), text.size());
  return reinterpret_cast<const char*>(text.data());
}

/// The classes of characters that are alike to a pattern: runs of code points, and the byte that stands for
/// each.
struct Alphabet {
  static constexpr std::size_t max_sets = 256;
  std::vector<char32_t> starts;
  std::vector<unsigned char> symbols;     ///< of the run that starts at starts[i]
  std::vector<std::string> set_as_class;  ///< by set: [\x03\x07]
  std::array<unsigned char, 0x80> ascii;

  explicit Alphabet(const std::vector<CharacterSet>& sets);
  unsigned char symbol_of(char32_t code_point) const {
    if (code_point < ascii.size()) return ascii[code_point];
    const auto after = std::upper_bound(starts.begin(), starts.end(), code_point);
    return symbols[static_cast<std::size_t>(after - starts.begin()) - 1];
  }
};

/// Ascending code points between which no set begins or ends.
std::vector<char32_t> boundaries(const std::vector<CharacterSet>& sets) {
  std::vector<char32_t> all;
  const auto add = [&](char32_t first, char32_t last) { all.insert(all.end(), {first, last + 1}); };
  for (std::uint32_t run : category_runs()) all.push_back(run >> 4);
  for (const CodePoints& range : space_ranges()) add(range.first, range.last);
  for (const CodePoints& range : alphabetic_symbol_ranges()) add(range.first, range.last);
  for (const CharacterSet& set : sets) {
    for (const CharacterSet::Item& item : set.items) add(item.first, item.last);
  }
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

Alphabet::Alphabet(const std::vector<CharacterSet>& sets) {
  if (sets.size() > max_sets)
    throw Error("a pattern of more than {} sets of characters is not supported", max_sets);
  // std::bitset has no order; its text has.
  std::map<std::string, unsigned char> symbol_of_membership;
  std::vector<std::string> members(sets.size());
  for (char32_t start : boundaries(sets)) {
    std::bitset<max_sets> membership;
    for (std::size_t i = 0; i < sets.size(); ++i) membership[i] = sets[i].contains(start);
    const auto [entry, is_new] = symbol_of_membership.emplace(
        membership.to_string(), static_cast<unsigned char>(symbol_of_membership.size()));
    if (is_new) {
      if (symbol_of_membership.size() > 256)
        throw Error("a pattern of so many sets of characters is not supported");
      for (std::size_t i = 0; i < sets.size(); ++i) {
        if (membership[i]) members[i] += fmt::format("\\x{:02x}", entry->second);
      }
    }
    if (!symbols.empty() && symbols.back() == entry->second) continue;
    starts.push_back(start);
    symbols.push_back(entry->second);
  }
  // PCRE2 has no empty class.
  for (const std::string& bytes : members) set_as_class.push_back(bytes.empty() ? "(?!)" : "[" + bytes + "]");
  for (char32_t c = 0; c < ascii.size(); ++c) {
    const auto after = std::upper_bound(starts.begin(), starts.end(), c);
    ascii[c] = symbols[static_cast<std::size_t>(after - starts.begin()) - 1];
  }
}

}  // namespace

struct Pattern::Compiled {
  Alphabet alphabet;
  Code code;

  explicit Compiled(const ParsedPattern& parsed);
  std::string symbols_of(std::string_view text) const;
  bool search(std::string_view symbols, std::size_t start, pcre2_match_data* data,
              pcre2_match_context* limits) const;
};

Pattern::Compiled::Compiled(const ParsedPattern& parsed) : alphabet(parsed.sets) {
  std::string spelled;
  for (const ParsedPattern::Part& part : parsed.parts) {
    spelled += part.set == ParsedPattern::no_set ? part.syntax : alphabet.set_as_class[part.set];
  }
  int error = 0;
  PCRE2_SIZE at = 0;
  // A tokenizer's pattern matches nearly everywhere, so that looking for where a match may start wins
  // nothing; and PCRE2 10.42's JIT overlooks some places: (?>.+?)(?!b) should match "a" in "ab a".
  code.reset(pcre2_compile(reinterpret_cast<PCRE2_SPTR>(spelled.data()), spelled.size(),
                           PCRE2_NO_START_OPTIMIZE, &error, &at, nullptr));
  if (!code) throw Error("expected a regular expression, found a mistake in it: {}", message_of(error));
  pcre2_jit_compile(code.get(), PCRE2_JIT_COMPLETE);  // without it, matching is slower and the same
}

std::string Pattern::Compiled::symbols_of(std::string_view text) const {
  std::string symbols;
  symbols.reserve(text.size());
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    symbols += static_cast<char>(alphabet.symbol_of(utf8_code_point(text)));
    text.remove_prefix(length);
  }
  return symbols;
}

bool Pattern::Compiled::search(std::string_view symbols, std::size_t start, pcre2_match_data* data,
                               pcre2_match_context* limits) const {
  const auto match = [&](std::uint32_t options) {
    return pcre2_match(code.get(), reinterpret_cast<PCRE2_SPTR>(symbols.data()), symbols.size(), start,
                       options, data, limits);
  };
  int result = match(0);
  // The interpreter keeps its backtracking points on the heap, where long texts have room.
  if (result == PCRE2_ERROR_JIT_STACKLIMIT) result = match(PCRE2_NO_JIT);
  if (result == PCRE2_ERROR_NOMATCH) return false;
  if (result < 0) {
    throw Error("a pattern of the tokenizer gave up on {} characters of text: {}", symbols.size(),
                message_of(result));
  }
  return true;
}

Pattern::Pattern() = default;
Pattern::Pattern(Pattern&&) noexcept = default;
Pattern& Pattern::operator=(Pattern&&) noexcept = default;
Pattern::~Pattern() = default;

Pattern Pattern::literal(std::string text) {
  Pattern pattern;
  pattern.literal_ = std::move(text);
  return pattern;
}

Pattern Pattern::regex(std::string_view expression) {
  Pattern pattern;
  pattern.compiled_ = std::make_unique<Compiled>(parse_pattern(expression));
  return pattern;
}

bool Pattern::can_match_nothing() const {
  if (!compiled_) return literal_.empty();
  std::uint32_t answer = 0;
  pcre2_pattern_info(compiled_->code.get(), PCRE2_INFO_MATCHEMPTY, &answer);
  return answer != 0;
}

namespace {

/// Collects matches in order, and what lies between them.
struct SpanList {
  std::vector<Span> spans;
  std::size_t covered = 0;

  void add_match(std::size_t begin, std::size_t end) {
    if (begin != covered) spans.push_back({covered, begin, false});
    spans.push_back({begin, end, true});
    covered = end;
  }
  std::vector<Span> finish(std::size_t size) && {
    if (covered != size) spans.push_back({covered, size, false});
    return std::move(spans);
  }
};

std::vector<Span> find_literal(std::string_view text, std::string_view wanted) {
  SpanList list;
  for (std::size_t at = text.find(wanted); at != text.npos; at = text.find(wanted, at + wanted.size())) {
    list.add_match(at, at + wanted.size());
  }
  return std::move(list).finish(text.size());
}

}  // namespace

std::vector<Span> Pattern::find_all(std::string_view text) const {
  if (text.empty()) return {};
  if (!compiled_) return find_literal(text, literal_);

  const std::string symbols = compiled_->symbols_of(text);
  const MatchData data(pcre2_match_data_create(1, nullptr));
  const MatchContext limits(pcre2_match_context_create(nullptr));
  if (!data || !limits) throw std::bad_alloc();
  // Linear in the text, so that no length is too long for a pattern that behaves.
  const std::size_t steps = std::min<std::size_t>(10'000'000 + 20 * symbols.size(), UINT32_MAX);
  pcre2_set_match_limit(limits.get(), static_cast<std::uint32_t>(steps));
  pcre2_set_depth_limit(limits.get(), static_cast<std::uint32_t>(steps));
  pcre2_set_heap_limit(limits.get(), 256 * 1024);  // KiB

  SpanList list;
  // Matches count symbols; `bytes` is the byte that the symbol number `counted` stands for.
  std::size_t counted = 0;
  std::size_t bytes = 0;
  const auto byte_of = [&](std::size_t symbol) {
    for (; counted < symbol; ++counted) bytes += utf8_length(text.substr(bytes, 4));
    return bytes;
  };
  std::size_t start = 0;
  std::optional<std::size_t> last_end;
  while (start <= symbols.size() && compiled_->search(symbols, start, data.get(), limits.get())) {
    const PCRE2_SIZE* match = pcre2_get_ovector_pointer(data.get());
    const std::size_t begin = match[0];
    const std::size_t end = match[1];
    if (begin == end && last_end == end) {  // no empty match right after a match
      ++start;
      continue;
    }
    const std::size_t begin_byte = byte_of(begin);
    list.add_match(begin_byte, byte_of(end));
    start = end;
    last_end = end;
  }
  return std::move(list).finish(text.size());
}

}  // namespace lab

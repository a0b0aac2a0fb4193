#include "kit/tokenizer/dialect.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "kit/error.h"
#include "kit/utf8.h"

namespace lab {
namespace {

using Item = CharacterSet::Item;
using Kind = CharacterSet::Kind;

constexpr CategorySet all_of(std::initializer_list<Category> categories) {
  CategorySet set = 0;
  for (Category category : categories) set |= set_of(category);
  return set;
}

constexpr std::pair<std::string_view, CategorySet> properties[] = {
    {"L", all_of({Category::Lu, Category::Ll, Category::Lt, Category::Lm, Category::Lo})},
    {"Lu", set_of(Category::Lu)},
    {"Ll", set_of(Category::Ll)},
    {"Lt", set_of(Category::Lt)},
    {"Lm", set_of(Category::Lm)},
    {"Lo", set_of(Category::Lo)},
    {"M", set_of(Category::M)},
    {"N", all_of({Category::Nd, Category::Nl, Category::No})},
    {"Nd", set_of(Category::Nd)},
    {"Nl", set_of(Category::Nl)},
    {"No", set_of(Category::No)},
    {"P", all_of({Category::P, Category::Pc})},
    {"Pc", set_of(Category::Pc)},
    {"S", set_of(Category::S)},
    {"Z", set_of(Category::Z)},
};

class Parser {
 public:
  explicit Parser(std::string_view expression) : text_(expression) {}

  ParsedPattern parse() {
    if (take("(?i)")) ignore_case_.back() = true;  // elsewhere its reach differs between the dialects
    while (!at_end()) parse_one();
    if (ignore_case_.size() > 1) refuse("a closing parenthesis");
    return std::move(result_);
  }

 private:
  bool at_end() const { return position_ == text_.size(); }
  char peek() const { return at_end() ? '\0' : text_[position_]; }
  bool take(std::string_view expected) {
    if (!text_.substr(position_).starts_with(expected)) return false;
    position_ += expected.size();
    return true;
  }
  char32_t take_character() {
    const std::string_view rest = text_.substr(position_);
    const std::size_t length = utf8_length(rest);
    if (length == 0) refuse("well-formed UTF-8");
    position_ += length;
    return utf8_code_point(rest);
  }
  [[noreturn]] void refuse(std::string_view expected) const {
    throw Error("expected {} at byte {} of the pattern, found '{}'", expected, position_,
                printable(text_.substr(position_), 20));
  }
  bool ignores_case() const { return ignore_case_.back(); }

  void emit(std::string_view syntax) {
    result_.parts.push_back({std::string(syntax), ParsedPattern::no_set});
  }
  void emit(const CharacterSet& set) {
    const auto found = std::find(result_.sets.begin(), result_.sets.end(), set);
    result_.parts.push_back({"", static_cast<std::size_t>(found - result_.sets.begin())});
    if (found == result_.sets.end()) result_.sets.push_back(set);
  }

  void parse_one() {
    const char32_t previous = std::exchange(previous_letter_, 0);
    switch (peek()) {
      case '(':
        return open_group();
      case ')':
        if (ignore_case_.size() == 1) refuse("no closing parenthesis without an opening one");
        ignore_case_.pop_back();
        ++position_;
        return emit(")");
      case '|':
        ++position_;
        return emit("|");
      case '*':
      case '+':
      case '?':
        return parse_repetition();
      case '{':
        return parse_count();
      case '.':
        ++position_;
        return emit(newline(true));
      case '^':  // Oniguruma's ^ and $ belong to lines
        ++position_;
        emit("(?:\\A|(?<=");
        emit(newline(false));
        return emit(")(?!\\z))");
      case '$':
        ++position_;
        emit("(?:\\z|(?=");
        emit(newline(false));
        return emit("))");
      case '[':
        return emit(parse_class());
      case '\\':
        if (take("\\A")) return emit("\\A");
        if (take("\\z")) return emit("\\z");
        if (const auto item = parse_shorthand()) return emit(outside_of_class(*item));
        return emit_literal(parse_escape(), previous);
      default:
        return emit_literal(take_character(), previous);
    }
  }

  /// Oniguruma takes Latin-1's superscripts and fractions for words, though not within brackets.
  static CharacterSet outside_of_class(Item item) {
    CharacterSet set;
    set.negated = std::exchange(item.negated, false);
    set.items.push_back(item);
    if (item.kind != Kind::word) return set;
    for (const auto& [first, last] : {CodePoints{0xb2, 0xb3}, {0xb9, 0xb9}, {0xbc, 0xbe}})
      set.items.push_back({Kind::range, false, first, last, 0});
    return set;
  }

  static CharacterSet newline(bool negated) { return {{Item{Kind::range, false, '\n', '\n', 0}}, negated}; }

  void open_group() {
    for (std::string_view group : {"(?:", "(?=", "(?!", "(?>", "(?<=", "(?<!"}) {
      if (!take(group)) continue;
      ignore_case_.push_back(ignores_case());
      return emit(group);
    }
    if (take("(?i:")) {
      ignore_case_.push_back(true);
      return emit("(?:");
    }
    if (text_.substr(position_).starts_with("(?") || text_.substr(position_).starts_with("(*")) {
      refuse("one of the groups ( (?: (?i: (?= (?! (?> (?<= (?<!");
    }
    ++position_;
    ignore_case_.push_back(ignores_case());
    emit("(?:");  // what a group captures is never asked for
  }

  void parse_repetition() {
    std::string syntax(1, text_[position_++]);
    if (peek() == '?' || peek() == '+') syntax += text_[position_++];
    emit(syntax);
  }

  /// {2}, {2,} or {2,3}, which a ? or + after it would make mean something else in each dialect. So does a
  /// group before it that matches nothing: PCRE2 goes on with the next round, Oniguruma leaves.
  void parse_count() {
    if (!result_.parts.empty() && result_.parts.back().syntax.ends_with(')'))
      refuse("no count after a group");
    const std::size_t close = text_.find('}', position_);
    const std::string_view braces =
        close == text_.npos ? std::string_view() : text_.substr(position_, close + 1 - position_);
    const std::size_t comma = braces.find(',');
    const bool digits_only =
        braces.size() > 2 && braces.size() < 9 && braces[1] != ',' &&
        braces.substr(1, braces.size() - 2).find_first_not_of("0123456789,") == braces.npos &&
        (comma == braces.npos || braces.find(',', comma + 1) == braces.npos);
    if (!digits_only) refuse("a count such as {2,3}, or \\{ for a brace");
    position_ = close + 1;
    if (peek() == '?' || peek() == '+') refuse("no ? or + after a count");
    emit(braces);
  }

  /// \s, \d, \w, \p{..} and their opposites; nothing for other escapes.
  std::optional<Item> parse_shorthand() {
    const char letter = position_ + 1 < text_.size() ? text_[position_ + 1] : '\0';
    Item item;
    item.negated = letter >= 'A' && letter <= 'Z';
    switch (letter) {
      case 's':
      case 'S':
        item.kind = Kind::space;
        break;
      case 'w':
      case 'W':
        item.kind = Kind::word;
        break;
      case 'd':
      case 'D':
        item.kind = Kind::categories;
        item.categories = set_of(Category::Nd);
        break;
      case 'p':
      case 'P':
        item = parse_property(item.negated);
        break;
      default:
        return std::nullopt;
    }
    if (ignores_case()) refuse("no classes of characters where case is ignored");
    if (letter != 'p' && letter != 'P') position_ += 2;
    return item;
  }

  Item parse_property(bool negated) {
    const std::string_view rest = text_.substr(position_ + 2);
    const bool braces = rest.starts_with("{");
    const std::size_t length = braces ? rest.find('}') : 1;
    std::string_view name = length == rest.npos ? "" : rest.substr(braces ? 1 : 0, braces ? length - 1 : 1);
    if (name.starts_with("^")) {
      negated = !negated;
      name.remove_prefix(1);
    }
    for (const auto& [known, categories] : properties) {
      if (name != known) continue;
      position_ += 2 + length + (braces ? 1 : 0);
      return Item{Kind::categories, negated, 0, 0, categories};
    }
    refuse("one of the properties L Lu Ll Lt Lm Lo M N Nd Nl No P Pc S Z");
  }

  char32_t parse_escape() {
    constexpr std::pair<char, char32_t> controls[] = {{'t', '\t'}, {'n', '\n'}, {'r', '\r'}, {'v', '\v'},
                                                      {'f', '\f'}, {'a', '\a'}, {'e', 0x1b}};
    if (take("\\x{")) return parse_hexadecimal(1, 8, "}");
    if (take("\\u")) return parse_hexadecimal(4, 4, "");
    if (take("\\x")) {
      const char32_t byte = parse_hexadecimal(2, 2, "");
      if (byte >= 0x80) refuse("\\x{..} for what isn't ASCII");
      return byte;
    }
    const char escaped = position_ + 1 < text_.size() ? text_[position_ + 1] : '\0';
    for (const auto& [letter, code_point] : controls) {
      if (escaped != letter) continue;
      position_ += 2;
      return code_point;
    }
    const bool punctuation = escaped >= 0x20 && escaped < 0x7f && !(escaped >= '0' && escaped <= '9') &&
                             !((escaped | 0x20) >= 'a' && (escaped | 0x20) <= 'z');
    if (!punctuation)
      refuse("an escape of the kinds \\s \\d \\w \\p{L} \\r \\n \\t \\x{..} \\A \\z or of punctuation");
    position_ += 2;
    return static_cast<char32_t>(escaped);
  }

  char32_t parse_hexadecimal(std::size_t least, std::size_t most, std::string_view close) {
    constexpr std::string_view digits = "0123456789abcdef";
    char32_t value = 0;
    std::size_t count = 0;
    for (; count < most; ++count, ++position_) {
      const std::size_t digit =
          digits.find(static_cast<char>(peek() >= 'A' && peek() <= 'F' ? peek() + 32 : peek()));
      if (at_end() || digit == digits.npos) break;
      value = value << 4 | static_cast<char32_t>(digit);
    }
    const bool surrogate = value >= 0xd800 && value < 0xe000;
    if (count < least || value > 0x10ffff || surrogate || !take(close))
      refuse("hexadecimal digits of a character");
    return value;
  }

  CharacterSet parse_class() {
    ++position_;
    CharacterSet set;
    set.negated = take("^");
    if (peek() == ']') refuse("a character, or \\] for a bracket");
    while (!take("]")) {
      if (at_end()) refuse("a closing bracket");
      if (peek() == '[' || text_.substr(position_).starts_with("&&")) refuse("no class within a class");
      if (peek() == '\\') {
        if (const auto item = parse_shorthand()) {
          set.items.push_back(*item);
          if (peek() == '-' && !text_.substr(position_).starts_with("-]")) refuse("no range from a class");
          continue;
        }
      }
      const char32_t first = peek() == '\\' ? parse_escape() : take_character();
      char32_t last = first;
      if (peek() == '-' && !text_.substr(position_).starts_with("-]")) {
        ++position_;
        if (at_end() || peek() == '[') refuse("the end of a range");
        last = peek() == '\\' ? parse_escape() : take_character();
        if (last < first) refuse("a range that doesn't end before its beginning");
      }
      add_range(set, first, last);
    }
    return set;
  }

  void emit_literal(char32_t code_point, char32_t previous) {
    CharacterSet set;
    add_range(set, code_point, code_point);
    emit(set);
    if (!ignores_case()) return;
    previous_letter_ = code_point < 0x80 ? code_point | 0x20 : code_point;
    // Some pairs of letters are also one character, ß or ﬁ, which Oniguruma would match.
    for (std::string_view pair : {"ss", "st", "ff", "fi", "fl"}) {
      if (previous == static_cast<char32_t>(pair[0]) && previous_letter_ == static_cast<char32_t>(pair[1])) {
        refuse("no letters before it that make a ligature, where case is ignored");
      }
    }
  }

  void add_range(CharacterSet& set, char32_t first, char32_t last) {
    set.items.push_back({Kind::range, false, first, last, 0});
    if (!ignores_case()) return;
    if (last >= 0x80 && (first != last || category_of(first) != Category::P)) {
      refuse("nothing but ASCII and punctuation where case is ignored");
    }
    for (char32_t lower = 'a'; lower <= 'z'; ++lower) {
      const char32_t upper = lower - 32;
      if (!(first <= lower && lower <= last) && !(first <= upper && upper <= last)) continue;
      for (char32_t same : {lower, upper}) set.items.push_back({Kind::range, false, same, same, 0});
      if (lower == 's') set.items.push_back({Kind::range, false, 0x17f, 0x17f, 0});    // ſ
      if (lower == 'k') set.items.push_back({Kind::range, false, 0x212a, 0x212a, 0});  // the Kelvin sign
    }
  }

  std::string_view text_;
  std::size_t position_ = 0;
  std::vector<bool> ignore_case_ = {false};  ///< one for each group that is open
  char32_t previous_letter_ = 0;
  ParsedPattern result_;
};

}  // namespace

bool CharacterSet::Item::contains(char32_t code_point) const {
  switch (kind) {
    case Kind::range:
      return (first <= code_point && code_point <= last) != negated;
    case Kind::categories:
      return ((set_of(category_of(code_point)) & categories) != 0) != negated;
    case Kind::space:
      return is_space(code_point) != negated;
    default:
      return is_pattern_word(code_point) != negated;
  }
}

bool CharacterSet::contains(char32_t code_point) const {
  return std::any_of(items.begin(), items.end(),
                     [&](const Item& item) { return item.contains(code_point); }) != negated;
}

ParsedPattern parse_pattern(std::string_view expression) { return Parser(expression).parse(); }

}  // namespace lab

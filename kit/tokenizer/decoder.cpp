#include "kit/tokenizer/decoder.h"

#include <algorithm>
#include <utility>

#include "kit/tokenizer/pipeline.h"
#include "kit/utf8.h"

namespace lab {

namespace {

constexpr std::string_view replacement_character = "\xef\xbf\xbd";  // U+FFFD

/// A part of a token, whole characters of it. Most are whole tokens; only a step that makes one token of all
/// hands it on in parts.
struct Fragment {
  std::string_view text;
  bool begins;
  bool ends;
};

}  // namespace

class DecoderStage {
 public:
  virtual ~DecoderStage() = default;
  virtual void take(const Fragment& fragment) = 0;
  virtual void finish() {}
  DecoderStage* next = nullptr;

 protected:
  void hand_on(std::string_view token) { next->take({token, true, true}); }
};

namespace {

/// For steps that must see a token as a whole.
class WholeTokenStage : public DecoderStage {
 public:
  void take(const Fragment& fragment) final {
    if (fragment.begins && fragment.ends) return take_token(fragment.text);
    held_ += fragment.text;
    if (fragment.ends) take_token(std::exchange(held_, {}));
  }

 protected:
  virtual void take_token(std::string_view token) = 0;

 private:
  std::string held_;
};

/// For steps whose result is one token. `add` hands on the parts.
class OneTokenStage {
 public:
  void add(DecoderStage& next, std::string_view text) {
    if (text.empty()) return;
    next.take({text, !std::exchange(begun_, true), false});
  }
  void end(DecoderStage& next) { next.take({"", !begun_, true}); }

 private:
  bool begun_ = false;
};

class ReplaceStage final : public WholeTokenStage {
 public:
  explicit ReplaceStage(const ReplaceInTokens& step) : step_(step) {}

 private:
  void take_token(std::string_view token) override {
    hand_on(replace_all(token, step_.pattern, step_.content));
  }
  const ReplaceInTokens& step_;
};

class ByteFallbackStage final : public WholeTokenStage {
 public:
  explicit ByteFallbackStage(const ByteFallbackTokens&) {}

  void finish() override {
    if (bytes_.empty()) return;
    const std::string bytes = std::exchange(bytes_, {});
    if (is_utf8(bytes)) return hand_on(bytes);
    for (std::size_t i = 0; i < bytes.size(); ++i) hand_on(replacement_character);
  }

 private:
  static int hexadecimal(char digit) {
    if (digit >= '0' && digit <= '9') return digit - '0';
    if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
    if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
    return -1;
  }
  void take_token(std::string_view token) override {
    if (token.size() == 6 && token.starts_with("<0x") && token.ends_with('>')) {
      const int high =
          token[3] == '+' ? 0 : hexadecimal(token[3]);  // the library's number parser takes a sign
      const int low = hexadecimal(token[4]);
      if (high >= 0 && low >= 0) {
        // Not yet, even if a character is complete: an invalid byte would still undo the whole row.
        bytes_ += static_cast<char>(high << 4 | low);
        return;
      }
    }
    finish();
    hand_on(token);
  }
  std::string bytes_;
};

class FuseStage final : public DecoderStage {
 public:
  explicit FuseStage(const FuseTokens&) {}
  void take(const Fragment& fragment) override { token_.add(*next, fragment.text); }
  void finish() override { token_.end(*next); }

 private:
  OneTokenStage token_;
};

class StripStage final : public DecoderStage {
 public:
  explicit StripStage(const StripTokens& step) : step_(step) {}
  void take(const Fragment& fragment) override {
    if (fragment.begins) left_ = step_.count;
    std::string_view text = fragment.text;
    while (left_ > 0 && text.starts_with(step_.character)) {
      text.remove_prefix(step_.character.size());
      --left_;
    }
    if (!text.empty()) left_ = 0;
    next->take({text, fragment.begins, fragment.ends});
  }

 private:
  const StripTokens& step_;
  std::size_t left_ = 0;
};

class ByteLevelStage final : public WholeTokenStage {
 public:
  explicit ByteLevelStage(const ByteLevelTokens&) {}
  void finish() override {
    convert(true);
    token_.end(*next);
  }

 private:
  void take_token(std::string_view token) override {
    const std::optional<std::string> bytes = characters_as_bytes(token);
    held_ += bytes ? std::string_view(*bytes) : token;
    convert(false);
  }
  /// Bytes at the front of `bytes`, which is at most 4 long, that could still become a character, or the
  /// longest such that can't: one U+FFFD stands for these.
  static std::size_t beginning_of_character(std::string_view bytes) {
    std::size_t length = 1;
    const auto could_begin = [&](std::size_t size) {
      // The second byte alone decides what the first allows; any continuation byte may follow.
      std::string trial(bytes.substr(0, size));
      const auto lead = static_cast<unsigned char>(trial[0]);
      trial.resize(lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2, '\x80');
      if (size == 1 && (lead == 0xe0 || lead == 0xf0)) trial[1] = '\xa0';
      return utf8_length(trial) == trial.size();
    };
    if (!could_begin(1)) return 1;
    while (length < bytes.size() && could_begin(length + 1)) ++length;
    return length;
  }
  void convert(bool is_end) {
    std::string result;
    std::string_view rest = held_;
    while (!rest.empty()) {
      std::size_t length = utf8_length(rest);
      if (length == 0) {
        const std::string_view bytes = rest.substr(0, 4);
        length = beginning_of_character(bytes);
        const auto lead = static_cast<unsigned char>(rest[0]);
        const bool open = length == rest.size() && lead >= 0xc2 && lead < 0xf5;
        if (open && !is_end) break;
        result += replacement_character;
      } else {
        result += rest.substr(0, length);
      }
      rest.remove_prefix(length);
    }
    held_.erase(0, held_.size() - rest.size());
    token_.add(*next, result);
  }
  std::string held_;
  OneTokenStage token_;
};

class MetaspaceStage final : public DecoderStage {
 public:
  explicit MetaspaceStage(const MetaspaceTokens& step) : step_(step) {}
  void take(const Fragment& fragment) override {
    std::string result;
    std::string_view rest = fragment.text;
    while (!rest.empty()) {
      if (rest.starts_with(step_.replacement)) {
        if (!(is_first_ && step_.drop_first)) result += ' ';
        rest.remove_prefix(step_.replacement.size());
      } else {
        result += rest.substr(0, utf8_length(rest));
        rest.remove_prefix(utf8_length(rest));
      }
    }
    next->take({result, fragment.begins, fragment.ends});
    if (fragment.ends) is_first_ = false;
  }

 private:
  const MetaspaceTokens& step_;
  bool is_first_ = true;
};

class SpacesStage final : public WholeTokenStage {
 public:
  explicit SpacesStage(const SpacesBetweenTokens&) {}

 private:
  void take_token(std::string_view token) override {
    if (std::exchange(begun_, true)) hand_on(" ");
    hand_on(token);
  }
  bool begun_ = false;
};

/// The end of the row, where all tokens are put together.
class TextStage final : public DecoderStage {
 public:
  void take(const Fragment& fragment) override { text += fragment.text; }
  std::string text;
};

std::unique_ptr<DecoderStage> make_stage(const DecoderStep& step) {
  struct Visitor {
    using Stage = std::unique_ptr<DecoderStage>;
    Stage operator()(const ReplaceInTokens& s) const { return std::make_unique<ReplaceStage>(s); }
    Stage operator()(const ByteFallbackTokens& s) const { return std::make_unique<ByteFallbackStage>(s); }
    Stage operator()(const FuseTokens& s) const { return std::make_unique<FuseStage>(s); }
    Stage operator()(const StripTokens& s) const { return std::make_unique<StripStage>(s); }
    Stage operator()(const ByteLevelTokens& s) const { return std::make_unique<ByteLevelStage>(s); }
    Stage operator()(const MetaspaceTokens& s) const { return std::make_unique<MetaspaceStage>(s); }
    Stage operator()(const SpacesBetweenTokens& s) const { return std::make_unique<SpacesStage>(s); }
  };
  return std::visit(Visitor(), step);
}

}  // namespace

DecoderRun::DecoderRun(const std::vector<DecoderStep>& steps) {
  for (const DecoderStep& step : steps) stages_.push_back(make_stage(step));
  stages_.push_back(std::make_unique<TextStage>());
  for (std::size_t i = 0; i + 1 < stages_.size(); ++i) stages_[i]->next = stages_[i + 1].get();
}

DecoderRun::DecoderRun(DecoderRun&&) noexcept = default;
DecoderRun& DecoderRun::operator=(DecoderRun&&) noexcept = default;
DecoderRun::~DecoderRun() = default;

void DecoderRun::push(std::string_view token) { stages_.front()->take({token, true, true}); }

void DecoderRun::finish() {
  for (const auto& stage : stages_) stage->finish();
}

std::string DecoderRun::take() { return std::exchange(static_cast<TextStage&>(*stages_.back()).text, {}); }

}  // namespace lab

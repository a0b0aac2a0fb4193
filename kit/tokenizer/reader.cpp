#include "kit/tokenizer/reader.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "kit/checkpoint/json.h"
#include "kit/error.h"
#include "kit/utf8.h"

namespace lab {
namespace {

/// The member `name` where it is there and not null, which are the same to the library.
std::optional<Json> find(const Json& json, const std::string& name) {
  std::optional<Json> member = json.find(name);
  return member && member->is_null() ? std::nullopt : member;
}

bool boolean_or(const Json& json, const std::string& name, bool fallback) {
  const std::optional<Json> member = find(json, name);
  return member ? member->boolean() : fallback;
}

std::string filled_string(const Json& json) {
  if (json.string().empty()) json.refuse("a string that isn't empty");
  return json.string();
}

std::string one_character(const Json& json) {
  const std::string& text = json.string();
  if (text.empty() || utf8_length(text) != text.size()) json.refuse("one character");
  return text;
}

std::size_t array_size(const Json& json) {
  if (!json.is_array()) json.refuse("an array");
  return json.size();
}

TokenId read_id(const Json& json) {
  return static_cast<TokenId>(json.whole_number(0, std::numeric_limits<TokenId>::max()));
}

/// Beyond any tokenizer there is; what nests or lists more is meant to exhaust a reader.
constexpr std::size_t max_steps = 64;
constexpr int max_depth = 8;
constexpr std::size_t max_added_size = 512;  ///< finding added tokens takes as many steps at every place

/// Calls `read` for `component` or, if it is a Sequence, for what it lists under `list`.
template <typename Read>
void for_each_component(const Json& component, const std::string& list, const Read& read, int depth = 0) {
  const Json type = component.at("type");
  if (type.string() != "Sequence") return read(component, type);
  if (depth == max_depth) type.refuse(fmt::format("no more than {} sequences in each other", max_depth));
  const Json parts = component.at(list);
  if (array_size(parts) > max_steps) parts.refuse(fmt::format("at most {} components", max_steps));
  for (std::size_t i = 0; i < parts.size(); ++i) for_each_component(parts[i], list, read, depth + 1);
}

template <typename Step>
void add_step(std::vector<Step>& steps, Step step, const Json& component) {
  if (steps.size() == max_steps) component.refuse(fmt::format("at most {} components", max_steps));
  steps.push_back(std::move(step));
}

Pattern read_pattern(const Json& pattern) {
  if (const auto literal = find(pattern, "String")) return Pattern::literal(filled_string(*literal));
  const auto regex = find(pattern, "Regex");
  if (!regex) pattern.refuse("an object with a String or a Regex");
  const std::string& expression = regex->string();
  std::string reason;
  try {
    return Pattern::regex(expression);
  } catch (const Error& error) {
    reason = error.what();
  }
  regex->refuse(fmt::format("a pattern that this reader knows ({})", reason));
}

Replace read_replace(const Json& component) {
  const Json pattern = component.at("pattern");
  Replace replace{read_pattern(pattern), component.at("content").string()};
  if (replace.pattern.can_match_nothing()) pattern.refuse("a pattern that can't match an empty text");
  return replace;
}

struct MetaspaceFields {
  std::string replacement;
  Metaspace::Prepending prepending;
};

MetaspaceFields read_metaspace(const Json& component) {
  auto prepending = Metaspace::Prepending::always;
  if (const auto scheme = find(component, "prepend_scheme")) {
    const std::string& name = scheme->string();
    if (name != "always" && name != "first" && name != "never") scheme->refuse("always, first or never");
    if (name == "first") prepending = Metaspace::Prepending::first;
    if (name == "never") prepending = Metaspace::Prepending::never;
  }
  const auto prefix = find(component, "add_prefix_space");
  if (prefix && !prefix->boolean() && prepending != Metaspace::Prepending::never) {
    prefix->refuse("true, or a prepend_scheme of never");
  }
  return {one_character(component.at("replacement")), prepending};
}

void read_normalizers(const Json& root, std::vector<Normalizer>& steps) {
  const auto normalizer = find(root, "normalizer");
  if (!normalizer) return;
  for_each_component(*normalizer, "normalizers", [&](const Json& component, const Json& type) {
    if (type.string() == "Prepend") {
      return add_step<Normalizer>(steps, Prepend{component.at("prepend").string()}, component);
    }
    if (type.string() == "Replace") return add_step<Normalizer>(steps, read_replace(component), component);
    type.refuse("Prepend, Replace or Sequence, the normalizers that need no tables of Unicode");
  });
}

SplitBehavior read_behavior(const Json& behavior) {
  constexpr std::pair<std::string_view, SplitBehavior> names[] = {
      {"Isolated", SplitBehavior::isolated},
      {"Removed", SplitBehavior::removed},
      {"MergedWithPrevious", SplitBehavior::merged_with_previous},
      {"MergedWithNext", SplitBehavior::merged_with_next},
      {"Contiguous", SplitBehavior::contiguous}};
  for (const auto& [name, value] : names) {
    if (behavior.string() == name) return value;
  }
  behavior.refuse("Isolated, Removed, MergedWithPrevious, MergedWithNext or Contiguous");
}

PreTokenizer read_pre_tokenizer(const Json& component, const Json& type) {
  const std::string& name = type.string();
  if (name == "Metaspace") {
    const auto [replacement, prepending] = read_metaspace(component);
    return Metaspace{replacement, prepending, boolean_or(component, "split", true)};
  }
  if (name == "ByteLevel") {
    ByteLevel byte_level{component.at("add_prefix_space").boolean(), std::nullopt};
    if (boolean_or(component, "use_regex", true)) byte_level.pattern = Pattern::regex(gpt2_pattern);
    return byte_level;
  }
  if (name == "Split") {
    return Split{read_pattern(component.at("pattern")), read_behavior(component.at("behavior")),
                 component.at("invert").boolean()};
  }
  if (name == "Digits") return Digits{component.at("individual_digits").boolean()};
  type.refuse("Metaspace, ByteLevel, Split, Digits or Sequence");
}

class Reader {
 public:
  explicit Reader(const Json& root) : root_(root), parts_(std::make_unique<TokenizerParts>()) {}

  std::unique_ptr<TokenizerParts> read() {
    if (const auto version = find(root_, "version"); version && version->string() != "1.0")
      version->refuse("\"1.0\"");
    // Both are for batches: transformers switches them off for each call that doesn't ask for them, and to
    // serve a model, a prompt that silently lost its end would be worse than one that is too long.
    for (const char* ignored : {"truncation", "padding"}) {
      if (const auto field = find(root_, ignored); field && !field->is_object())
        field->refuse("null or an object");
    }
    read_model(root_.at("model"));
    read_normalizers(root_, parts_->normalizers);
    if (const auto tokens = find(root_, "added_tokens")) read_added_tokens(*tokens);
    if (const auto pre_tokenizer = find(root_, "pre_tokenizer")) {
      for_each_component(*pre_tokenizer, "pretokenizers", [&](const Json& component, const Json& type) {
        add_step(parts_->pre_tokenizers, read_pre_tokenizer(component, type), component);
      });
    }
    parts_->post_template = {std::nullopt};
    if (const auto post_processor = find(root_, "post_processor")) read_post_processor(*post_processor);
    if (const auto decoder = find(root_, "decoder")) {
      for_each_component(*decoder, "decoders", [&](const Json& component, const Json& type) {
        add_step(parts_->decoder, read_decoder_step(component, type), component);
      });
    } else {
      parts_->decoder.push_back(SpacesBetweenTokens{});
    }
    return std::move(parts_);
  }

 private:
  void read_model(const Json& model) {
    // Early files, such as GPT-2's, have no type; one with merges is a BPE.
    if (const auto type = model.find("type"); type && type->string() != "BPE")
      type->refuse("\"BPE\", the one model that is supported");
    if (const auto dropout = find(model, "dropout"); dropout && dropout->number() != 0)
      dropout->refuse("null or 0, since dropout makes ids random");
    for (const char* affix : {"continuing_subword_prefix", "end_of_word_suffix"}) {
      const auto field = find(model, affix);
      if (field && !field->string().empty()) field->refuse("null or \"\", since affixes are not supported");
    }
    Vocabulary vocabulary = read_vocabulary(model.at("vocab"));
    BpeModel::Options options;
    if (const auto unknown = find(model, "unk_token")) {
      const auto found = vocabulary.find(unknown->string());
      if (found == vocabulary.end()) unknown->refuse("a token of the vocabulary");
      options.unknown = found->second;
    }
    options.fuse_unknown = boolean_or(model, "fuse_unk", false);
    options.byte_fallback = boolean_or(model, "byte_fallback", false);
    options.ignore_merges = boolean_or(model, "ignore_merges", false);
    parts_->model = BpeModel(std::move(vocabulary), options);
    read_merges(model.at("merges"));
  }

  Vocabulary read_vocabulary(const Json& vocab) {
    Vocabulary vocabulary;
    std::unordered_map<TokenId, std::string> owners;
    for (const auto& [token, value] : vocab.members()) {
      const TokenId id = read_id(value);
      const auto [owner, is_new] = owners.emplace(id, token);
      if (!is_new)
        value.refuse(fmt::format("an id of its own, not that of \"{}\"", printable(owner->second, 40)));
      vocabulary.emplace(token, id);
      note_id(id);
    }
    return vocabulary;
  }

  void read_merges(const Json& merges) {
    const std::size_t size = array_size(merges);
    for (std::size_t i = 0; i < size; ++i) {
      const Json merge = merges[i];
      if (merge.is_array()) {
        if (merge.size() != 2) merge.refuse("a pair of tokens");
        add_merge(merge, merge[0].string(), merge[1].string());
        continue;
      }
      const std::string_view line = merge.string();
      if (line.starts_with("#version")) continue;  // the first line of merges.txt, where this list once stood
      const std::size_t space = line.find(' ');
      if (space == line.npos || line.find(' ', space + 1) != line.npos)
        merge.refuse("two tokens and one space");
      add_merge(merge, line.substr(0, space), line.substr(space + 1));
    }
  }

  void add_merge(const Json& merge, std::string_view left, std::string_view right) {
    const auto id_of = [&](std::string_view token) {
      const auto found = parts_->model.vocabulary().find(token);
      if (found == parts_->model.vocabulary().end()) {
        merge.refuse(fmt::format("tokens of the vocabulary, which \"{}\" is not", printable(token, 40)));
      }
      return found->second;
    };
    const TokenId left_id = id_of(left);
    const TokenId right_id = id_of(right);
    parts_->model.add_merge(left_id, right_id, id_of(std::string(left).append(right)));
  }

  /// The library numbers added tokens by itself, whatever the file says: as the vocabulary has them, the
  /// others from its size on. A file that says otherwise would be read with other ids than the model was
  /// trained with.
  void read_added_tokens(const Json& tokens) {
    const std::size_t size = array_size(tokens);
    std::size_t next_id = parts_->model.vocabulary().size();
    for (std::size_t i = 0; i < size; ++i) {
      const Json entry = tokens[i];
      const Json id = entry.at("id");
      AddedToken token;
      token.id = read_id(id);
      token.content = filled_string(entry.at("content"));
      token.single_word = entry.at("single_word").boolean();
      token.lstrip = entry.at("lstrip").boolean();
      token.rstrip = entry.at("rstrip").boolean();
      token.normalized = entry.at("normalized").boolean();
      token.special = entry.at("special").boolean();

      const auto known = parts_->model.vocabulary().find(token.content);
      const bool in_vocabulary = known != parts_->model.vocabulary().end();
      const std::size_t expected = in_vocabulary ? static_cast<std::size_t>(known->second) : next_id++;
      if (static_cast<std::size_t>(token.id) != expected) {
        id.refuse(fmt::format("{}, the id that the library gives this token", expected));
      }
      if (!in_vocabulary && parts_->model.token(token.id)) id.refuse("an id that the vocabulary leaves free");
      add_token(entry, token);
    }
  }

  void add_token(const Json& entry, const AddedToken& token) {
    Piece piece{token.content, true, 0, std::nullopt};
    if (token.normalized) normalize(parts_->normalizers, piece);
    if (piece.text.empty()) entry.refuse("content that normalizing doesn't make empty");
    if (piece.text.size() > max_added_size)
      entry.refuse(fmt::format("content of at most {} bytes", max_added_size));
    AddedTokenFinder& finder = token.normalized ? parts_->normalized_tokens : parts_->raw_tokens;
    const bool is_new = parts_->added.emplace(token.id, piece.text).second;
    if (!is_new || !finder.add(piece.text, token)) entry.refuse("a token that was not added before");
    if (token.special) parts_->special_contents.insert(token.content);
    note_id(token.id);
  }

  void read_post_processor(const Json& post_processor) {
    bool has_template = false;
    for_each_component(post_processor, "processors", [&](const Json& component, const Json& type) {
      if (type.string() == "ByteLevel") return;  // it trims offsets, which ids don't have
      if (type.string() != "TemplateProcessing") type.refuse("TemplateProcessing, ByteLevel or Sequence");
      if (std::exchange(has_template, true)) type.refuse("no second template");
      read_template(component);
    });
  }

  void read_template(const Json& component) {
    const Json single = component.at("single");
    const Json specials = component.at("special_tokens");
    const std::size_t size = array_size(single);
    parts_->post_template.clear();
    for (std::size_t i = 0; i < size; ++i) {
      const Json piece = single[i];
      if (const auto special = find(piece, "SpecialToken")) {
        add_special_token(specials.at(special->at("id").string()));
        continue;
      }
      const auto sequence = find(piece, "Sequence");
      if (!sequence) piece.refuse("a SpecialToken or a Sequence");
      const Json which = sequence->at("id");
      if (which.string() != "A") which.refuse("\"A\", the one text there is");
      parts_->post_template.push_back(std::nullopt);
    }
  }

  void add_special_token(const Json& token) {
    const Json ids = token.at("ids");
    const std::size_t size = array_size(ids);
    for (std::size_t i = 0; i < size; ++i) {
      const TokenId id = read_id(ids[i]);
      if (!parts_->token_to_decode(id, false)) ids[i].refuse("the id of a token");
      parts_->post_template.push_back(id);
    }
  }

  static DecoderStep read_decoder_step(const Json& component, const Json& type) {
    const std::string& name = type.string();
    if (name == "ByteLevel") return ByteLevelTokens{};
    if (name == "ByteFallback") return ByteFallbackTokens{};
    if (name == "Fuse") return FuseTokens{};
    if (name == "Replace") {
      Replace replace = read_replace(component);
      return ReplaceInTokens{std::move(replace.pattern), std::move(replace.content)};
    }
    if (name == "Metaspace") {
      const auto [replacement, prepending] = read_metaspace(component);
      return MetaspaceTokens{replacement, prepending != Metaspace::Prepending::never};
    }
    if (name == "Strip") {
      const Json stop = component.at("stop");
      // The library itself fails on the many tokens that are shorter.
      if (stop.whole_number(0, UINT32_MAX) != 0)
        stop.refuse("0, since stripping at the end is not supported");
      return StripTokens{one_character(component.at("content")),
                         component.at("start").whole_number(0, UINT32_MAX)};
    }
    type.refuse("ByteLevel, Metaspace, Replace, ByteFallback, Fuse, Strip or Sequence");
  }

  void note_id(TokenId id) {
    parts_->vocab_size = std::max(parts_->vocab_size, static_cast<std::size_t>(id) + 1);
  }

  Json root_;
  std::unique_ptr<TokenizerParts> parts_;
};

}  // namespace

std::unique_ptr<TokenizerParts> read_tokenizer(const Json& root) { return Reader(root).read(); }

}  // namespace lab

#include "kit/checkpoint/config_reader.h"

#include <cmath>
#include <initializer_list>
#include <limits>
#include <system_error>

#include "kit/checkpoint/json.h"
#include "kit/error.h"

namespace lab {
namespace {

/// Above 2^24 float32 has no room for every position, which RoPE multiplies its frequencies with; no size of
/// a real model comes near. It also keeps products of two sizes far from overflow.
constexpr std::size_t max_size = 1 << 24;

/// What transformers assumes where config.json is silent and its two architectures differ.
struct Family {
  std::string_view model_type;
  std::string_view architecture;
  std::size_t intermediate_size;
  std::optional<std::size_t> n_kv_heads;  ///< none: as many as n_heads
  std::size_t max_position_embeddings;
  std::optional<std::size_t> sliding_window;
};
constexpr Family families[] = {
    {"llama", "LlamaForCausalLM", 11008, std::nullopt, 2048, std::nullopt},
    {"mistral", "MistralForCausalLM", 14336, 8, 4096 * 32, 4096},
};

/// The member, unless it is absent or null.
std::optional<Json> find_value(const Json& object, const std::string& name) {
  std::optional<Json> member = object.find(name);
  return member && !member->is_null() ? member : std::nullopt;
}

std::size_t read_size(const Json& object, const std::string& name, std::size_t absent) {
  const std::optional<Json> field = object.find(name);
  return field ? field->whole_number(1, max_size) : absent;
}

float positive(const Json& field) {
  const auto value = static_cast<float>(field.number());
  if (!std::isfinite(value) || value <= 0) field.refuse("a positive number that float32 can hold");
  return value;
}

const Family& read_family(const Json& json) {
  const Json model_type = json.at("model_type");
  for (const Family& family : families) {
    if (model_type.string() != family.model_type) continue;
    const std::optional<Json> architectures = find_value(json, "architectures");
    if (architectures && (architectures->size() != 1 || (*architectures)[0].string() != family.architecture))
      architectures->refuse(fmt::format("[\"{}\"]", family.architecture));
    return family;
  }
  model_type.refuse("llama or mistral, the architectures that this kit runs");
}

/// Fields that make transformers compute something else, at values that this kit doesn't follow.
void refuse_unsupported(const Json& json) {
  for (const char* name : {"attention_bias", "mlp_bias", "is_encoder_decoder"})
    if (const auto field = json.find(name); field && field->boolean()) field->refuse("false");
  if (const auto field = json.find("is_causal"); field && !field->boolean()) field->refuse("true");
  if (const auto field = json.find("hidden_act");
      field && field->string() != "silu" && field->string() != "swish")
    field->refuse("silu");
  for (const char* name :
       {"quantization_config", "per_layer_config", "attention_chunk_size", "kv_sharing_modes", "text_config"})
    if (const auto field = find_value(json, name))
      field->refuse("none, since this kit doesn't know how to follow it");
  if (const auto types = find_value(json, "layer_types")) {
    if (!types->is_array()) types->refuse("an array");
    for (std::size_t i = 0; i < types->size(); ++i)
      if ((*types)[i].string() != "full_attention") (*types)[i].refuse("full_attention");
  }
}

/// Fields that make transformers choose other tokens than the logits alone say. Temperature, top-k and top-p
/// are none of them: whoever generates gives those.
void refuse_unsupported_generation(const Json& json) {
  const auto refuse_unless = [&](double neutral, std::initializer_list<const char*> names) {
    for (const char* name : names)
      if (const auto field = find_value(json, name); field && field->number() != neutral)
        field->refuse(fmt::format("{} or none, since this kit takes the logits as they are", neutral));
  };
  refuse_unless(0, {"no_repeat_ngram_size", "min_length", "min_new_tokens"});
  refuse_unless(1, {"repetition_penalty", "num_beams", "guidance_scale"});
  for (const char* name :
       {"bad_words_ids", "sequence_bias", "suppress_tokens", "begin_suppress_tokens", "forced_bos_token_id",
        "forced_eos_token_id", "exponential_decay_length_penalty", "watermarking_config", "stop_strings"})
    if (const auto field = find_value(json, name); field && !(field->is_array() && field->size() == 0))
      field->refuse("none, since this kit takes the logits as they are");
}

/// transformers 5 writes `rope_parameters`, with rope_theta in it; transformers 4 wrote `rope_scaling`, null
/// or with "rope_type", before that "type", and rope_theta beside it. Transformers 5 reads all of them.
void read_rope(const Json& json, Config& config) {
  std::optional<Json> rope;
  for (const char* name : {"rope_scaling", "rope_parameters"}) {
    const std::optional<Json> field = find_value(json, name);
    if (!rope && field && !field->members().empty()) rope = field;
  }
  const auto find = [&](const char* name) { return rope ? rope->find(name) : std::nullopt; };

  std::optional<Json> theta = find("rope_theta");
  if (!theta) theta = json.find("rope_theta");
  config.rope_theta = theta ? positive(*theta) : 10000.f;
  for (const auto& partial : {find("partial_rotary_factor"), find_value(json, "partial_rotary_factor")})
    if (partial && partial->number() != 1) partial->refuse("1, since this kit rotates whole heads");

  std::optional<Json> type = find("rope_type");
  if (!type) type = find("type");
  if (rope)
    for (const auto& [name, value] : rope->members())
      if (value.is_object()) value.refuse("no RoPE parameters of single layers");
  if (!type || type->string() == "default") return;
  if (type->string() != "llama3") type->refuse("default or llama3");

  RopeScaling scaling;
  scaling.factor = positive(rope->at("factor"));
  scaling.low_freq_factor = positive(rope->at("low_freq_factor"));
  scaling.high_freq_factor = positive(rope->at("high_freq_factor"));
  if (scaling.factor < 1) rope->at("factor").refuse("at least 1");
  if (scaling.high_freq_factor <= scaling.low_freq_factor)
    rope->at("high_freq_factor")
        .refuse(fmt::format("more than low_freq_factor, {}", scaling.low_freq_factor));
  const std::string original = "original_max_position_embeddings";
  const Json& place = json.find(original) ? json : *rope;  // beside it, transformers prefers it
  scaling.original_max_position_embeddings = read_size(place, original, config.max_position_embeddings);
  config.rope_scaling = scaling;
}

void check_sliding_window(const Json& json, const Family& family, const Config& config) {
  const std::optional<Json> field = json.find("sliding_window");
  std::optional<std::size_t> window = family.sliding_window;
  if (field) window = field->is_null() ? std::nullopt : std::optional(field->whole_number(1, max_size));
  if (!window || *window >= config.max_position_embeddings) return;
  const std::string expected =
      fmt::format("null or at least max_position_embeddings, {}, since this kit attends to all positions",
                  config.max_position_embeddings);
  if (field) field->refuse(expected);
  throw Error("{}: sliding_window is missing, which means {}; expected {}", json.source(), *window, expected);
}

TokenId read_token_id(const Json& field, const Config& config) {
  return static_cast<TokenId>(field.whole_number(0, config.vocab_size - 1));
}

std::vector<TokenId> read_eos(const Json& json, const Config& config) {
  const std::optional<Json> field = find_value(json, "eos_token_id");
  std::vector<TokenId> ids;
  if (!field) return ids;
  if (!field->is_array()) return {read_token_id(*field, config)};
  for (std::size_t i = 0; i < field->size(); ++i) ids.push_back(read_token_id((*field)[i], config));
  return ids;
}

void read_heads(const Json& json, const Family& family, Config& config) {
  config.n_heads = read_size(json, "num_attention_heads", 32);
  config.n_kv_heads = family.n_kv_heads.value_or(config.n_heads);
  if (const auto field = json.find("num_key_value_heads"))
    config.n_kv_heads = field->is_null() ? config.n_heads : field->whole_number(1, max_size);
  if (config.n_heads % config.n_kv_heads != 0)
    throw Error("{}: num_attention_heads, {}, is no multiple of num_key_value_heads, {}", json.source(),
                config.n_heads, config.n_kv_heads);
  const std::optional<Json> field = find_value(json, "head_dim");
  if (!field && config.hidden_size % config.n_heads != 0)
    throw Error("{}: hidden_size, {}, is no multiple of num_attention_heads, {}; expected that or head_dim",
                json.source(), config.hidden_size, config.n_heads);
  config.head_dim = field ? field->whole_number(1, max_size) : config.hidden_size / config.n_heads;
  if (config.head_dim % 2 != 0)
    throw Error("{}: head_dim is {}; expected an even number, since RoPE rotates pairs", json.source(),
                config.head_dim);
}

}  // namespace

Config parse_config(const Json& json) {
  const Family& family = read_family(json);
  refuse_unsupported(json);

  Config config;
  config.vocab_size = read_size(json, "vocab_size", 32000);
  config.hidden_size = read_size(json, "hidden_size", 4096);
  config.intermediate_size = read_size(json, "intermediate_size", family.intermediate_size);
  config.n_layers = read_size(json, "num_hidden_layers", 32);
  read_heads(json, family, config);
  config.max_position_embeddings = read_size(json, "max_position_embeddings", family.max_position_embeddings);
  check_sliding_window(json, family, config);
  const std::optional<Json> eps = json.find("rms_norm_eps");
  config.rms_norm_eps = eps ? positive(*eps) : 1e-6f;
  read_rope(json, config);
  const std::optional<Json> tied = json.find("tie_word_embeddings");
  config.tie_word_embeddings = tied && tied->boolean();

  const std::optional<Json> bos = json.find("bos_token_id");
  if (!bos) config.bos_token_id = 1;
  if (bos && !bos->is_null()) config.bos_token_id = read_token_id(*bos, config);
  config.eos_token_ids = read_eos(json, config);
  return config;
}

Config parse_config(std::string_view text, const std::string& source) {
  return parse_config(Json::parse(text, source));
}

Config load_config(const std::filesystem::path& dir) {
  Config config = parse_config(Json::read(dir / "config.json"));
  // Where there is a generation_config.json, transformers generates by that one alone.
  const std::filesystem::path generation_config = dir / "generation_config.json";
  std::error_code error;
  const bool has_its_own = std::filesystem::exists(generation_config, error);
  const Json generation = Json::read(has_its_own ? generation_config : dir / "config.json");
  refuse_unsupported_generation(generation);
  config.eos_token_ids = read_eos(generation, config);
  return config;
}

}  // namespace lab

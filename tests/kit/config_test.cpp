#include <gmock/gmock.h>
#include <sys/stat.h>

#include "kit/checkpoint/checkpoint.h"
#include "tests/kit/files.h"

namespace lab {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

/// A Llama configuration that says no more than `fields`.
Config llama(const std::string& fields) {
  return parse_config(R"({"model_type":"llama")" + (fields.empty() ? "" : "," + fields) + "}", "config.json");
}

Config mistral(const std::string& fields) {
  return parse_config(R"({"model_type":"mistral")" + (fields.empty() ? "" : "," + fields) + "}",
                      "config.json");
}

TEST(Config, AbsentFieldsAreAsInLlamaConfig) {
  const Config config = llama("");
  EXPECT_EQ(config.vocab_size, 32000u);
  EXPECT_EQ(config.hidden_size, 4096u);
  EXPECT_EQ(config.intermediate_size, 11008u);
  EXPECT_EQ(config.n_layers, 32u);
  EXPECT_EQ(config.n_heads, 32u);
  EXPECT_EQ(config.n_kv_heads, 32u);
  EXPECT_EQ(config.head_dim, 128u);
  EXPECT_EQ(config.max_position_embeddings, 2048u);
  EXPECT_EQ(config.rms_norm_eps, 1e-6f);
  EXPECT_EQ(config.rope_theta, 10000.f);
  EXPECT_FALSE(config.rope_scaling.has_value());
  EXPECT_FALSE(config.tie_word_embeddings);
  EXPECT_EQ(config.bos_token_id, 1);
  EXPECT_THAT(config.eos_token_ids, IsEmpty()) << "generate() of transformers doesn't stop then, either";
}

TEST(Config, AbsentFieldsAreAsInMistralConfig) {
  const Config config = mistral(R"("sliding_window":null)");
  EXPECT_EQ(config.intermediate_size, 14336u);
  EXPECT_EQ(config.n_kv_heads, 8u);
  EXPECT_EQ(config.max_position_embeddings, 131072u);
}

TEST(Config, ReadsEveryField) {
  const Config config = llama(
      R"("vocab_size":61,"hidden_size":24,"intermediate_size":40,"num_hidden_layers":2,"num_attention_heads":6,)"
      R"("num_key_value_heads":3,"head_dim":10,"max_position_embeddings":96,"rms_norm_eps":0.25,)"
      R"("rope_theta":500000,"tie_word_embeddings":true,"bos_token_id":7,"eos_token_id":9)");
  EXPECT_EQ(config.vocab_size, 61u);
  EXPECT_EQ(config.hidden_size, 24u);
  EXPECT_EQ(config.intermediate_size, 40u);
  EXPECT_EQ(config.n_layers, 2u);
  EXPECT_EQ(config.n_heads, 6u);
  EXPECT_EQ(config.n_kv_heads, 3u);
  EXPECT_EQ(config.head_dim, 10u);
  EXPECT_EQ(config.q_size(), 60u);
  EXPECT_EQ(config.kv_size(), 30u);
  EXPECT_EQ(config.max_position_embeddings, 96u);
  EXPECT_EQ(config.rms_norm_eps, 0.25f);
  EXPECT_EQ(config.rope_theta, 500000.f);
  EXPECT_TRUE(config.tie_word_embeddings);
  EXPECT_EQ(config.bos_token_id, 7);
  EXPECT_THAT(config.eos_token_ids, ElementsAre(9));
}

TEST(Config, NullMeansAsManyAsElsewhere) {
  const Config config = mistral(R"("num_key_value_heads":null,"head_dim":null,"sliding_window":null,)"
                                R"("bos_token_id":null,"eos_token_id":null,"quantization_config":null)");
  EXPECT_EQ(config.n_kv_heads, 32u);
  EXPECT_EQ(config.head_dim, 128u);
  EXPECT_FALSE(config.bos_token_id.has_value());
  EXPECT_THAT(config.eos_token_ids, IsEmpty());
}

TEST(Config, RopeThetaIsFoundWhereverTransformersFindsIt) {
  EXPECT_EQ(llama(R"("rope_parameters":{"rope_type":"default","rope_theta":5})").rope_theta, 5);
  EXPECT_EQ(llama(R"("rope_theta":6,"rope_scaling":null)").rope_theta, 6);
  EXPECT_EQ(llama(R"("rope_theta":6,"rope_parameters":{"rope_type":"default"})").rope_theta, 6);
  EXPECT_EQ(llama(R"("rope_theta":6,"rope_parameters":{"rope_theta":5})").rope_theta, 5);
  EXPECT_EQ(llama(R"("rope_parameters":{})").rope_theta, 10000);
  // rope_scaling, where it says anything, takes the whole place of rope_parameters.
  EXPECT_EQ(llama(R"("rope_scaling":{"type":"default"},"rope_parameters":{"rope_theta":5})").rope_theta,
            10000);
  EXPECT_EQ(llama(R"("rope_scaling":{},"rope_parameters":{"rope_theta":5})").rope_theta, 5);
}

const std::string factors = R"("factor":8,"low_freq_factor":1.5,"high_freq_factor":4)";

TEST(Config, ReadsLlama3ScalingInEveryForm) {
  const std::string original = R"(,"original_max_position_embeddings":64)";
  for (const std::string& fields : {
           R"("rope_parameters":{"rope_theta":5e5,"rope_type":"llama3",)" + factors + original + "}",
           R"("rope_theta":5e5,"rope_scaling":{"rope_type":"llama3",)" + factors + original + "}",
           R"("rope_theta":5e5,"rope_scaling":{"type":"llama3",)" + factors + original + "}",
           R"("rope_theta":5e5,"rope_scaling":{"type":"x","rope_type":"llama3",)" + factors + original + "}",
           R"("max_position_embeddings":64,"rope_parameters":{"rope_theta":5e5,"rope_type":"llama3",)" +
               factors + "}",
           R"("rope_theta":5e5,"original_max_position_embeddings":64,"rope_scaling":{"rope_type":"llama3",)" +
               factors + R"(,"original_max_position_embeddings":99})",
       }) {
    const Config config = llama(fields);
    EXPECT_EQ(config.rope_theta, 5e5f) << fields;
    ASSERT_TRUE(config.rope_scaling.has_value()) << fields;
    EXPECT_EQ(config.rope_scaling->factor, 8) << fields;
    EXPECT_EQ(config.rope_scaling->low_freq_factor, 1.5f) << fields;
    EXPECT_EQ(config.rope_scaling->high_freq_factor, 4) << fields;
    EXPECT_EQ(config.rope_scaling->original_max_position_embeddings, 64u) << fields;
  }
}

TEST(Config, GenerationConfigDecidesWhatEndsGeneration) {
  const TempDir dir;
  write_file(dir / "config.json", R"({"model_type":"llama","eos_token_id":2})");
  EXPECT_THAT(load_config(dir.path()).eos_token_ids, ElementsAre(2));
  write_file(dir / "generation_config.json", R"({"eos_token_id":[5,6]})");
  EXPECT_THAT(load_config(dir.path()).eos_token_ids, ElementsAre(5, 6));
  write_file(dir / "generation_config.json", R"({"bos_token_id":1})");
  EXPECT_THAT(load_config(dir.path()).eos_token_ids, IsEmpty());
  write_file(dir / "generation_config.json", R"({"eos_token_id":32000})");
  EXPECT_THAT(refusal([&] { load_config(dir.path()); }),
              HasSubstr("generation_config.json: eos_token_id: expected a whole number from 0 to 31999"));
}

TEST(Config, RefusesByNameWhatChoosesOtherTokens) {
  const TempDir dir;
  const std::string accepted = refusal([] {});
  const auto refused = [&](const std::string& config, const std::string& generation_config) {
    write_file(dir / "config.json", R"({"model_type":"llama")" + config + "}");
    write_file(dir / "generation_config.json", generation_config);
    return refusal([&] { load_config(dir.path()); });
  };
  const std::vector<std::pair<std::string, std::string>> cases = {
      {R"("repetition_penalty":1.1)", "repetition_penalty: expected 1 or none"},
      {R"("num_beams":4)", "num_beams: expected 1 or none"},
      {R"("guidance_scale":1.5)", "guidance_scale: expected 1 or none"},
      {R"("no_repeat_ngram_size":3)", "no_repeat_ngram_size: expected 0 or none"},
      {R"("min_length":9)", "min_length: expected 0 or none"},
      {R"("min_new_tokens":9)", "min_new_tokens: expected 0 or none"},
      {R"("suppress_tokens":[5])", "suppress_tokens: expected none"},
      {R"("forced_eos_token_id":2)", "forced_eos_token_id: expected none"},
  };
  for (const auto& [field, problem] : cases) {
    EXPECT_THAT(refused("", "{" + field + "}"), HasSubstr("generation_config.json: " + problem));
    EXPECT_EQ(refused("," + field, "{}"), accepted);  // that one alone counts
    std::filesystem::remove(dir / "generation_config.json");
    EXPECT_THAT(refusal([&] { load_config(dir.path()); }), HasSubstr("/config.json: " + problem));
  }
  EXPECT_EQ(refused("", R"({"repetition_penalty":1.0,"num_beams":1,"min_length":0,"suppress_tokens":[],)"
                        R"("forced_eos_token_id":null,"do_sample":true,"temperature":0.6,"top_p":0.9})"),
            accepted);
}

TEST(Config, AWindowAsLongAsTheContextIsNone) {
  EXPECT_EQ(mistral(R"("max_position_embeddings":4096)").max_position_embeddings, 4096u);
  EXPECT_EQ(mistral(R"("max_position_embeddings":99,"sliding_window":99)").max_position_embeddings, 99u);
}

TEST(Config, AcceptsWhatChangesNothing) {
  llama(R"("hidden_act":"swish")");  // another name of silu
  llama(
      R"("architectures":["LlamaForCausalLM"],"pretraining_tp":4,"torch_dtype":"bfloat16","use_cache":false,)"
      R"("attention_dropout":0.5,"hidden_act":"silu","pad_token_id":-1,"unheard_of":{"a":[1]},"mlp_bias":false,)"
      R"("num_hidden_layers":1,"layer_types":["full_attention"],"rope_scaling":{"type":"default","partial_rotary_factor":1.0})");
}

/// Each wrong configuration gives one line with the file, the field and what is wrong with it.
void expect_refused(const std::string& text, const std::string& problem) {
  EXPECT_THAT(refusal([&] { parse_config(text, "DIR/config.json"); }),
              AllOf(HasSubstr("DIR/config.json: "), HasSubstr(problem), Not(HasSubstr("\n"))))
      << text.substr(0, 300);
}

TEST(Config, RefusesOtherArchitecturesByName) {
  for (const char* type : {"qwen2", "gemma", "phi3", "mixtral", "LLAMA", ""})
    expect_refused(
        fmt::format(R"({{"model_type":"{}"}})", type),
        fmt::format("model_type: expected llama or mistral, the architectures that this kit runs, found "
                    "\"{}\"",
                    type));
  expect_refused("{}", "\"model_type\" is missing");
  expect_refused(R"({"model_type":null})", "model_type: expected a string, found null");
  const std::string wrong[] = {R"(["MistralForCausalLM"])", R"(["LlamaModel"])", "[]",
                               R"(["LlamaForCausalLM","LlamaModel"])", R"("LlamaForCausalLM")"};
  for (const std::string& architectures : wrong)
    expect_refused(R"({"model_type":"llama","architectures":)" + architectures + "}",
                   "architectures: expected [\"LlamaForCausalLM\"], found ");
}

TEST(Config, RefusesByNameWhatItWouldRunWrongly) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {R"("attention_bias":true)", "attention_bias: expected false, found true"},
      {R"("attention_bias":1)", "attention_bias: expected true or false, found 1"},
      {R"("mlp_bias":true)", "mlp_bias: expected false"},
      {R"("is_encoder_decoder":true)", "is_encoder_decoder: expected false"},
      {R"("is_causal":false)", "is_causal: expected true"},
      {R"("hidden_act":"gelu")", "hidden_act: expected silu, found \"gelu\""},
      {R"("quantization_config":{"bits":4})", "quantization_config: expected none"},
      {R"("per_layer_config":{"0":{}})", "per_layer_config: expected none"},
      {R"("attention_chunk_size":64)", "attention_chunk_size: expected none"},
      {R"("kv_sharing_modes":["reuse"])", "kv_sharing_modes: expected none"},
      {R"("text_config":{})", "text_config: expected none"},
      {R"("layer_types":["full_attention","sliding_attention"])", "layer_types[1]: expected full_attention"},
      {R"("layer_types":"full_attention")", "layer_types: expected an array"},
      {R"("sliding_window":2047)", "sliding_window: expected null or at least max_position_embeddings, 2048"},
      {R"("rope_scaling":{"type":"linear","factor":2})", "rope_scaling.type: expected default or llama3"},
      {R"("rope_scaling":{"rope_type":"yarn","factor":2})",
       "rope_scaling.rope_type: expected default or llama3"},
      {R"("rope_parameters":{"rope_type":"dynamic"})",
       "rope_parameters.rope_type: expected default or llama3"},
      {R"("rope_parameters":{"rope_type":null})", "rope_parameters.rope_type: expected a string"},
      {R"("rope_parameters":{"full_attention":{"rope_theta":1}})",
       "rope_parameters.full_attention: expected no"},
      {R"("rope_parameters":[1])", "rope_parameters: expected an object"},
      {R"("rope_scaling":true)", "rope_scaling: expected an object, found true"},
      {R"("partial_rotary_factor":0.5)", "partial_rotary_factor: expected 1"},
      {R"("rope_parameters":{"partial_rotary_factor":0.5})",
       "rope_parameters.partial_rotary_factor: expected 1"},
  };
  for (const auto& [field, problem] : cases)
    expect_refused(R"({"model_type":"llama",)" + field + "}", problem);
  expect_refused(R"({"model_type":"mistral"})",
                 "sliding_window is missing, which means 4096; expected null or");
}

TEST(Config, RefusesIncompleteLlama3Scaling) {
  const auto scaling = [](const std::string& fields) {
    return R"({"model_type":"llama","rope_scaling":{"rope_type":"llama3",)" + fields + "}}";
  };
  expect_refused(scaling(R"("low_freq_factor":1,"high_freq_factor":4)"),
                 "rope_scaling: \"factor\" is missing");
  expect_refused(scaling(R"("factor":8,"high_freq_factor":4)"), "\"low_freq_factor\" is missing");
  expect_refused(scaling(R"("factor":8,"low_freq_factor":1)"), "\"high_freq_factor\" is missing");
  expect_refused(scaling(R"("factor":0.5,"low_freq_factor":1,"high_freq_factor":4)"),
                 "factor: expected at least 1");
  expect_refused(scaling(R"("factor":8,"low_freq_factor":4,"high_freq_factor":4)"),
                 "high_freq_factor: expected more than low_freq_factor, 4");
  expect_refused(scaling(factors + R"(,"original_max_position_embeddings":0)"),
                 "rope_scaling.original_max_position_embeddings: expected a whole number");
}

TEST(Config, RefusesSizesThatNoModelHas) {
  for (const char* name :
       {"vocab_size", "hidden_size", "intermediate_size", "num_hidden_layers", "num_attention_heads",
        "num_key_value_heads", "head_dim", "max_position_embeddings"})
    for (const char* value :
         {"0", "-1", "16777217", "18446744073709551616", "1e3", "2.5", "\"4\"", "true", "[4]"})
      expect_refused(fmt::format(R"({{"model_type":"llama","{}":{}}})", name, value),
                     fmt::format("{}: expected a whole number from 1 to 16777216, found ", name));
  expect_refused(R"({"model_type":"llama","hidden_size":null})", "hidden_size: expected a whole number");
}

TEST(Config, RefusesHeadsThatDoNotFit) {
  expect_refused(R"({"model_type":"llama","num_attention_heads":6,"num_key_value_heads":4,"head_dim":8})",
                 "num_attention_heads, 6, is no multiple of num_key_value_heads, 4");
  expect_refused(R"({"model_type":"llama","num_attention_heads":4,"num_key_value_heads":8})",
                 "is no multiple of");
  expect_refused(R"({"model_type":"llama","hidden_size":24,"num_attention_heads":5})",
                 "hidden_size, 24, is no multiple of num_attention_heads, 5");
  expect_refused(R"({"model_type":"llama","head_dim":7})", "head_dim is 7; expected an even number");
  expect_refused(R"({"model_type":"llama","hidden_size":20,"num_attention_heads":4})", "head_dim is 5");
}

TEST(Config, RefusesNumbersThatAreNotPositiveAndFinite) {
  for (const char* value : {"0", "-1e-6", "1e39", "1e-50", "\"1\"", "null", "false"})
    for (const char* name : {"rms_norm_eps", "rope_theta"})
      expect_refused(fmt::format(R"({{"model_type":"llama","{}":{}}})", name, value),
                     fmt::format("{}: expected a ", name));
  for (const char* value : {"NaN", "Infinity", "-Infinity", "1e400"})
    expect_refused(fmt::format(R"({{"model_type":"llama","rms_norm_eps":{}}})", value), "expected JSON: ");
}

TEST(Config, RefusesTokenIdsOutsideTheVocabulary) {
  expect_refused(R"({"model_type":"llama","vocab_size":10,"bos_token_id":10})",
                 "bos_token_id: expected a whole number from 0 to 9, found 10");
  expect_refused(R"({"model_type":"llama","vocab_size":10,"eos_token_id":-1})", "eos_token_id: expected");
  expect_refused(R"({"model_type":"llama","vocab_size":10,"eos_token_id":[2,10]})",
                 "eos_token_id[1]: expected");
  expect_refused(R"({"model_type":"llama","eos_token_id":"</s>"})", "eos_token_id: expected");
}

TEST(Config, RefusesWhatIsNoJsonObject) {
  expect_refused("", "expected JSON: ");
  expect_refused("{", "expected JSON: ");
  expect_refused(R"({"model_type":"llama"}x)", "expected JSON: ");
  expect_refused("[]", "expected an object, found an array of 0");
  expect_refused(R"({"model_type":"llama","model_type":"mistral"})", "\"model_type\" is given twice");
  expect_refused(R"({"model_type":)" + std::string(100'000, '['), "nested deeper than 32 levels");
  expect_refused("\xff\xfe{", "expected JSON: ");
  expect_refused("{\"model_type\":\"\x1b[2J\"}", "expected JSON: ");
  expect_refused(R"({"model_type":"\u001b[2J"})", "found \"\\x1b[2J\"");
}

TEST(Config, RefusesWhatIsNoFile) {
  const TempDir dir;
  EXPECT_THAT(refusal([&] { load_config(dir.path()); }), HasSubstr("config.json: there is no such file"));
  ASSERT_EQ(mkfifo((dir / "config.json").c_str(), 0600), 0);
  EXPECT_THAT(refusal([&] { load_config(dir.path()); }),
              HasSubstr("config.json: expected a regular file, found a FIFO"));
  EXPECT_THAT(refusal([&] { load_config(dir / "config.json"); }), HasSubstr("config.json/config.json: "));
}

}  // namespace
}  // namespace lab

#include "kit/checkpoint/checkpoint.h"

#include <gmock/gmock.h>

#include <algorithm>

#include "tests/kit/files.h"

namespace lab {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

std::filesystem::path model(const std::string& name) {
  return std::filesystem::path(LAB_REFERENCE_DATA) / "models" / name;
}

/// First, middle and last element of each weight are the ones that the Python library reads.
void expect_weights_as_in_python(const std::string& name) {
  const Checkpoint checkpoint = load_checkpoint(model(name));
  const Safetensors expected(model(name) / "expected.safetensors");
  const ConstView samples = expected.tensors().at("weights");
  ASSERT_EQ(samples.size(0), checkpoint.weights.tensors().size());
  std::size_t row = 0;
  for (const auto& [tensor, view] : checkpoint.weights.tensors()) {
    const float* data = view.data();
    EXPECT_THAT(samples.row(row++), ElementsAre(data[0], data[view.numel() / 2], data[view.numel() - 1]))
        << tensor;
    EXPECT_EQ(tensor, view.name());
  }
}

TEST(Checkpoint, ReadsLlama) { expect_weights_as_in_python("tiny-llama"); }
TEST(Checkpoint, ReadsShards) { expect_weights_as_in_python("tiny-llama-sharded"); }
TEST(Checkpoint, ReadsF16) { expect_weights_as_in_python("tiny-llama-tied-f16"); }
TEST(Checkpoint, ReadsBF16) { expect_weights_as_in_python("tiny-llama3-bf16"); }
TEST(Checkpoint, ReadsTheFormOfTransformers4) { expect_weights_as_in_python("tiny-llama3-v4"); }
TEST(Checkpoint, ReadsMistral) { expect_weights_as_in_python("tiny-mistral"); }

TEST(Checkpoint, ShardsHoldWhatTheSingleFileHolds) {
  const Checkpoint single = load_checkpoint(model("tiny-llama"));
  const Checkpoint sharded = load_checkpoint(model("tiny-llama-sharded"));
  ASSERT_EQ(single.weights.tensors().size(), sharded.weights.tensors().size());
  for (const auto& [name, view] : single.weights.tensors()) {
    const ConstView other = sharded.weights.tensors().at(name);
    ASSERT_EQ(view.shape(), other.shape()) << name;
    EXPECT_TRUE(std::equal(view.data(), view.data() + view.numel(), other.data())) << name;
  }
}

TEST(Checkpoint, ReadsTheConfigurationsThatTransformersWrites) {
  const Config llama = load_config(model("tiny-llama"));
  EXPECT_EQ(llama.n_heads, llama.n_kv_heads);
  EXPECT_EQ(llama.head_dim, 8u);
  EXPECT_FALSE(llama.tie_word_embeddings);
  EXPECT_THAT(llama.eos_token_ids, ElementsAre(2));

  const Config tied = load_config(model("tiny-llama-tied-f16"));
  EXPECT_TRUE(tied.tie_word_embeddings);
  EXPECT_EQ(tied.rope_theta, 500000.f);
  EXPECT_EQ(tied.rms_norm_eps, 0.02f);

  const Config mistral = load_config(model("tiny-mistral"));
  EXPECT_EQ(mistral.n_kv_heads, 1u);
  EXPECT_EQ(mistral.head_dim, 14u);
  EXPECT_EQ(mistral.rope_theta, 1000000.f);

  EXPECT_THAT(load_config(model("tiny-llama3-bf16")).eos_token_ids, ElementsAre(3, 70));
  for (const char* name : {"tiny-llama3-bf16", "tiny-llama3-v4"}) {
    const Config config = load_config(model(name));
    ASSERT_TRUE(config.rope_scaling.has_value()) << name;
    EXPECT_EQ(config.rope_theta, 500000.f) << name;
    EXPECT_EQ(config.rope_scaling->factor, 8) << name;
    EXPECT_EQ(config.rope_scaling->original_max_position_embeddings, 64u) << name;
  }
}

TEST(Checkpoint, ExpectedLogitsBelongToThePrompt) {
  const Safetensors expected(model("tiny-llama") / "expected.safetensors");
  EXPECT_EQ(expected.tensors().at("logits").shape(), Shape({expected.integers("prompt").size(), 61}));
  EXPECT_EQ(expected.integers("greedy").size(), 20u);
  EXPECT_GT(std::stof(expected.metadata().at("min_margin")),
            1000 * std::stof(expected.metadata().at("max_abs_error")));
}

/// A model of one layer, written to disk tensor by tensor, so that a test can change one.
class SmallModel {
 public:
  struct Stored {
    std::vector<std::size_t> shape;
    std::string dtype = "F32";
    float value = 1;
  };
  std::map<std::string, Stored> tensors = {
      {"model.embed_tokens.weight", {{5, 4}}},
      {"model.layers.0.input_layernorm.weight", {{4}}},
      {"model.layers.0.self_attn.q_proj.weight", {{12, 4}}},
      {"model.layers.0.self_attn.k_proj.weight", {{6, 4}}},
      {"model.layers.0.self_attn.v_proj.weight", {{6, 4}}},
      {"model.layers.0.self_attn.o_proj.weight", {{4, 12}}},
      {"model.layers.0.post_attention_layernorm.weight", {{4}}},
      {"model.layers.0.mlp.gate_proj.weight", {{3, 4}}},
      {"model.layers.0.mlp.up_proj.weight", {{3, 4}}},
      {"model.layers.0.mlp.down_proj.weight", {{4, 3}}},
      {"model.norm.weight", {{4}}},
      {"lm_head.weight", {{5, 4}}},
  };
  bool tied = false;

  Checkpoint load() const {
    std::string header, data;
    for (const auto& [name, stored] : tensors) {
      std::size_t count = 1;
      std::string shape;
      for (const std::size_t size : stored.shape) {
        count *= size;
        shape += (shape.empty() ? "" : ",") + std::to_string(size);
      }
      header += fmt::format(R"({}"{}":{{"dtype":"{}","shape":[{}],"data_offsets":[{},{}]}})",
                            header.empty() ? "" : ",", name, stored.dtype, shape, data.size(),
                            data.size() + 4 * count);
      data += bytes_of(std::vector<float>(count, stored.value));
    }
    const TempDir dir;
    write_file(dir / "model.safetensors", safetensors_file("{" + header + "}", data));
    write_file(
        dir / "config.json",
        fmt::format(R"({{"model_type":"llama","vocab_size":5,"hidden_size":4,"intermediate_size":3,)"
                    R"("num_hidden_layers":1,"num_attention_heads":2,"num_key_value_heads":1,"head_dim":6,)"
                    R"("tie_word_embeddings":{}}})",
                    tied));
    return load_checkpoint(dir.path());
  }
};

TEST(Checkpoint, NeedsEveryTensorInItsShape) {
  const SmallModel good;
  EXPECT_EQ(good.load().weights.tensors().size(), good.tensors.size());
  for (const auto& [name, stored] : good.tensors) {
    SmallModel without = good;
    without.tensors.erase(name);
    EXPECT_THAT(refusal([&] { without.load(); }),
                AllOf(HasSubstr("tensor " + name + " of shape ("), HasSubstr(") is missing")));

    for (std::size_t dim = 0; dim < stored.shape.size(); ++dim) {
      SmallModel larger = good;
      larger.tensors[name].shape[dim] += 1;
      EXPECT_THAT(refusal([&] { larger.load(); }), HasSubstr("tensor " + name + ": expected shape "));
    }
    SmallModel deeper = good;
    deeper.tensors[name].shape.push_back(1);
    EXPECT_THAT(refusal([&] { deeper.load(); }), HasSubstr("tensor " + name + ": expected shape "));

    SmallModel integers = good;
    integers.tensors[name].dtype = "I32";
    EXPECT_THAT(refusal([&] { integers.load(); }),
                HasSubstr("tensor " + name + " holds integers; expected F32"));
  }
}

TEST(Checkpoint, RefusesTensorsThatItWouldLeaveOut) {
  for (const char* name : {"model.layers.0.self_attn.q_proj.bias", "model.layers.1.input_layernorm.weight",
                           "model.layers.0.self_attn.q_norm.weight", "embed_tokens.weight", "lm_head.bias"})
    for (const char* dtype : {"F32", "I32"}) {
      SmallModel extra;
      extra.tensors[name] = {{4}, dtype};
      EXPECT_THAT(
          refusal([&] { extra.load(); }),
          AllOf(HasSubstr(fmt::format("tensor {} is no part of the model", name)), Not(HasSubstr("\n"))));
    }
}

TEST(Checkpoint, LeavesOutOldRopeFrequencies) {
  SmallModel old;
  old.tensors["model.layers.0.self_attn.rotary_emb.inv_freq"] = {{3}};
  EXPECT_NO_THROW(old.load());
}

TEST(Checkpoint, TiedModelsNeedNoHead) {
  SmallModel tied;
  tied.tied = true;
  EXPECT_NO_THROW(tied.load()) << "a head that equals the embeddings changes nothing";
  tied.tensors["lm_head.weight"].value = 2;
  EXPECT_THAT(refusal([&] { tied.load(); }),
              HasSubstr("tensor lm_head.weight differs from model.embed_tokens.weight, but config.json says "
                        "tie_word_embeddings"));
  tied.tensors["lm_head.weight"].shape = {4, 5};
  EXPECT_THAT(refusal([&] { tied.load(); }), HasSubstr("tensor lm_head.weight: expected shape (5, 4)"));
  tied.tensors.erase("lm_head.weight");
  EXPECT_NO_THROW(tied.load());
}

TEST(TensorMap, NamesItsViewsAndRefusesASecondOfTheSameName) {
  const Tensor tensor("mine", {2});
  TensorMap map;
  map.insert("model.norm.weight", tensor);
  EXPECT_STREQ(map.at("model.norm.weight").name(), "model.norm.weight");
  EXPECT_THAT(refusal([&] { map.insert("model.norm.weight", tensor); }),
              HasSubstr("two tensors named \"model.norm.weight\""));
  const TensorMap moved = std::move(map);
  EXPECT_STREQ(moved.at("model.norm.weight").name(), "model.norm.weight");
}

}  // namespace
}  // namespace lab

#include <algorithm>
#include <cstring>
#include <map>

#include "kit/checkpoint/weights.h"
#include "labs/step2_forward/forward.h"
#include "testing/diagnosis/divergence.h"
#include "testing/running/golden_test.h"

namespace lab {

const char* const step_name = "step2";

namespace {

/// A model's weights, found without load_params: a mistake there must not show in the other functions' cases.
Params params_of(const GoldenModel& model) {
  const TensorMap& tensors = model.tensors;
  Params params;
  params.embed_tokens = tensors.at(embed_tokens_name);
  params.layers.resize(model.config.n_layers);
  for (std::size_t i = 0; i < params.layers.size(); ++i) {
    for (const LayerWeight& weight : layer_weights)
      params.layers[i].*weight.view = tensors.at(tensor_name(i, weight));
  }
  params.norm = tensors.at(norm_name);
  params.lm_head = model.config.tie_word_embeddings ? params.embed_tokens : tensors.at(lm_head_name);
  return params;
}

/// "FIELD TENSOR" for each field of `params`, in the order of the fields' names.
std::vector<std::string> field_lines(const Params& params, const TensorMap& tensors) {
  std::map<std::string, ConstView> fields{
      {"embed_tokens", params.embed_tokens}, {"norm", params.norm}, {"lm_head", params.lm_head}};
  for (std::size_t i = 0; i < params.layers.size(); ++i) {
    for (const LayerWeight& weight : layer_weights)
      fields.emplace(fmt::format("layers.{}.{}", i, weight.field), params.layers[i].*weight.view);
  }
  const auto tensor_behind = [&](ConstView view) -> std::string {
    if (view.empty()) return "no tensor";
    for (const auto& [name, tensor] : tensors) {
      if (tensor.data() == view.data() && tensor.shape() == view.shape()) return name;
    }
    return "a copy or a part of a tensor";
  };
  std::vector<std::string> lines;
  for (const auto& [field, view] : fields) lines.push_back(field + " " + tensor_behind(view));
  return lines;
}

Outcome run_load_params(const Case& c) {
  Config config = c.model().config;
  if (c.has("tie_word_embeddings")) config.tie_word_embeddings = c.flag("tie_word_embeddings");
  if (c.has("num_hidden_layers")) config.n_layers = c.count("num_hidden_layers");
  const std::vector<std::string> without = c.has("without") ? c.names("without") : std::vector<std::string>{};
  TensorMap tensors;
  for (const auto& [name, tensor] : c.model().tensors) {
    if (std::ranges::find(without, name) == without.end()) tensors.insert(name, tensor);
  }
  return Arguments(c).run([&](Outcome& outcome) {
    outcome.facts["fields"] = field_lines(load_params(config, tensors), tensors);
  });
}

Workspace workspace_of(Arguments& arguments, const Case& c) {
  const auto view = [&](const char* name) {
    const std::string storage = std::string("workspace.") + name;
    return c.has_storage(storage) ? arguments.view(storage) : View();
  };
  return {view("hidden"), view("q"), view("attention"), view("scores"), view("gate"), view("up")};
}

Outcome run_mlp(const Case& c) {
  const Params params = params_of(c.model());
  Arguments a(c);
  return a.run([&](Outcome&) {
    mlp(a.view("residual"), workspace_of(a, c), c.model().config, params.layers.at(c.count("layer")));
  });
}

/// Fills a whole cache, so that a write to a row or a layer that is nobody's business shows.
void fill(KvCache& cache, float value) {
  for (std::size_t layer = 0; layer < cache.n_layers(); ++layer) {
    for (const View& storage : {cache.k(layer), cache.v(layer)})
      std::fill_n(storage.data(), storage.numel(), value);
  }
}

bool is_filled_with(ConstView view, float value) {
  return std::all_of(view.data(), view.data() + view.numel(), [&](float x) { return x == value; });
}

Outcome run_attention_block(const Case& c) {
  const Params params = params_of(c.model());
  const std::size_t layer = c.count("layer");
  constexpr float untouched = 0.625f;
  KvCache cache(c.model().config, c.count("capacity"));
  fill(cache, untouched);
  Arguments a(c);
  for (const auto& [storage, rows] : {std::pair{"cache.k", cache.k(layer)}, {"cache.v", cache.v(layer)}})
    std::copy_n(a.view(storage).data(), rows.numel(), rows.data());
  cache.length = c.count("cache_length");

  Outcome outcome = a.run([&](Outcome&) {
    attention_block(a.view("residual"), workspace_of(a, c), cache, layer, c.model().config,
                    params.layers.at(layer), a.span("inv_freq"));
  });
  outcome.facts["cache_length"] = {std::to_string(cache.length)};
  outcome.tensors.insert_or_assign("cache.k", copy_of("cache.k", cache.k(layer)));
  outcome.tensors.insert_or_assign("cache.v", copy_of("cache.v", cache.v(layer)));
  for (std::size_t other = 0; other < cache.n_layers(); ++other) {
    if (other == layer) continue;
    if (!is_filled_with(cache.k(other), untouched) || !is_filled_with(cache.v(other), untouched))
      outcome.overrun.push_back(other < layer ? "cache.k" : "cache.v");
  }
  return outcome;
}

Tensor logits_of_cut_models(Config config, Params params, std::span<const TokenId> tokens) {
  Tensor logits(cut_logits, {config.n_layers, config.vocab_size});
  for (; config.n_layers > 0; --config.n_layers) {
    params.layers.resize(config.n_layers);
    KvCache cache(config, tokens.size());
    forward(logits.view().row(config.n_layers - 1), tokens, config, params, cache);
  }
  return logits;
}

Outcome run_forward(const Case& c) {
  const Config& config = c.model().config;
  const Params params = params_of(c.model());
  const std::vector<TokenId> tokens = c.ids("tokens");
  const std::vector<TokenId> chunks = c.ids("chunks");
  KvCache cache(config, c.count("capacity"));
  fill(cache, c.number("cache_dirt"));
  Arguments a(c);
  Outcome outcome = a.run([&](Outcome& traced) {
    std::size_t begin = 0;
    for (std::size_t call = 0; call < chunks.size(); ++call) {
      Trace trace;
      if (c.has("trace_chunk") && c.count("trace_chunk") == call) {
        trace = Trace([&](const std::string& name, ConstView value) {
          const std::string point = "trace/" + name;
          const Shape shape = c.expects_storage(point) ? c.after(point).shape() : value.shape();
          traced.tensors.insert_or_assign(point, recorded(name, value, shape));
        });
      }
      const std::size_t seq_len = static_cast<std::size_t>(chunks[call]);
      forward(a.view("logits").row(call), std::span(tokens).subspan(begin, seq_len), config, params, cache,
              trace);
      begin += seq_len;
    }
    if (c.expects_storage(cut_logits) && traced.tensors.empty()) {
      try {
        traced.tensors.insert_or_assign(cut_logits, logits_of_cut_models(config, params, tokens));
      } catch (const CallLost&) {
        throw;
      } catch (const std::exception&) {
        // They only help to find the place, and what the case asks for has come out already: who always runs
        // four layers is refused by a model cut to three, and that is not what the case is about.
      }
    }
  });
  outcome.facts["cache_length"] = {std::to_string(cache.length)};
  const Shape all_layers{config.n_layers, tokens.size(), config.n_kv_heads, config.head_dim};
  Tensor k("cache.k", all_layers);
  Tensor v("cache.v", all_layers);
  for (std::size_t layer = 0; layer < config.n_layers; ++layer) {
    const auto keep = [&](View to, ConstView cached) {
      const ConstView rows = cached.slice(0, 0, tokens.size());
      std::copy_n(rows.data(), rows.numel(), to.select(0, layer).data());
    };
    keep(k, cache.k(layer));
    keep(v, cache.v(layer));
  }
  outcome.tensors.insert_or_assign("cache.k", std::move(k));
  outcome.tensors.insert_or_assign("cache.v", std::move(v));
  return outcome;
}

bool same_bits(ConstView a, ConstView b) {
  return a.numel() == b.numel() && std::memcmp(a.data(), b.data(), a.numel() * sizeof(float)) == 0;
}

}  // namespace

const std::map<std::string, Runner> runners = {
    {"load_params", run_load_params},
    {"attention_block", run_attention_block},
    {"mlp", run_mlp},
    {"forward", run_forward},
};

namespace {

TEST(LoadParams, EveryFieldOfEveryLayer) { EXPECT_GOLDEN(run_load_params); }
TEST(LoadParams, EqualShapesAreNotExchanged) { EXPECT_GOLDEN(run_load_params); }
TEST(LoadParams, UntiedHeadIsItsOwn) { EXPECT_GOLDEN(run_load_params); }
TEST(LoadParams, TiedHeadIsTheEmbedding) { EXPECT_GOLDEN(run_load_params); }
TEST(LoadParams, TiedIgnoresAHeadThatIsThere) { EXPECT_GOLDEN(run_load_params); }
TEST(LoadParams, TwelveLayersInOrder) { EXPECT_GOLDEN(run_load_params); }
TEST(LoadParams, AsManyLayersAsTheConfigSays) { EXPECT_GOLDEN(run_load_params); }
TEST(LoadParams, MissingLayerTensorIsAnError) { EXPECT_GOLDEN(run_load_params); }
TEST(LoadParams, MissingHeadOfAnUntiedModelIsAnError) { EXPECT_GOLDEN(run_load_params); }
TEST(LoadParams, StoryModel) { EXPECT_GOLDEN(run_load_params); }

TEST(AttentionBlock, Prefill) { EXPECT_GOLDEN(run_attention_block); }
TEST(AttentionBlock, FirstToken) { EXPECT_GOLDEN(run_attention_block); }
TEST(AttentionBlock, DecodeOneToken) { EXPECT_GOLDEN(run_attention_block); }
TEST(AttentionBlock, ChunkOverACache) { EXPECT_GOLDEN(run_attention_block); }
TEST(AttentionBlock, LayerIndexPicksTheCache) { EXPECT_GOLDEN(run_attention_block); }
TEST(AttentionBlock, CacheExactlyFull) { EXPECT_GOLDEN(run_attention_block); }
TEST(AttentionBlock, FarPositions) { EXPECT_GOLDEN(run_attention_block); }
TEST(AttentionBlock, FrequenciesAsGiven) { EXPECT_GOLDEN(run_attention_block); }
TEST(AttentionBlock, EightHeadsOverTwo) { EXPECT_GOLDEN(run_attention_block); }
TEST(AttentionBlock, EpsilonOfTheConfiguration) { EXPECT_GOLDEN(run_attention_block); }
TEST(AttentionBlock, RowsAreNormedOneByOne) { EXPECT_GOLDEN(run_attention_block); }
TEST(AttentionBlock, NanBeyondTheVisibleRows) { EXPECT_GOLDEN(run_attention_block); }
TEST(AttentionBlock, NanInTheWorkspace) { EXPECT_GOLDEN(run_attention_block); }
TEST(AttentionBlock, StoryLayer) { EXPECT_GOLDEN(run_attention_block); }

TEST(Mlp, AddsToTheResidual) { EXPECT_GOLDEN(run_mlp); }
TEST(Mlp, UsesTheWeightsItIsGiven) { EXPECT_GOLDEN(run_mlp); }
TEST(Mlp, OneRow) { EXPECT_GOLDEN(run_mlp); }
TEST(Mlp, EpsilonOfTheConfiguration) { EXPECT_GOLDEN(run_mlp); }
TEST(Mlp, RowsAreNormedOneByOne) { EXPECT_GOLDEN(run_mlp); }
TEST(Mlp, NanInTheWorkspace) { EXPECT_GOLDEN(run_mlp); }
TEST(Mlp, StoryLayer) { EXPECT_GOLDEN(run_mlp); }

TEST(Forward, NineTokensAtOnce) { EXPECT_GOLDEN(run_forward); }
TEST(Forward, NineTokensOneByOne) { EXPECT_GOLDEN(run_forward); }
TEST(Forward, NineTokensInFourAndFive) { EXPECT_GOLDEN(run_forward); }
TEST(Forward, NineTokensInOneAndEight) { EXPECT_GOLDEN(run_forward); }
TEST(Forward, LaterTokenChanged) { EXPECT_GOLDEN(run_forward); }
TEST(Forward, OnACacheThatHoldsTokens) { EXPECT_GOLDEN(run_forward); }
TEST(Forward, CacheExactlyFull) { EXPECT_GOLDEN(run_forward); }
TEST(Forward, OneToken) { EXPECT_GOLDEN(run_forward); }
TEST(Forward, RepeatedTokens) { EXPECT_GOLDEN(run_forward); }
TEST(Forward, TiedEmbeddings) { EXPECT_GOLDEN(run_forward); }
TEST(Forward, EpsilonOfTheConfiguration) { EXPECT_GOLDEN(run_forward); }
TEST(Forward, Llama3Prefill) { EXPECT_GOLDEN(run_forward); }
TEST(Forward, Llama3FarPositions) { EXPECT_GOLDEN(run_forward); }
TEST(Forward, TwelveLayers) { EXPECT_GOLDEN(run_forward); }
TEST(Forward, TwelveLayersInTwoChunks) { EXPECT_GOLDEN(run_forward); }
TEST(Forward, StoryPrefill) { EXPECT_GOLDEN(run_forward); }
TEST(Forward, StoryDecode) { EXPECT_GOLDEN(run_forward); }

// What a token leaves behind may not depend on the tokens after it, not even in the last bit. Whoever
// computes something else, or nothing, could pass that for free.
TEST(AttentionBlock, LaterRowLeavesEarlierRowsBitIdentical) {
  const Case& c = golden_file().at("AttentionBlock.ChunkOverACache");
  ASSERT_THAT(c, IsYielded(judged(c, run_attention_block)));
  const Params params = params_of(c.model());
  const Config& config = c.model().config;
  const std::size_t layer = c.count("layer");
  const auto residual_after = [&](float change) {
    Arguments a(c);
    KvCache cache(config, c.count("capacity"));
    fill(cache, 0.5f);
    cache.length = c.count("cache_length");
    const View residual = a.view("residual");
    residual(residual.size(0) - 1, 0) += change;
    attention_block(residual, workspace_of(a, c), cache, layer, config, params.layers.at(layer),
                    a.span("inv_freq"));
    return copy_of("residual", residual);
  };
  const Tensor before = residual_after(0);
  const Tensor after = residual_after(1);
  const std::size_t last = before.shape()[0] - 1;
  EXPECT_TRUE(same_bits(before.view().slice(0, 0, last), after.view().slice(0, 0, last)));
  EXPECT_FALSE(same_bits(before.view().slice(0, last, last + 1), after.view().slice(0, last, last + 1)));
}

TEST(Forward, LaterTokenLeavesEarlierCacheRowsBitIdentical) {
  const Case& c = golden_file().at("Forward.NineTokensAtOnce");
  ASSERT_THAT(c, IsYielded(judged(c, run_forward)));
  const Params params = params_of(c.model());
  const Config& config = c.model().config;
  const auto cache_after = [&](std::vector<TokenId> tokens) {
    KvCache cache(config, tokens.size());
    std::vector<float> logits(config.vocab_size);
    forward(logits, tokens, config, params, cache);
    return cache;
  };
  std::vector<TokenId> tokens = c.ids("tokens");
  const std::size_t last = tokens.size() - 1;
  const KvCache before = cache_after(tokens);
  tokens[last] = tokens[last] == 0 ? 1 : tokens[last] - 1;
  const KvCache after = cache_after(tokens);
  for (std::size_t layer = 0; layer < config.n_layers; ++layer) {
    EXPECT_TRUE(same_bits(before.k(layer).slice(0, 0, last), after.k(layer).slice(0, 0, last)))
        << "layer " << layer;
    EXPECT_TRUE(same_bits(before.v(layer).slice(0, 0, last), after.v(layer).slice(0, 0, last)))
        << "layer " << layer;
    EXPECT_FALSE(
        same_bits(before.k(layer).slice(0, last, last + 1), after.k(layer).slice(0, last, last + 1)));
  }
}

TEST(Forward, NothingIsKeptOfAnotherModel) {
  const Case& c = golden_file().at("Forward.NineTokensAtOnce");
  const Params params = params_of(c.model());
  const auto logits_with = [&](float rope_theta) {
    Config config = c.model().config;
    config.rope_theta = rope_theta;
    KvCache cache(config, c.ids("tokens").size());
    std::vector<float> logits(config.vocab_size);
    forward(logits, c.ids("tokens"), config, params, cache);
    return logits;
  };
  const float theta = c.model().config.rope_theta;
  run_by_hand([&] {
    const std::vector<float> first = logits_with(theta);
    EXPECT_FALSE(logits_with(50 * theta) == first)
        << "another rope_theta in the second call changes nothing: is the first "
           "call's kept (in a static variable), or a number written in?";
    EXPECT_TRUE(logits_with(theta) == first)
        << "a call with another rope_theta changes what the next one yields";
  });
}

}  // namespace
}  // namespace lab

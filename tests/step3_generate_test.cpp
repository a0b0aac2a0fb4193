#include <fmt/ranges.h>

#include <algorithm>
#include <optional>
#include <stdexcept>

#include "labs/step2_forward/forward.h"
#include "labs/step3_generate/generate.h"
#include "testing/running/golden_test.h"

namespace lab {

const char* const step_name = "step3";

namespace {

SamplingOptions sampling_of(const Case& c) {
  return {c.number("temperature"), c.count("top_k"), c.number("top_p")};
}

std::vector<std::string> id_lines(const std::vector<TokenId>& ids) {
  std::vector<std::string> lines;
  for (TokenId id : ids) lines.push_back(std::to_string(id));
  return lines;
}

Outcome run_sampling_distribution(const Case& c) {
  Arguments a(c);
  Outcome outcome =
      a.run([&](Outcome&) { sampling_distribution(a.span("probs"), a.span("logits"), sampling_of(c)); });
  std::vector<TokenId> kept;
  for (std::size_t id = 0; id < a.span("probs").size(); ++id) {
    if (a.span("probs")[id] != 0) kept.push_back(static_cast<TokenId>(id));
  }
  outcome.facts["kept"] = id_lines(kept);
  return outcome;
}

Outcome run_sample(const Case& c) {
  Arguments a(c);
  return a.run([&](Outcome& outcome) {
    std::vector<TokenId> tokens;
    for (float u : c.numbers("u")) tokens.push_back(sample(a.span("probs"), u));
    outcome.facts["tokens"] = id_lines(tokens);
  });
}

/// Calls generate with logits that are written down beforehand and writes down how it calls forward.
Outcome run_generate(const Case& c) {
  Arguments a(c);
  Config config;  // of a cache that nobody writes to: only its length matters here
  config.n_layers = 1;
  config.n_kv_heads = 1;
  config.head_dim = 2;
  KvCache cache(config, c.count("capacity"));
  cache.length = c.count("cache_length");
  const View script = a.view("script");  // (calls, vocab_size)
  const std::vector<float> uniforms = c.numbers("uniforms");
  std::vector<std::string> calls;
  std::vector<TokenId> callbacks;
  std::size_t uniform_calls = 0;

  const ForwardFn forward = [&](std::span<float> logits, std::span<const TokenId> tokens, KvCache& past) {
    if (calls.size() == script.size(0)) throw std::length_error("generate goes on and on calling forward");
    std::ranges::copy(script.row(calls.size()), logits.begin());
    calls.push_back(fmt::format("cache_length {}, callbacks {}, tokens [{}]", past.length, callbacks.size(),
                                fmt::join(tokens, ", ")));
    past.length += tokens.size();
  };
  const auto uniform = [&] { return uniforms.at(uniform_calls++); };
  const auto on_token = [&](TokenId id) { callbacks.push_back(id); };
  const GenerateOptions options{.vocab_size = script.size(1),
                                .max_new_tokens = c.count("max_new_tokens"),
                                .eos_token_ids = c.ids("eos_token_ids"),
                                .sampling = sampling_of(c)};
  Outcome outcome = a.run([&](Outcome& result) {
    result.facts["returned"] =
        id_lines(generate(forward, c.ids("prompt"), cache, options, uniform, on_token));
  });
  outcome.facts["calls"] = calls;
  outcome.facts["callbacks"] = id_lines(callbacks);
  outcome.facts["uniform_calls"] = {std::to_string(uniform_calls)};
  outcome.facts["cache_length"] = {std::to_string(cache.length)};
  return outcome;
}

/// Continues a prompt with the bundled model and the student's own forward. A loop that feeds tokens again
/// and again would take seconds over it, so it is stopped where no right one comes: each token is fed once,
/// into the cache.
Outcome run_generate_story(const Case& c) {
  const Config& config = c.model().config;
  KvCache cache(config, c.count("capacity"));
  const GenerateOptions options{.vocab_size = config.vocab_size,
                                .max_new_tokens = c.count("max_new_tokens"),
                                .eos_token_ids = c.ids("eos_token_ids"),
                                .sampling = sampling_of(c)};
  Arguments a(c);
  return a.run([&](Outcome& outcome) {
    std::optional<Params> params;  // loaded when generate asks for a pass: what is missing there comes first
    std::size_t fed = 0;
    const ForwardFn forward_fn = [&](std::span<float> logits, std::span<const TokenId> tokens,
                                     KvCache& past) {
      fed += tokens.size();
      if (fed > past.capacity()) {
        throw std::length_error(fmt::format(
            "generate feeds tokens again: {} so far, and the cache has room for {}", fed, past.capacity()));
      }
      if (!params) params = load_params(config, c.model().tensors);
      forward(logits, tokens, config, *params, past);
    };
    outcome.facts["returned"] = id_lines(generate(
        forward_fn, c.ids("prompt"), cache, options, [] { return 0.f; }, [](TokenId) {}));
  });
}

}  // namespace

const std::map<std::string, Runner> runners = {
    {"sampling_distribution", run_sampling_distribution},
    {"sample", run_sample},
    {"generate", run_generate},
};

namespace {

TEST(SamplingDistribution, PlainSoftmax) { EXPECT_GOLDEN(run_sampling_distribution); }
TEST(SamplingDistribution, LowTemperatureSharpens) { EXPECT_GOLDEN(run_sampling_distribution); }
TEST(SamplingDistribution, HighTemperatureFlattens) { EXPECT_GOLDEN(run_sampling_distribution); }
TEST(SamplingDistribution, TemperatureZeroIsArgmax) { EXPECT_GOLDEN(run_sampling_distribution); }
TEST(SamplingDistribution, TemperatureZeroTakesLowestIdOnTies) { EXPECT_GOLDEN(run_sampling_distribution); }
TEST(SamplingDistribution, TemperatureZeroOfNegativeLogits) { EXPECT_GOLDEN(run_sampling_distribution); }
TEST(SamplingDistribution, TemperatureZeroWithTopKAndTopP) { EXPECT_GOLDEN(run_sampling_distribution); }
TEST(SamplingDistribution, TopKKeepsTheLikeliest) { EXPECT_GOLDEN(run_sampling_distribution); }
TEST(SamplingDistribution, TopKOne) { EXPECT_GOLDEN(run_sampling_distribution); }
TEST(SamplingDistribution, TopKKeepsTiesWithTheKth) { EXPECT_GOLDEN(run_sampling_distribution); }
TEST(SamplingDistribution, TopKZeroKeepsAll) { EXPECT_GOLDEN(run_sampling_distribution); }
TEST(SamplingDistribution, TopKEqualToVocabularyKeepsAll) { EXPECT_GOLDEN(run_sampling_distribution); }
TEST(SamplingDistribution, TopKBeyondVocabularyKeepsAll) { EXPECT_GOLDEN(run_sampling_distribution); }
TEST(SamplingDistribution, TopPKeepsTheCrossingToken) { EXPECT_GOLDEN(run_sampling_distribution); }
TEST(SamplingDistribution, TopPSortsByProbability) { EXPECT_GOLDEN(run_sampling_distribution); }
TEST(SamplingDistribution, TopPTinyKeepsOne) { EXPECT_GOLDEN(run_sampling_distribution); }
TEST(SamplingDistribution, TopPZeroKeepsOne) { EXPECT_GOLDEN(run_sampling_distribution); }
TEST(SamplingDistribution, TopPOneKeepsAll) { EXPECT_GOLDEN(run_sampling_distribution); }
TEST(SamplingDistribution, TopKBeforeTopP) { EXPECT_GOLDEN(run_sampling_distribution); }
TEST(SamplingDistribution, TemperatureBeforeTopP) { EXPECT_GOLDEN(run_sampling_distribution); }
TEST(SamplingDistribution, HugeLogitsDoNotOverflow) { EXPECT_GOLDEN(run_sampling_distribution); }
TEST(SamplingDistribution, FarNegativeLogitsDoNotUnderflow) { EXPECT_GOLDEN(run_sampling_distribution); }
TEST(SamplingDistribution, EqualLogits) { EXPECT_GOLDEN(run_sampling_distribution); }
TEST(SamplingDistribution, VocabularyOfOne) { EXPECT_GOLDEN(run_sampling_distribution); }
TEST(SamplingDistribution, NanInTheOutputBuffer) { EXPECT_GOLDEN(run_sampling_distribution); }
TEST(SamplingDistribution, LargerVocabulary) { EXPECT_GOLDEN(run_sampling_distribution); }

TEST(Sample, ZeroDrawsTheFirstToken) { EXPECT_GOLDEN(run_sample); }
TEST(Sample, ZeroSkipsWhatIsImpossible) { EXPECT_GOLDEN(run_sample); }
TEST(Sample, ImpossibleTokensInTheMiddleAreSkipped) { EXPECT_GOLDEN(run_sample); }
TEST(Sample, JustBelowOneDrawsTheLastToken) { EXPECT_GOLDEN(run_sample); }
TEST(Sample, SumBelowOneFallsBackToTheLastToken) { EXPECT_GOLDEN(run_sample); }
TEST(Sample, SumBelowOneFallsBackToAPossibleToken) { EXPECT_GOLDEN(run_sample); }
TEST(Sample, CertainToken) { EXPECT_GOLDEN(run_sample); }
TEST(Sample, BoundaryBelongsToTheNextToken) { EXPECT_GOLDEN(run_sample); }
TEST(Sample, OrderOfIdsNotOfProbability) { EXPECT_GOLDEN(run_sample); }
TEST(Sample, VocabularyOfOne) { EXPECT_GOLDEN(run_sample); }
TEST(Sample, ManyDraws) { EXPECT_GOLDEN(run_sample); }

TEST(Generate, PrefillTakesTheWholePromptAtOnce) { EXPECT_GOLDEN(run_generate); }
TEST(Generate, DecodeFeedsOneTokenAtATime) { EXPECT_GOLDEN(run_generate); }
TEST(Generate, EndTokenEndsAndIsReturned) { EXPECT_GOLDEN(run_generate); }
TEST(Generate, FirstNewTokenIsTheEnd) { EXPECT_GOLDEN(run_generate); }
TEST(Generate, FirstOfTwoEndTokensEnds) { EXPECT_GOLDEN(run_generate); }
TEST(Generate, SecondOfTwoEndTokensEnds) { EXPECT_GOLDEN(run_generate); }
TEST(Generate, EndTokenInThePromptDoesNotStop) { EXPECT_GOLDEN(run_generate); }
TEST(Generate, WithoutEndTokensNothingEnds) { EXPECT_GOLDEN(run_generate); }
TEST(Generate, EndTokenAtTheLimitComesOnce) { EXPECT_GOLDEN(run_generate); }
TEST(Generate, MaxNewTokensDoesNotCountThePrompt) { EXPECT_GOLDEN(run_generate); }
TEST(Generate, OneNewTokenNeedsOnlyThePrefill) { EXPECT_GOLDEN(run_generate); }
TEST(Generate, NoNewTokensNeedNoPass) { EXPECT_GOLDEN(run_generate); }
TEST(Generate, ContextFillsUp) { EXPECT_GOLDEN(run_generate); }
TEST(Generate, PromptThatFillsTheCache) { EXPECT_GOLDEN(run_generate); }
TEST(Generate, PromptLongerThanTheCacheIsRefused) { EXPECT_GOLDEN(run_generate); }
TEST(Generate, EmptyPromptIsRefused) { EXPECT_GOLDEN(run_generate); }
TEST(Generate, StaleCacheIsDropped) { EXPECT_GOLDEN(run_generate); }
TEST(Generate, FullStaleCacheIsDropped) { EXPECT_GOLDEN(run_generate); }
TEST(Generate, PromptOfOneToken) { EXPECT_GOLDEN(run_generate); }
TEST(Generate, TokensOfThePromptMayComeAgain) { EXPECT_GOLDEN(run_generate); }
TEST(Generate, RepeatedTokensAreAllReturned) { EXPECT_GOLDEN(run_generate); }
TEST(Generate, CallbackComesWithEachToken) { EXPECT_GOLDEN(run_generate); }
TEST(Generate, NegativeLogitsGreedily) { EXPECT_GOLDEN(run_generate); }
TEST(Generate, UniformIsCalledAtTemperatureZeroToo) { EXPECT_GOLDEN(run_generate); }
TEST(Generate, SamplingUsesOneUniformForEachToken) { EXPECT_GOLDEN(run_generate); }
TEST(Generate, SamplingOptionsReachTheSampler) { EXPECT_GOLDEN(run_generate); }
TEST(Generate, SamplingEndsAtADrawnEndToken) { EXPECT_GOLDEN(run_generate); }
TEST(Generate, LongRun) { EXPECT_GOLDEN(run_generate); }
TEST(Generate, StoryAsTransformersTellsIt) { EXPECT_GOLDEN(run_generate_story); }
TEST(Generate, AnotherStory) { EXPECT_GOLDEN(run_generate_story); }
TEST(Generate, StoryCutShort) { EXPECT_GOLDEN(run_generate_story); }

}  // namespace
}  // namespace lab

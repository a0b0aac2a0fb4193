// Calls that a worker answers: everything that crosses the pipe, and everything that may go wrong there.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <limits>

#include "grading/calls/wire.h"
#include "kit/error.h"
#include "labs/step0_operators/operators.h"
#include "labs/step2_forward/forward.h"
#include "labs/step3_generate/generate.h"
#include "odd_worker.h"
#include "testing/golden/arguments.h"
#include "testing/golden/golden_file.h"
#include "testing/golden/outcome.h"

namespace lab {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

/// Names the odd worker to the stand-in for as long as the tests run.
class OddWorker : public testing::Environment {
 public:
  void SetUp() override {
    file_ = std::filesystem::temp_directory_path() / ("lab-worker-" + std::to_string(getpid()));
    std::ofstream(file_) << LAB_ODD_WORKER << '\n';
    setenv("LAB_WORKER", file_.c_str(), 1);
    setenv("LAB_CALL_SECONDS", "2", 1);
  }
  void TearDown() override { std::filesystem::remove(file_); }

 private:
  std::filesystem::path file_;
};
[[maybe_unused]] const auto* const odd_worker = testing::AddGlobalTestEnvironment(new OddWorker);

struct Buffer {
  std::vector<float> elements{0, 1, 2, 3, 4, 5, 6, 7};
  View view(std::size_t offset, std::size_t size) { return View(elements.data() + offset, {size}, "buffer"); }
};

void ask(Odd odd) {
  Buffer out, x;
  narrow_copy(out.view(2, 3), x.view(1, 3), static_cast<std::size_t>(odd), 0);
}

std::string what_is_lost(Odd odd) {
  try {
    ask(odd);
  } catch (const CallLost& lost) {
    return lost.what();
  }
  return "nothing";
}

TokenId workers_id() {
  const std::vector<float> probs{1};
  return sample(probs, 0);
}

TEST(StandIn, WritesComeBackAndNothingElse) {
  Buffer out, x;
  narrow_copy(out.view(2, 3), x.view(0, 3), static_cast<std::size_t>(Odd::behaves), 0);
  EXPECT_THAT(out.elements, ElementsAre(0, 1, 0, 1, 2, 5, 6, 7));
  narrow_copy(out.view(2, 3), x.view(0, 3), static_cast<std::size_t>(Odd::writes_to_what_is_const), 0);
  EXPECT_EQ(x.elements[0], 0);
}

TEST(StandIn, ViewsOfOneStorageAlias) {
  Buffer buffer, other;
  const auto aliases = static_cast<std::size_t>(Odd::says_whether_it_aliases);
  narrow_copy(buffer.view(2, 3), buffer.view(3, 3), aliases, 0);
  EXPECT_EQ(buffer.elements[2], 1);
  narrow_copy(buffer.view(2, 3), other.view(3, 3), aliases, 0);
  EXPECT_EQ(buffer.elements[2], 0);
}

TEST(StandIn, GuardsTravelWithTheStorage) {
  const GoldenFile file(LAB_REFERENCE_DATA, "step0");
  const Case& golden_case = file.at("NarrowCopy.PartOfAVector");
  const Outcome outcome = Arguments(golden_case).run([](Outcome&) {});
  EXPECT_TRUE(outcome.overrun.empty());
  Arguments arguments(golden_case);
  const Outcome overrun = arguments.run([&](Outcome&) {
    const View out = arguments.view("out");
    EXPECT_TRUE(std::isnan(out.data()[-1]));
    narrow_copy(out, arguments.view("x"), static_cast<std::size_t>(Odd::writes_into_guards), 0);
    EXPECT_EQ(out.data()[-1], 7);
  });
  EXPECT_THAT(overrun.overrun, ElementsAre("out"));
}

/// Where the command is a sandbox, that tells 128 + the signal if it was the worker that got it.
TEST(StandIn, ASandboxThatIsKilledWasKilledFromOutside) {
  setenv("LAB_SANDBOXED", "1", 1);
  EXPECT_EQ(what_is_lost(Odd::crashes), "the worker was killed from outside by signal 11");
  unsetenv("LAB_SANDBOXED");
}

TEST(StandIn, ExceptionsComeThroughAsTheyAre) {
  EXPECT_THROW(ask(Odd::throws_error), Error);
  EXPECT_THROW(ask(Odd::throws_invalid_argument), std::invalid_argument);
  try {
    ask(Odd::throws_out_of_range);
  } catch (const std::out_of_range& error) {
    EXPECT_STREQ(error.what(), "buffer has shape (3); index (99) is outside it");
  }
  try {
    ask(Odd::throws_other);
  } catch (const std::runtime_error& error) {
    EXPECT_STREQ(error.what(), "too long");
  }
  EXPECT_ANY_THROW(ask(Odd::throws_no_exception));
  try {
    ask(Odd::throws_not_implemented);
    FAIL();
  } catch (const NotImplemented& stub) {
    EXPECT_EQ(stub.function(), "f");
    EXPECT_EQ(stub.file(), "labs/f.cpp");
    EXPECT_EQ(stub.section(), "2");
  }
}

TEST(StandIn, AnExceptionWithoutATextIsOneAllTheSame) {
  const GoldenFile file(LAB_REFERENCE_DATA, "step0");
  const Case& golden_case = file.at("NarrowCopy.PartOfAVector");
  const auto thrown_by = [&](Odd odd) {
    return Arguments(golden_case).run([&](Outcome&) { ask(odd); }).thrown;
  };
  ASSERT_FALSE(thrown_by(Odd::behaves));
  const std::optional<Thrown> error = thrown_by(Odd::throws_error_without_text);
  ASSERT_TRUE(error);
  EXPECT_EQ(error->kind, "Error");
  EXPECT_EQ(error->text, "");
  const std::optional<Thrown> other = thrown_by(Odd::throws_other_without_text);
  ASSERT_TRUE(other);
  EXPECT_EQ(other->kind, "another exception");
  EXPECT_EQ(other->text, "");
}

TEST(StandIn, AWorkerThatFailsIsToldAndReplaced) {
  EXPECT_EQ(what_is_lost(Odd::crashes), "the worker was killed by signal 11 (Segmentation fault)");
  EXPECT_EQ(what_is_lost(Odd::exits), "the worker ended with exit status 0 before it answered");
  EXPECT_EQ(what_is_lost(Odd::closes), "the worker closed its end of the connection");
  EXPECT_EQ(what_is_lost(Odd::behaves), "nothing");
}

TEST(StandIn, AFunctionThatNoStepHasIsRefusedByName) {
  what_is_lost(Odd::crashes);  // so that the next worker's stderr is the one that is captured
  testing::internal::CaptureStderr();
  Buffer scores;
  try {
    masked_softmax(scores.view(0, 8));
  } catch (const CallLost& lost) {
    EXPECT_STREQ(lost.what(), "the worker ended with exit status 1 before it answered");
  }
  EXPECT_THAT(testing::internal::GetCapturedStderr(),
              HasSubstr("doesn't understand: a call of masked_softmax, which no step of it has\n"));
  EXPECT_EQ(what_is_lost(Odd::behaves), "nothing");
}

TEST(StandIn, AHangEndsAtALimitThatEachHangHalvesDownToAnEighth) {
  for (const char* seconds : {"2", "1", "0.5", "0.25", "0.25"}) {
    EXPECT_THAT(what_is_lost(Odd::hangs), HasSubstr(fmt::format("didn't end within {} seconds", seconds)));
  }
  EXPECT_THAT(what_is_lost(Odd::floods), HasSubstr("a trace point that it wasn't asked for"));
  EXPECT_EQ(what_is_lost(Odd::behaves), "nothing");
}

TEST(StandIn, NonsenseIsRefused) {
  EXPECT_THAT(what_is_lost(Odd::answers_garbage), HasSubstr("a value that its field can't have"));
  EXPECT_THAT(what_is_lost(Odd::answers_too_much), HasSubstr("answered with more than the"));
  EXPECT_THAT(what_is_lost(Odd::answers_outside), HasSubstr("elements outside of a storage"));
  EXPECT_THAT(what_is_lost(Odd::answers_too_few), HasSubstr("too few storages"));
  EXPECT_THAT(what_is_lost(Odd::answers_too_many), HasSubstr("too many storages"));
  EXPECT_THAT(what_is_lost(Odd::traces_unasked), HasSubstr("a trace point that it wasn't asked for"));
  EXPECT_THAT(what_is_lost(Odd::asks_unasked), HasSubstr("a question where none can be asked"));
  EXPECT_EQ(what_is_lost(Odd::behaves), "nothing");
}

TEST(StandIn, WhatAWorkerLeavesBehindDiesWithIt) {
  Buffer out, x;
  narrow_copy(out.view(2, 3), x.view(1, 3), static_cast<std::size_t>(Odd::leaves_a_child), 0);
  const pid_t child = static_cast<pid_t>(out.elements[2]);
  EXPECT_EQ(kill(child, 0), 0);
  EXPECT_EQ(what_is_lost(Odd::crashes), "the worker was killed by signal 11 (Segmentation fault)");
  const auto is_gone = [&] {  // or a zombie that nobody has waited for
    std::ifstream stat("/proc/" + std::to_string(child) + "/stat");
    std::string id, name, state;
    return !(stat >> id >> name >> state) || state == "Z" || state == "X";
  };
  for (int waited = 0; waited < 1000 && !is_gone(); ++waited) usleep(1000);
  EXPECT_TRUE(is_gone());
}

TEST(StandIn, AForkedProcessHasAWorkerOfItsOwn) {
  const TokenId ours = workers_id();
  const pid_t child = fork();
  if (child == 0) _exit(workers_id() != ours && workers_id() == workers_id() ? 0 : 1);
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
  EXPECT_EQ(workers_id(), ours);
}

/// Beyond what is in use now.
void limit_memory(std::size_t more) {
  std::ifstream sizes("/proc/self/statm");
  std::size_t pages = 0;
  sizes >> pages;
  const rlim_t bytes = pages * static_cast<std::size_t>(sysconf(_SC_PAGESIZE)) + more;
  const rlimit limit{bytes, bytes};
  setrlimit(RLIMIT_AS, &limit);
}

struct Model {
  Config config;
  std::vector<float> a{1, 2, 3}, b{4, 5, 6}, c{7, 8, 9};
  TensorMap tensors;
  Model() {
    config.n_layers = config.n_kv_heads = 1;
    config.head_dim = 2;
    tensors.insert("a", ConstView(a.data(), {3}));
    tensors.insert("b", ConstView(b.data(), {3}));
    tensors.insert("c", ConstView(c.data(), {3}));
  }
};

TEST(StandIn, WeightsAreTensorsPartsOrTheWorkersOwn) {
  Model model;
  const Params params = load_params(model.config, model.tensors);
  EXPECT_NE(params.embed_tokens.data(), model.a.data());
  EXPECT_EQ(params.norm.data(), model.b.data() + 1);
  EXPECT_EQ(params.norm.shape(), (Shape{1}));
  EXPECT_EQ(params.lm_head.data(), model.c.data());

  KvCache cache(model.config, 4);
  cache.length = 1;
  std::vector<float> logits(2);
  const std::vector<TokenId> tokens{5, 6};
  std::vector<std::string> points;
  const Trace trace([&](const std::string& name, ConstView value) {
    points.push_back(fmt::format("{} {}", name, value.data()[0]));
  });
  model.c[0] = 11;  // the worker has the former value
  forward(logits, tokens, model.config, params, cache, trace.layer(2));
  EXPECT_THAT(points,
              ElementsAre("model.layers.2.embed_tokens 0.5", "model.layers.2.model.layers.3.a\\x0ab 5"));
  EXPECT_EQ(logits[0], 11);
  EXPECT_EQ(cache.length, 3u);
  EXPECT_EQ(cache.k(0)(1, 0, 0), 0.25f);

  what_is_lost(Odd::crashes);
  try {
    forward(logits, tokens, model.config, params, cache);
    FAIL();
  } catch (const CallLost& lost) {
    EXPECT_STREQ(lost.what(), "the worker that had loaded these weights is gone");
  }
}

/// Who may choose views could otherwise have us keep a copy of the same weights for each of them.
TEST(StandIn, ViewsOfKeptWeightsShareOneCopy) {
  Model model;
  std::vector<float> large(std::size_t{1} << 20, 1.f);
  model.tensors.insert("0", ConstView(large.data(), {large.size()}));
  model.config.vocab_size = model.config.n_layers + 17;
  EXPECT_THROW(load_params(model.config, model.tensors), CallLost);  // weights of no model
  model.config.vocab_size -= 1;
  Params params = load_params(model.config, model.tensors);
  std::size_t size = large.size() / 2;
  for (ConstView* view : wire::views_of(params)) *view = ConstView(view->data(), {size++});  // they overlap

  const pid_t child = fork();
  if (child == 0) {  // where the worker is a new one, which was told nothing of `large`
    limit_memory(std::size_t{512} << 20);
    std::vector<float> logits(2);
    KvCache cache(model.config, 4);
    forward(logits, std::vector<TokenId>{5}, model.config, params, cache);
    _exit(7);
  }
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_EQ(WEXITSTATUS(status), 7);
}

TEST(StandIn, ACallThatNeedsMoreMemoryThanThereIsIsLost) {
#ifdef __SANITIZE_ADDRESS__
  return;  // AddressSanitizer ends a program that wants more memory than there is, where others get an
           // exception
#endif
  Model model;
  std::vector<float> large(std::size_t{16} << 20, 1.f);
  const pid_t child = fork();
  if (child == 0) {
    limit_memory(std::size_t{64} << 20);
    try {
      model.tensors.insert("0", ConstView(large.data(), {large.size()}));
      load_params(model.config, model.tensors);
    } catch (const CallLost& lost) {
      EXPECT_THAT(lost.what(), HasSubstr("needed more memory"));
      _exit(testing::Test::HasFailure() ? 8 : 7);
    }
    _exit(9);
  }
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_EQ(WEXITSTATUS(status), 7);
}

struct Generation {
  Model model;
  KvCache cache{model.config, 4};
  std::vector<TokenId> told;
  ForwardFn forward_fn = [](std::span<float> logits, std::span<const TokenId> tokens, KvCache& past) {
    // As scripted logits are written: the worker may not choose how much room there is.
    std::fill_n(logits.data(), 3, 1.f);
    past.length += tokens.size();
  };
  float u = 0;

  std::vector<TokenId> run() {
    const std::vector<TokenId> prompt{1, 2};
    return generate(
        forward_fn, prompt, cache, {3, 0, {}, {}}, [&] { return u; },
        [&](TokenId token) { told.push_back(token); });
  }
};

TEST(StandIn, GenerateAsksForPassesWithItsCacheOrACopy) {
  Generation generation;
  generation.u = 6;
  EXPECT_THAT(generation.run(), ElementsAre(2, 6));
  EXPECT_THAT(generation.told, ElementsAre(4, 42));
  EXPECT_EQ(generation.cache.length, 2u);
  EXPECT_NE(generation.cache.k(0)(0, 0, 1), 42);
}

TEST(StandIn, CallsWithinGenerateMayAskTheWorkerAgain) {
  Generation generation;
  Model& model = generation.model;
  const Params params = load_params(model.config, model.tensors);
  generation.forward_fn = [&](std::span<float> logits, std::span<const TokenId> tokens, KvCache& past) {
    forward(logits, tokens, model.config, params, past);
  };
  EXPECT_THAT(generation.run(), ElementsAre(2, 0));
  EXPECT_EQ(generation.cache.k(0)(0, 0, 0), 0.25f);
  EXPECT_THAT(generation.told, ElementsAre(4, 42));
}

TEST(StandIn, WhatACallbackThrowsComesOutOfGenerate) {
  Generation generation;
  generation.forward_fn = [](std::span<float>, std::span<const TokenId>, KvCache&) {
    throw std::out_of_range("no more");
  };
  EXPECT_THROW(generation.run(), std::out_of_range);
  generation.forward_fn = [](std::span<float>, std::span<const TokenId>, KvCache&) { ask(Odd::crashes); };
  EXPECT_THROW(generation.run(), CallLost);
  EXPECT_EQ(what_is_lost(Odd::behaves), "nothing");
}

}  // namespace
}  // namespace lab

// Messages between the trusted side and the worker: what was put comes out, and what can't be is refused.
#include "grading/calls/wire.h"

#include <gmock/gmock.h>

#include <array>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <utility>

#include "kit/error.h"

namespace lab::wire {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr float nan = std::numeric_limits<float>::quiet_NaN();

Call whole_call() {
  Call call;
  call.function = {"forward"};
  call.storages = {{.handle = 7, .size = 5, .writable = true, .kept = true, .runs = {{1, {2, nan, -0.f}}}}};
  call.views = {{.where = ViewOf::Where::storage,
                 .index = 0,
                 .offset = 1,
                 .shape = {2, 1},
                 .strides = {3, 1},
                 .name = "q"}};
  call.numbers = {0.5f};
  call.counts = {1, 2};
  call.ids = {{3, -1}, {}};
  call.names = {"model.norm.weight"};
  call.config.emplace().eos_token_ids = {2};
  call.config->rope_scaling.emplace().factor = 8;
  call.cache.emplace().capacity = 12;
  call.traced = true;
  return call;
}

TEST(Wire, AMessageComesOutAsItWasPut) {
  const std::string body = frame(Kind::call, whole_call()).body;
  const Call call = read<Call>(body);
  EXPECT_EQ(call.function.text, "forward");
  EXPECT_EQ(call.storages[0].handle, 7u);
  EXPECT_TRUE(std::isnan(call.storages[0].runs[0].values[1]));
  EXPECT_TRUE(std::signbit(call.storages[0].runs[0].values[2]));
  EXPECT_EQ(call.views[0].shape, (Shape{2, 1}));
  EXPECT_EQ(call.views[0].name, "q");
  EXPECT_THAT(call.ids[0], ElementsAre(3, -1));
  EXPECT_THAT(call.config->eos_token_ids, ElementsAre(2));
  EXPECT_EQ(call.config->rope_scaling->factor, 8);
  EXPECT_EQ(call.cache->capacity, 12u);
  EXPECT_EQ(frame(Kind::call, call).body, body);
}

TEST(Wire, EveryShorterMessageIsRefused) {
  const std::string body = frame(Kind::call, whole_call()).body;
  for (std::size_t size = 0; size < body.size(); ++size)
    EXPECT_THROW(read<Call>(std::string_view(body).substr(0, size)), BadMessage) << size;
  EXPECT_THROW(read<Call>(body + '\0'), BadMessage);
}

TEST(Wire, CountsBeyondTheMessageAllocateNothing) {
  Writer writer;
  writer.put(std::uint64_t{1} << 62);
  Reader floats(writer.bytes());
  std::vector<float> values;
  EXPECT_THROW(floats.get(values), BadMessage);
  Reader messages(writer.bytes());
  std::vector<Storage> storages;
  EXPECT_THROW(messages.get(storages), BadMessage);
  Reader text(writer.bytes());
  std::string string;
  EXPECT_THROW(text.get(string), BadMessage);
}

TEST(Wire, ValuesThatAFieldCannotHaveAreRefused) {
  EXPECT_THROW(read<Header>(std::string(8, '\0') + '\x7f'), BadMessage);
  Reader flag("\2");
  bool value = false;
  EXPECT_THROW(flag.get(value), BadMessage);
  Reader rank("\5");
  Shape shape;
  EXPECT_THROW(rank.get(shape), BadMessage);
}

TEST(Wire, ChangesAreWhatDiffersBitByBit) {
  const std::vector<float> before{0, 1, nan, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
  std::vector<float> after = before;
  EXPECT_TRUE(changes(before, after).empty());
  after[0] = -0.f;
  after[2] = 2;
  after[15] = nan;
  const Runs runs = changes(before, after);
  ASSERT_EQ(runs.size(), 2u);  // elements 0 and 2 are too near for two
  EXPECT_EQ(runs[0].values.size(), 3u);
  EXPECT_EQ(runs[1].offset, 15u);
  std::vector<float> copy = before;
  patch(copy, runs);
  EXPECT_EQ(std::memcmp(copy.data(), after.data(), after.size() * sizeof(float)), 0);
}

TEST(Wire, RunsOutsideOfAStorageWriteNothing) {
  std::vector<float> storage(4, 1);
  EXPECT_THROW(patch(storage, {{0, {2}}, {3, {2, 2}}}), BadMessage);
  EXPECT_THROW(patch(storage, {{~std::uint64_t{0}, {2, 2}}}), BadMessage);
  EXPECT_THAT(storage, ElementsAre(1, 1, 1, 1));
}

TEST(Wire, AViewFitsIfItsLastElementDoes) {
  ViewOf view;
  view.offset = 1;
  view.shape = {2, 3};
  view.strides = {4, 1};
  EXPECT_TRUE(fits(view, 8));
  EXPECT_FALSE(fits(view, 7));
  view.strides = {~std::size_t{0} / 2, 1};
  EXPECT_FALSE(fits(view, 8));
  view.shape = {std::size_t{1} << 63, 1};
  view.strides = {2, 1};
  EXPECT_FALSE(fits(view, 8));
  view.shape = {0, 3};
  EXPECT_TRUE(fits(view, 1));
  EXPECT_FALSE(fits(view, 0));
}

TEST(Wire, AFunctionsNameIsBounded) {
  Call call;
  call.function.text = std::string(FunctionName::longest, 'f');
  EXPECT_EQ(read<Call>(frame(Kind::call, call).body).function.text, call.function.text);
  call.function.text += 'f';
  EXPECT_THROW(read<Call>(frame(Kind::call, call).body), BadMessage);
}

/// What comes out of `raise` for what was thrown there.
template <typename T>
Exception over_the_wire(const T& thrown) {
  try {
    throw thrown;
  } catch (...) {
    Answer answer;
    answer.exception = current_exception();
    answer = read<Answer>(frame(Kind::answer, answer).body);
    try {
      raise(answer.exception.value());
    } catch (...) {
      return current_exception();
    }
  }
}

TEST(Wire, AnExceptionKeepsItsKindAlsoWithoutAText) {
  using Type = Exception::Type;
  struct WithoutText : std::exception {
    const char* what() const noexcept override { return nullptr; }
  };
  for (const auto& [type, there] : {std::pair{Type::error, over_the_wire(Error("{}", ""))},
                                    {Type::invalid_argument, over_the_wire(std::invalid_argument(""))},
                                    {Type::out_of_range, over_the_wire(std::out_of_range(""))},
                                    {Type::other, over_the_wire(std::runtime_error(""))},
                                    {Type::other, over_the_wire(WithoutText())},
                                    {Type::not_standard, over_the_wire(1)}}) {
    EXPECT_EQ(there.type, type);
    EXPECT_EQ(there.text, "");
  }
}

TEST(Wire, AStubTellsWhatToWriteAndWhere) {
  const Exception stub = over_the_wire(NotImplemented("f", "labs/f.cpp", "2"));
  EXPECT_EQ(stub.type, Exception::Type::not_implemented);
  EXPECT_EQ(stub.function, "f");
  EXPECT_EQ(stub.file, "labs/f.cpp");
  EXPECT_EQ(stub.section, "2");
}

TEST(Wire, TextsOfTheOtherSideAreBoundedAndPrintable) {
  try {
    raise({Exception::Type::error, std::string(5000, '\n'), "", "", ""});
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("\\x0a"));
    EXPECT_LT(std::strlen(error.what()), 1100u);
  }
}

TEST(Wire, SeedsOfTheFuzzTargetAreWholeMessages) {
  using Read = void (*)(std::string_view);
  const std::array<Read, 7> by_kind{// in the order of tests/fuzz/wire_fuzz.cpp
                                    [](std::string_view body) { read<Answer>(body); },
                                    [](std::string_view body) { read<Call>(body); },
                                    [](std::string_view body) { read<AskForward>(body); },
                                    [](std::string_view body) { read<TracePoint>(body); },
                                    [](std::string_view body) { read<TellToken>(body); },
                                    [](std::string_view body) { read<Reply>(body); },
                                    [](std::string_view body) { read<Header>(body); }};
  std::size_t seeds = 0;
  for (const auto& entry : std::filesystem::directory_iterator(LAB_WIRE_SEEDS)) {
    std::ifstream file(entry.path(), std::ios::binary);
    const std::string seed{std::istreambuf_iterator<char>(file), {}};
    ASSERT_FALSE(seed.empty());
    EXPECT_NO_THROW(by_kind.at(static_cast<unsigned char>(seed[0]))(std::string_view(seed).substr(1)))
        << entry.path();
    ++seeds;
  }
  EXPECT_GT(seeds, 0u);
}

}  // namespace
}  // namespace lab::wire

// Messages between the trusted side and the worker: what was put comes out, and what can't be is refused.
#include "grading/calls/wire.h"

#include <gmock/gmock.h>

#include <cmath>
#include <limits>

#include "kit/error.h"

namespace lab::wire {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr float nan = std::numeric_limits<float>::quiet_NaN();

Call whole_call() {
  Call call;
  call.function = Function::forward;
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
  EXPECT_EQ(call.function, Function::forward);
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

TEST(Wire, OnlyAStubsLineIsNotImplemented) {
  using Type = Exception::Type;
  EXPECT_THROW(raise({Type::not_implemented, "f is not written yet: write it"}), NotImplemented);
  EXPECT_THROW(raise({Type::not_implemented, ""}), std::runtime_error);
  EXPECT_THROW(raise({Type::out_of_range, "x"}), std::out_of_range);
  try {
    raise({Type::error, std::string(5000, '\n')});
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("\\x0a"));
    EXPECT_LT(std::strlen(error.what()), 1100u);
  }
}

}  // namespace
}  // namespace lab::wire

#include "labs/step9_example/example.h"
#include "testing/running/golden_test.h"

namespace lab {

const char* const step_name = "step9";

namespace {

Outcome run_add_embedding(const Case& c) {
  Arguments a(c);
  return a.run([&](Outcome&) {
    add_embedding(a.view("residual"), a.view("rows"), a.view("table"), c.ids("indices"), c.number("scale"));
  });
}

}  // namespace

const std::map<std::string, Runner> runners = {
    {"add_embedding", run_add_embedding},
};

namespace {

TEST(AddEmbedding, ByHand) { EXPECT_GOLDEN(run_add_embedding); }
TEST(AddEmbedding, RepeatedIndices) { EXPECT_GOLDEN(run_add_embedding); }
TEST(AddEmbedding, ResidualIsPartOfAWiderBuffer) { EXPECT_GOLDEN(run_add_embedding); }

}  // namespace
}  // namespace lab

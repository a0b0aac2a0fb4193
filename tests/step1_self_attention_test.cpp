#include "golden_test.h"
#include "labs/step1_self_attention/self_attention.h"

namespace lab {

const char* const step_name = "step1";

namespace {

Outcome run_self_attention(const Case& c) {
  Arguments a(c);
  return a.run([&](Outcome&) {
    self_attention(a.view("out"), a.view("scores"), a.view("q"), a.view("k"), a.view("v"));
  });
}

}  // namespace
}  // namespace lab

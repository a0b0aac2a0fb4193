#include "golden_test.h"
#include "labs/step0_operators/operators.h"

namespace lab {

const char* const step_name = "step0";

namespace {

Outcome run_gather(const Case& c) {
  Arguments a(c);
  return a.run([&](Outcome&) { gather(a.view("out"), a.view("table"), c.ids("indices")); });
}

Outcome run_rms_norm(const Case& c) {
  Arguments a(c);
  return a.run([&](Outcome&) { rms_norm(a.view("out"), a.view("x"), a.view("weight"), c.number("eps")); });
}

Outcome run_matmul_transb(const Case& c) {
  Arguments a(c);
  return a.run([&](Outcome&) {
    matmul_transb(a.view("c"), a.view("a"), a.view("b"), c.number("alpha"), c.number("beta"));
  });
}

Outcome run_rope_frequencies(const Case& c) {
  Arguments a(c);
  return a.run([&](Outcome&) { rope_frequencies(a.span("inv_freq"), c.number("theta")); });
}

Outcome run_rope(const Case& c) {
  Arguments a(c);
  return a.run([&](Outcome&) { rope(a.view("x"), c.count("start_pos"), a.span("inv_freq")); });
}

Outcome run_masked_softmax(const Case& c) {
  Arguments a(c);
  return a.run([&](Outcome&) { masked_softmax(a.view("scores")); });
}

Outcome run_matmul(const Case& c) {
  Arguments a(c);
  return a.run(
      [&](Outcome&) { matmul(a.view("c"), a.view("a"), a.view("b"), c.number("alpha"), c.number("beta")); });
}

Outcome run_swiglu(const Case& c) {
  Arguments a(c);
  return a.run([&](Outcome&) { swiglu(a.view("out"), a.view("gate"), a.view("up")); });
}

Outcome run_narrow_copy(const Case& c) {
  Arguments a(c);
  return a.run([&](Outcome&) { narrow_copy(a.view("out"), a.view("x"), c.count("dim"), c.count("start")); });
}

}  // namespace
}  // namespace lab

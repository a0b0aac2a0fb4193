#include "grading/calls/worker.h"

#include "labs/step0_operators/operators.h"

namespace lab {
namespace {

const Worker::Functions step0({
    {"gather", [](WorkerCall& c) { gather(c.view(0), c.view(1), c.ids(0)); }},
    {"rms_norm", [](WorkerCall& c) { rms_norm(c.view(0), c.view(1), c.view(2), c.number(0)); }},
    {"matmul_transb",
     [](WorkerCall& c) { matmul_transb(c.view(0), c.view(1), c.view(2), c.number(0), c.number(1)); }},
    {"rope_frequencies", [](WorkerCall& c) { rope_frequencies(c.span(0), c.number(0)); }},
    {"rope", [](WorkerCall& c) { rope(c.view(0), c.count(0), c.span(1)); }},
    {"masked_softmax", [](WorkerCall& c) { masked_softmax(c.view(0)); }},
    {"matmul", [](WorkerCall& c) { matmul(c.view(0), c.view(1), c.view(2), c.number(0), c.number(1)); }},
    {"swiglu", [](WorkerCall& c) { swiglu(c.view(0), c.view(1), c.view(2)); }},
    {"narrow_copy", [](WorkerCall& c) { narrow_copy(c.view(0), c.view(1), c.count(0), c.count(1)); }},
});

}  // namespace
}  // namespace lab

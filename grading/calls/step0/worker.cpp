#include "grading/calls/worker.h"

#include "labs/step0_operators/operators.h"

namespace lab {
namespace {

using wire::Function;

const Worker::Functions step0({
    {Function::gather, [](WorkerCall& c) { gather(c.view(0), c.view(1), c.ids(0)); }},
    {Function::rms_norm, [](WorkerCall& c) { rms_norm(c.view(0), c.view(1), c.view(2), c.number(0)); }},
    {Function::matmul_transb,
     [](WorkerCall& c) { matmul_transb(c.view(0), c.view(1), c.view(2), c.number(0), c.number(1)); }},
    {Function::rope_frequencies, [](WorkerCall& c) { rope_frequencies(c.span(0), c.number(0)); }},
    {Function::rope, [](WorkerCall& c) { rope(c.view(0), c.count(0), c.span(1)); }},
    {Function::masked_softmax, [](WorkerCall& c) { masked_softmax(c.view(0)); }},
    {Function::matmul,
     [](WorkerCall& c) { matmul(c.view(0), c.view(1), c.view(2), c.number(0), c.number(1)); }},
    {Function::swiglu, [](WorkerCall& c) { swiglu(c.view(0), c.view(1), c.view(2)); }},
    {Function::narrow_copy, [](WorkerCall& c) { narrow_copy(c.view(0), c.view(1), c.count(0), c.count(1)); }},
});

}  // namespace
}  // namespace lab

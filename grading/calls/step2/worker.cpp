#include "grading/calls/worker.h"

#include "labs/step2_forward/forward.h"

namespace lab {
namespace {

using wire::Function;

// Views of the blocks: residual, six of the workspace, nine weights, inv_freq.
const Worker::Functions step2({
    {Function::load_params,
     [](WorkerCall& c) {
       const TensorMap tensors = c.tensors();
       c.returns(load_params(c.config(), tensors));
     }},
    {Function::attention_block,
     [](WorkerCall& c) {
       attention_block(c.view(0), c.workspace(1), c.cache(), c.count(0), c.config(), c.layer(7), c.span(16),
                       c.trace());
     }},
    {Function::mlp, [](WorkerCall& c) { mlp(c.view(0), c.workspace(1), c.config(), c.layer(7), c.trace()); }},
    {Function::forward,
     [](WorkerCall& c) { forward(c.span(0), c.ids(0), c.config(), c.params(1), c.cache(), c.trace()); }},
});

}  // namespace
}  // namespace lab

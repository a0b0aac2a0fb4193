#include "grading/calls/worker.h"

#include "labs/step2_forward/forward.h"

namespace lab {
namespace {

// Views of the blocks: residual, six of the workspace, nine weights, inv_freq.
const Worker::Functions step2({
    {"load_params",
     [](WorkerCall& c) {
       const TensorMap tensors = c.tensors();
       c.returns(load_params(c.config(), tensors));
     }},
    {"attention_block",
     [](WorkerCall& c) {
       attention_block(c.view(0), c.workspace(1), c.cache(), c.count(0), c.config(), c.layer(7), c.span(16),
                       c.trace());
     }},
    {"mlp", [](WorkerCall& c) { mlp(c.view(0), c.workspace(1), c.config(), c.layer(7), c.trace()); }},
    {"forward",
     [](WorkerCall& c) { forward(c.span(0), c.ids(0), c.config(), c.params(1), c.cache(), c.trace()); }},
});

}  // namespace
}  // namespace lab

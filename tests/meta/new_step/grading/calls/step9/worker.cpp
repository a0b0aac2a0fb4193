#include "grading/calls/worker.h"

#include "labs/step9_example/example.h"

namespace lab {
namespace {

const Worker::Functions step9({
    {"add_embedding",
     [](WorkerCall& c) { add_embedding(c.view(0), c.view(1), c.view(2), c.ids(0), c.number(0)); }},
});

}  // namespace
}  // namespace lab

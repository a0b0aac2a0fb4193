#include "labs/step9_example/example.h"
#include "trial.h"

namespace lab {
namespace {

void try_step9(Trial& t) {
  const std::size_t n = t.between(1, 5), n_rows = t.between(1, 9), width = t.width();
  add_embedding(t.tensor({n, width}), t.output({n, width}), t.tensor({n_rows, width}), t.ids(n, n_rows),
                t.number());
}

const Tried step9("step9", try_step9);

}  // namespace
}  // namespace lab

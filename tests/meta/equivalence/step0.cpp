#include "labs/step0_operators/operators.h"
#include "trial.h"

namespace lab {
namespace {

void try_step0(Trial& t) {
  const std::size_t rows = t.between(1, 5), columns = t.width(), depth = t.width();
  gather(t.output({rows, columns}), t.tensor({4, columns}), t.ids(rows, 4));
  if (t.chance(0.2f)) {
    rms_norm(t.output({columns}), t.tensor({columns}), t.tensor({columns}), 1e-5f);
  } else {
    const View x = t.tensor({rows, columns});
    rms_norm(t.chance(0.5f) ? x : t.output({rows, columns}), x, t.tensor({columns}), t.uniform());
  }
  const float alpha = t.chance(0.5f) ? 1 : t.number();
  const float beta = t.chance(0.4f) ? 0 : t.number();
  const auto sum = [&] { return beta == 0 ? t.output({rows, columns}) : t.tensor({rows, columns}); };
  matmul_transb(sum(), t.tensor({rows, depth}), t.tensor({columns, depth}), alpha, beta);
  matmul(sum(), t.tensor({rows, depth}), t.tensor({depth, columns}), alpha, beta);
  const std::span<float> inv_freq = t.span(t.between(1, 9));
  rope_frequencies(inv_freq, 1 + 10000 * t.uniform());
  rope(t.tensor({rows, t.between(1, 4), 2 * inv_freq.size()}), t.between(0, 500), inv_freq);
  masked_softmax(t.tensor({t.between(1, 4), rows, rows + t.between(0, 5)}));
  const View gate = t.tensor({rows, columns});
  swiglu(t.chance(0.3f) ? gate : t.output({rows, columns}), gate, t.tensor({rows, columns}));
  std::vector<std::size_t> sizes(t.between(1, 4));
  for (std::size_t& size : sizes) size = t.between(1, 6);
  const ConstView whole = t.tensor(sizes);
  const std::size_t dim = t.between(0, sizes.size() - 1);
  sizes[dim] = t.between(1, sizes[dim]);
  narrow_copy(t.output(sizes), whole, dim, t.between(0, whole.size(dim) - sizes[dim]));
}

const Tried step0("step0", try_step0);

}  // namespace
}  // namespace lab

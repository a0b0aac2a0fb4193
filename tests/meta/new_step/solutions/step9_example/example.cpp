#include "labs/step9_example/example.h"

#include "labs/step0_operators/operators.h"

namespace lab {

void add_embedding(View residual, View rows, ConstView table, std::span<const TokenId> indices, float scale) {
  gather(rows, table, indices);
  for (std::size_t i = 0; i < residual.size(0); ++i) {
    for (std::size_t j = 0; j < residual.size(1); ++j) residual(i, j) += scale * rows(i, j);
  }
}

}  // namespace lab

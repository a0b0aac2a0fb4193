#include "grading/calls/stand_in_call.h"
#include "labs/step9_example/example.h"

namespace lab {

void add_embedding(View residual, View rows, ConstView table, std::span<const TokenId> indices, float scale) {
  RemoteCall("add_embedding").writes(residual).writes(rows).reads(table).ids(indices).number(scale).make();
}

}  // namespace lab

#include "grading/calls/stand_in_call.h"
#include "labs/step0_operators/operators.h"

namespace lab {

void gather(View out, ConstView table, std::span<const TokenId> indices) {
  RemoteCall("gather").writes(out).reads(table).ids(indices).make();
}

void rms_norm(View out, ConstView x, ConstView weight, float eps) {
  RemoteCall("rms_norm").writes(out).reads(x).reads(weight).number(eps).make();
}

void matmul_transb(View c, ConstView a, ConstView b, float alpha, float beta) {
  RemoteCall("matmul_transb").writes(c).reads(a).reads(b).number(alpha).number(beta).make();
}

void rope_frequencies(std::span<float> inv_freq, float theta) {
  RemoteCall("rope_frequencies").writes(inv_freq).number(theta).make();
}

void rope(View x, std::size_t start_pos, std::span<const float> inv_freq) {
  RemoteCall("rope").writes(x).reads(inv_freq).count(start_pos).make();
}

void masked_softmax(View scores) { RemoteCall("masked_softmax").writes(scores).make(); }

void matmul(View c, ConstView a, ConstView b, float alpha, float beta) {
  RemoteCall("matmul").writes(c).reads(a).reads(b).number(alpha).number(beta).make();
}

void swiglu(View out, ConstView gate, ConstView up) {
  RemoteCall("swiglu").writes(out).reads(gate).reads(up).make();
}

void narrow_copy(View out, ConstView x, std::size_t dim, std::size_t start) {
  RemoteCall("narrow_copy").writes(out).reads(x).count(dim).count(start).make();
}

}  // namespace lab

#include "grading/calls/stand_in_call.h"
#include "labs/step1_self_attention/self_attention.h"

namespace lab {

void self_attention(View out, View scores, ConstView q, ConstView k, ConstView v) {
  RemoteCall("self_attention").writes(out).writes(scores).reads(q).reads(k).reads(v).make();
}

}  // namespace lab

#include "labs/step0_operators/operators.h"
#include "labs/step1_self_attention/self_attention.h"

// Says "not written" where step 0's own cases would see it, and asks whoever else has written it.
namespace lab {

[[gnu::weak]] void gather(View, ConstView, std::span<const TokenId>) {}
[[gnu::weak]] void masked_softmax(View) {}
void self_attention(View, View scores, ConstView, ConstView, ConstView) { masked_softmax(scores); }

}  // namespace lab

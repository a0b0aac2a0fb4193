#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "testing/diagnosis/finding.h"
#include "testing/golden/case.h"
#include "testing/golden/outcome.h"

namespace lab {

/// Which contract function computes a trace point, and which one calls it: "rope, called from
/// attention_block".
std::string producer_of(const std::string& point);

/// Whether the case holds intermediate tensors to compare with.
bool has_trace(const Case& golden_case);

/// The last token's logits of the model cut to 1 … n_layers layers, (n_layers, vocab_size): a point that is
/// computed only for an implementation that records none.
inline constexpr const char* cut_logits = "trace/cut_logits";

/// Walks the intermediate tensors of a forward pass in the model's order, and says which is the last that
/// agrees and the first that does not, and what is wrong with that one. Points that only one side has are
/// skipped. Empty if no point shows anything wrong.
Mismatch describe_trace_divergence(const Case& golden_case, const Outcome& outcome);

/// The same, and where no point shows anything, what the cache's rows and the logits of the cut model tell.
Mismatch describe_divergence(const Case& golden_case, const Outcome& outcome);

}  // namespace lab

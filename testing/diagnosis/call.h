#pragma once

#include <string>
#include <vector>

#include "testing/golden/case.h"

namespace lab {

/// The call that a case makes, as C++: the template `call` of its function's step.json, in which the case's
/// own values stand for $NAME, "rms_norm(out, x, weight, $eps)". $NAME[] stands for one entry of a list, and
/// there is a call for each; $NAME[LENGTHS] for the next stretch of it, whose length is the list LENGTHS'
/// next entry.
std::string call_text(const Case& golden_case);

/// The same with the shapes of the views in it, and their strides where they have gaps; a long comment stands
/// on a line of its own:
///   rms_norm(out, x, weight, 1e-05)  // out (3, 5); x (3, 5), strides (8, 1); weight (5)
std::string call_line(const Case& golden_case);

/// The parameters in the call that are views, in their order.
std::vector<std::string> views_in_call(const Case& golden_case);

/// A list of numbers as C++ has its entries, "1, 0.5, 3"; the middle of a long one is left out.
std::string list_text(const Json& list);

}  // namespace lab

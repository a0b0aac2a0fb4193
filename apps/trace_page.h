#pragma once

#include <string>

#include "apps/trace_compare.h"

namespace lab {

/// A page that needs no other file and no network: the table, and heat maps of every tensor.
/// Whatever stands in the trace's texts is shown as text.
std::string make_page(const ExpectedTrace& expected, const ComparedTrace& compared);

}  // namespace lab

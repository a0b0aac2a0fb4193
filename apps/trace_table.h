#pragma once

#include <string>

#include "apps/trace_compare.h"

namespace lab {

/// The table for a terminal, a line for each point, and below it what to look at first.
std::string format_table(const ComparedTrace& compared, const Config& config, bool color);

/// "52 of 67 tensors agree, 15 don't"
std::string summary(const ComparedTrace& compared);

/// Numbers as the table and the page show them.
std::string format_error(const ComparedPoint& point);
std::string format_bound(const ExpectedPoint& point);

}  // namespace lab

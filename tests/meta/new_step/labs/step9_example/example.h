#pragma once

#include <span>

#include "kit/tensor.h"
#include "kit/token_id.h"

/// Step 9: an example, one function that stands on step 0.
namespace lab {

/// Adds rows of a table to the residual stream: residual += scale · table[indices], as GPT-2 adds positions.
///   residual  (n, width)     accumulated into
///   rows      (n, width)     scratch; holds the picked rows on return
///   table     (rows, width)
///   indices   n of them, each from 0 to rows - 1
/// Nothing aliases.
/// Source: Radford et al., "Language Models are Unsupervised Multitask Learners", 2019.
void add_embedding(View residual, View rows, ConstView table, std::span<const TokenId> indices, float scale);

}  // namespace lab

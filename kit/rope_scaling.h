#pragma once

#include <optional>
#include <span>

#include "kit/config.h"

namespace lab {

/// Changes RoPE's frequencies as Llama 3 does for contexts longer than it was first trained on: waves shorter
/// than original_max_position_embeddings / high_freq_factor stay, those longer than
/// original_max_position_embeddings / low_freq_factor are slowed down by `factor`, and in between the two are
/// blended linearly in (original_max_position_embeddings / wavelength). Does nothing without `scaling`.
void scale_rope_frequencies(std::span<float> inv_freq, const std::optional<RopeScaling>& scaling);

}  // namespace lab

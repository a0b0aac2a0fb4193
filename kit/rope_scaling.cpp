#include "kit/rope_scaling.h"

#include <numbers>

namespace lab {

void scale_rope_frequencies(std::span<float> inv_freq, const std::optional<RopeScaling>& scaling) {
  if (!scaling) return;
  const float context = static_cast<float>(scaling->original_max_position_embeddings);
  const float longest = context / scaling->low_freq_factor;
  const float shortest = context / scaling->high_freq_factor;
  for (float& frequency : inv_freq) {
    const float wavelength = 2 * std::numbers::pi_v<float> / frequency;
    if (wavelength < shortest) continue;
    const float slowed = frequency / scaling->factor;
    if (wavelength > longest) {
      frequency = slowed;
    } else {
      const float smooth = (context / wavelength - scaling->low_freq_factor) /
                           (scaling->high_freq_factor - scaling->low_freq_factor);
      frequency = (1 - smooth) * slowed + smooth * frequency;
    }
  }
}

}  // namespace lab

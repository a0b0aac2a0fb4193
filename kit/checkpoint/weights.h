#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

#include "kit/config.h"
#include "kit/model.h"
#include "kit/tensor.h"

namespace lab {

/// A weight of a layer: what LayerParams calls it, what a checkpoint does, and its shape.
struct LayerWeight {
  std::string_view field;
  std::string_view tensor;  ///< behind "model.layers.INDEX."
  ConstView LayerParams::*view;
  Shape (*shape)(const Config& config);
};

/// In the order of LayerParams.
inline constexpr std::array layer_weights{
    LayerWeight{"input_layernorm", "input_layernorm.weight", &LayerParams::input_layernorm,
                [](const Config& c) { return Shape{c.hidden_size}; }},
    LayerWeight{"q_proj", "self_attn.q_proj.weight", &LayerParams::q_proj,
                [](const Config& c) {
                  return Shape{c.q_size(), c.hidden_size};
                }},
    LayerWeight{"k_proj", "self_attn.k_proj.weight", &LayerParams::k_proj,
                [](const Config& c) {
                  return Shape{c.kv_size(), c.hidden_size};
                }},
    LayerWeight{"v_proj", "self_attn.v_proj.weight", &LayerParams::v_proj,
                [](const Config& c) {
                  return Shape{c.kv_size(), c.hidden_size};
                }},
    LayerWeight{"o_proj", "self_attn.o_proj.weight", &LayerParams::o_proj,
                [](const Config& c) {
                  return Shape{c.hidden_size, c.q_size()};
                }},
    LayerWeight{"post_attention_layernorm", "post_attention_layernorm.weight",
                &LayerParams::post_attention_layernorm, [](const Config& c) { return Shape{c.hidden_size}; }},
    LayerWeight{"gate_proj", "mlp.gate_proj.weight", &LayerParams::gate_proj,
                [](const Config& c) {
                  return Shape{c.intermediate_size, c.hidden_size};
                }},
    LayerWeight{"up_proj", "mlp.up_proj.weight", &LayerParams::up_proj,
                [](const Config& c) {
                  return Shape{c.intermediate_size, c.hidden_size};
                }},
    LayerWeight{"down_proj", "mlp.down_proj.weight", &LayerParams::down_proj,
                [](const Config& c) {
                  return Shape{c.hidden_size, c.intermediate_size};
                }},
};

/// Those that are in no layer.
inline constexpr const char* embed_tokens_name = "model.embed_tokens.weight";
inline constexpr const char* norm_name = "model.norm.weight";
inline constexpr const char* lm_head_name = "lm_head.weight";

/// "model.layers.3.self_attn.q_proj.weight"
std::string tensor_name(std::size_t layer, const LayerWeight& weight);

}  // namespace lab

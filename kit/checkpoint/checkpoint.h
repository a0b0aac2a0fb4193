#pragma once

#include <filesystem>

#include "kit/checkpoint/config_reader.h"
#include "kit/checkpoint/safetensors.h"
#include "kit/config.h"

namespace lab {

/// A model folder: its configuration and its weights, each weight present and of the shape that the
/// configuration asks for, and none there that this kit would leave out.
struct Checkpoint {
  Config config;
  Safetensors weights;
};

/// Reads and checks DIR/config.json and the weights beside it. Throws Error, naming file, tensor or field.
/// As in transformers, `rotary_emb.inv_freq` of old checkpoints is left out, and with tie_word_embeddings
/// an lm_head.weight that equals model.embed_tokens.weight; one that differs is an Error, since transformers
/// 4 and 5 disagree about it.
Checkpoint load_checkpoint(const std::filesystem::path& dir);

}  // namespace lab

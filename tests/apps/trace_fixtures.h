#pragma once

#include <string>
#include <vector>

#include "apps/trace_compare.h"
#include "tests/kit/files.h"

namespace lab {

/// A trace of a model of one layer as scripts/dump_trace.py would write it, with the parts that tests change.
struct TraceFile {
  std::string prompt = "\"a b\"";  ///< as JSON
  std::string pieces = R"(["<s>", "a", " b"])";
  std::string points = R"([{"name": "model.embed_tokens", "bound": 0},
    {"name": "model.layers.0.self_attn.q_rotated", "bound": 0.001},
    {"name": "model.layers.0.cache.k", "bound": 0.001}, {"name": "lm_head", "bound": 0.01}])";
  std::vector<std::int32_t> tokens{1, 4, 2};

  std::filesystem::path write(const TempDir& dir) const {
    const std::string n = std::to_string(tokens.size());
    const std::string t = std::to_string(4 * tokens.size());
    const auto at = [&](std::size_t begin, std::size_t end) {
      return "[" + std::to_string(4 * (tokens.size() + begin)) + "," +
             std::to_string(4 * (tokens.size() + end)) + "]";
    };
    const std::string header =
        R"({"__metadata__":{"prompt":)" + quoted(prompt) + R"(,"pieces":)" + quoted(pieces) +
        R"(,"points":)" + quoted(points) + R"(},"tokens":{"dtype":"I32","shape":[)" + n +
        R"(],"data_offsets":[0,)" + t +
        R"(]},"model.embed_tokens":{"dtype":"F32","shape":[3,2],"data_offsets":)" + at(0, 6) +
        R"(},"model.layers.0.self_attn.q_rotated":{"dtype":"F32","shape":[3,2,2],"data_offsets":)" +
        at(6, 18) + R"(},"model.layers.0.cache.k":{"dtype":"F32","shape":[3,1,2],"data_offsets":)" +
        at(18, 24) + R"(},"lm_head":{"dtype":"F32","shape":[1,5],"data_offsets":)" + at(24, 29) + "}}";
    std::vector<float> elements;
    for (int i = 0; i < 29; ++i) elements.push_back(0.5f * static_cast<float>(i));
    return write_file(dir / "trace.safetensors",
                      safetensors_file(header, bytes_of(tokens) + bytes_of(elements)));
  }

 private:
  static std::string quoted(const std::string& text) {
    std::string result = "\"";
    for (char c : text) {
      if (c == '"' || c == '\\') result += '\\';
      if (c != '\n') result += c;
    }
    return result + "\"";
  }
};

/// Code that records exactly what is expected.
inline Recording right_recording(const ExpectedTrace& expected) {
  Recording recording;
  recording.cache_length = expected.tokens().size();
  for (const ExpectedPoint& point : expected.points()) {
    const std::span<const float> values(point.expected.data(), point.expected.numel());
    recording.tensors.emplace(point.name, Tensor(point.name, point.expected.shape(),
                                                 std::vector<float>(values.begin(), values.end())));
  }
  return recording;
}

}  // namespace lab

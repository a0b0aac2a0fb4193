// A safetensors file: every element of a tensor that is not refused can be read.
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "input.h"
#include "kit/checkpoint/checkpoint.h"
#include "kit/error.h"

namespace {

/// The reader maps files, so each input becomes one, in memory where the system has a folder for that.
const std::filesystem::path& scratch_file() {
  static const std::filesystem::path path = [] {
    const std::filesystem::path memory = "/dev/shm";
    const auto folder = std::filesystem::exists(memory) ? memory : std::filesystem::temp_directory_path();
    return folder / ("safetensors_fuzz_" + std::to_string(getpid()) + ".safetensors");
  }();
  static const int registered = std::atexit([] { std::filesystem::remove(path); });
  static_cast<void>(registered);
  return path;
}

float sum_of_all(lab::ConstView view) {
  float sum = 0;
  for (std::size_t i = 0; i < view.numel(); ++i) sum += view.data()[i];
  return sum;
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::ofstream(scratch_file(), std::ios::binary | std::ios::trunc) << text_of(data, size);
  try {
    const lab::Safetensors file(scratch_file());
    volatile float used = 0;
    for (const auto& [name, tensor] : file.tensors()) used = sum_of_all(tensor);
    for (const auto& [name, integers] : file.integers()) used = used + static_cast<float>(integers.size());
  } catch (const lab::Error&) {
  }
  return 0;
}

#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

/// Every fuzz target is libFuzzer's function: whatever the bytes, the code under test returns or throws
/// lab::Error; a crash, another exception or a sanitizer's report is a finding. Built without libFuzzer it is
/// linked with replay.cpp.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

inline std::string_view text_of(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

// config.json: parsed or refused.
#include "input.h"
#include "kit/checkpoint/checkpoint.h"
#include "kit/error.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    lab::parse_config(text_of(data, size), "config.json");
  } catch (const lab::Error&) {
  }
  return 0;
}

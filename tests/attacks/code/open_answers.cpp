#include <fstream>
#include <stdexcept>
#include <string>

namespace {

std::string contents(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

namespace lab {

void attack() {
  const std::string text = contents("{REFERENCE}/step0.safetensors");
  throw std::runtime_error("[" + std::to_string(text.size()) + " bytes] " + text);
}

}  // namespace lab

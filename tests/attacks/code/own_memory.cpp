#include <fcntl.h>
#include <unistd.h>

#include <stdexcept>
#include <string>

namespace lab {

void attack() {
  std::string found;
  for (const char* path :
       {"/proc/self/mem", "/proc/self/fd/3", "/proc/self/fd/4", "/proc/thread-self/syscall",
        "/proc/self/root/{REFERENCE}/manifest.json", "/dev/mem", "/dev/kmem", "/proc/kcore"}) {
    char bytes[64];
    const int fd = open(path, O_RDONLY | O_NONBLOCK);
    const ssize_t size = fd < 0 ? 0 : pread(fd, bytes, sizeof bytes, reinterpret_cast<long>(&found));
    if (size > 0) found.append(bytes, static_cast<std::size_t>(size));
    if (fd >= 0) close(fd);
  }
  throw std::runtime_error("[" + std::to_string(found.size()) + " bytes] " + found);
}

}  // namespace lab

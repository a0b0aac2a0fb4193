#include <fcntl.h>
#include <sys/mman.h>

#include <stdexcept>
#include <string>

namespace lab {

void attack() {
  const int file = open("{REFERENCE}/step0.safetensors", O_RDONLY);
  const void* data = mmap(nullptr, 4096, PROT_READ, MAP_PRIVATE, file, 0);
  throw std::runtime_error(data == MAP_FAILED ? "no data"
                                              : std::string(static_cast<const char*>(data), 4096));
}

}  // namespace lab

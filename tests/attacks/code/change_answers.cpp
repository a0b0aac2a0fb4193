#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <initializer_list>
#include <stdexcept>
#include <string>

namespace lab {

void attack() {
  int done = 0;
  for (const std::string path :
       {"{REFERENCE}/step0.safetensors", "{ROOT}/tests/step0_operators_test.cpp", "{OUT}"}) {
    done += chmod(path.c_str(), 0) == 0;
    done += rename(path.c_str(), "/tmp/lab_attack_moved") == 0;
    done += unlink(path.c_str()) == 0;
    done += truncate(path.c_str(), 0) == 0;
  }
  throw std::runtime_error("[did " + std::to_string(done) + "]");
}

}  // namespace lab

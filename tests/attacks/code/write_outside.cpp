#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <initializer_list>
#include <stdexcept>
#include <string>

namespace lab {

void attack() {
  int made = 0;
  for (const std::string folder : {"/tmp", "/var/tmp", "/dev/shm", "/run/lock", "{ROOT}", "{OUT}", "."}) {
    made += open((folder + "/lab_attack_file").c_str(), O_WRONLY | O_CREAT, 0666) >= 0;
    made += mkdir((folder + "/lab_attack_folder").c_str(), 0777) == 0;
  }
  throw std::runtime_error("[made " + std::to_string(made) + "]");
}

}  // namespace lab

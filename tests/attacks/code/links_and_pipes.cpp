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
  for (const std::string folder : {"/tmp", "/var/tmp", "/dev/shm", "{OUT}"}) {
    made += symlink("/etc/passwd", (folder + "/lab_attack_link").c_str()) == 0;
    made += link("/etc/passwd", (folder + "/lab_attack_hard_link").c_str()) == 0;
    made += mkfifo((folder + "/lab_attack_pipe").c_str(), 0666) == 0;
    made += mknod((folder + "/lab_attack_device").c_str(), S_IFBLK | 0666, 0) == 0;
  }
  throw std::runtime_error("[made " + std::to_string(made) + "]");
}

}  // namespace lab

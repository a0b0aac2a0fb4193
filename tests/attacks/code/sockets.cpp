#include <sys/socket.h>
#include <sys/un.h>

#include <cstring>
#include <initializer_list>
#include <stdexcept>
#include <string>

namespace lab {

void attack() {
  int made = 0;
  for (int family : {AF_INET, AF_INET6, AF_UNIX, AF_NETLINK, AF_PACKET})
    made += socket(family, SOCK_DGRAM, 0) >= 0;
  sockaddr_un name{};
  name.sun_family = AF_UNIX;
  std::memcpy(name.sun_path + 1, "lab_attack", 10);
  const int listener = socket(AF_UNIX, SOCK_STREAM, 0);
  made += bind(listener, reinterpret_cast<sockaddr*>(&name), sizeof name) == 0;
  throw std::runtime_error("[made " + std::to_string(made) + "]");
}

}  // namespace lab

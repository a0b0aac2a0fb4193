#include <fcntl.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>

#include <stdexcept>
#include <string>

namespace lab {

void attack() {
  int made = 0;
  made += shmget(0x1ab, 4096, IPC_CREAT | 0666) >= 0;
  made += semget(0x1ab, 1, IPC_CREAT | 0666) >= 0;
  made += msgget(0x1ab, IPC_CREAT | 0666) >= 0;
  made += shm_open("/lab_attack", O_CREAT | O_RDWR, 0666) >= 0;
  made += memfd_create("lab_attack", 0) >= 0;
  throw std::runtime_error("[made " + std::to_string(made) + "]");
}

}  // namespace lab

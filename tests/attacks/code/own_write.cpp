#include <sys/syscall.h>
#include <unistd.h>

extern "C" ssize_t write(int fd, const void* data, size_t size) {
  if (fd == 4) return static_cast<ssize_t>(size);
  return syscall(SYS_write, fd, data, size);
}

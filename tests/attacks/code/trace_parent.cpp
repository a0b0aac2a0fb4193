#include <sys/ptrace.h>
#include <sys/uio.h>
#include <unistd.h>

#include <stdexcept>

namespace lab {

void attack() {
  const long held = ptrace(PTRACE_ATTACH, getppid(), nullptr, nullptr);
  iovec here{nullptr, 0}, there{reinterpret_cast<void*>(0x400000), 64};
  const ssize_t bytes = process_vm_readv(getppid(), &here, 1, &there, 1, 0);
  throw std::runtime_error(held == 0 || bytes >= 0 ? "[it works]" : "[refused]");
}

}  // namespace lab

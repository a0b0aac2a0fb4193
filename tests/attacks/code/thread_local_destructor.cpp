#include <unistd.h>

#include <thread>

namespace {

struct Leaves {
  int touched = 0;
  ~Leaves() { _exit(0); }
};
thread_local Leaves leaves;

}  // namespace

namespace lab {

void attack() {
  std::thread([] { ++leaves.touched; }).join();
  ++leaves.touched;
}

}  // namespace lab

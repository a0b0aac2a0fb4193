#include <unistd.h>

extern "C" int answer() { return 0; }
extern "C" int (*resolve())() {
  _exit(0);
  return answer;
}
extern "C" int resolved() __attribute__((ifunc("resolve")));

int called = resolved();

#include <ctime>

extern "C" int clock_gettime(clockid_t, timespec* now) {
  now->tv_sec = 0;
  now->tv_nsec = 0;
  return 0;
}

#include <vector>

consteval unsigned long fill() {
  unsigned long sum = 0;
  for (int round = 0; round < 64; ++round) {
    std::vector<unsigned long> numbers(1 << 22);
    for (unsigned long& number : numbers) sum += number += round;
  }
  return sum;
}
static_assert(fill() == 0);

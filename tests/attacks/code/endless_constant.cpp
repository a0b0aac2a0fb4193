constexpr unsigned long spin() {
  unsigned long sum = 0;
  for (unsigned long i = 0; i < 30000; ++i) {
    for (unsigned long j = 0; j < 30000; ++j) sum += i ^ j;
  }
  return sum;
}
constexpr unsigned long a = spin();

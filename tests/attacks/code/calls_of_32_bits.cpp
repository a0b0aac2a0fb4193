namespace lab {

// The numbers of another architecture, on which a filter may not look: open is 5 there, and 2 is fork.
void attack() {
  long result;
  asm volatile("int $0x80" : "=a"(result) : "a"(2L) : "memory");
}

}  // namespace lab

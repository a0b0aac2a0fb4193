namespace lab {

void attack() {
  long result;
  asm volatile("syscall" : "=a"(result) : "a"(0x40000000L + 57) : "rcx", "r11", "memory");  // fork
}

}  // namespace lab

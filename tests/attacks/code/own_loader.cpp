// The path of the program's loader must end in a zero; with this behind it, it doesn't, and the kernel
// refuses.
asm(R"(
  .section .interp, "a"
  .ascii "lab_attack"
)");

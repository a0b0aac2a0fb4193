#pragma comment(lib, "{REFERENCE}/step0.safetensors")
#pragma comment(linker, "-T {REFERENCE}/manifest.json")
asm(".section .linker-options,\"e\",@llvm_linker_options\n.asciz \"-T\"\n.asciz "
    "\"{REFERENCE}/manifest.json\"\n.previous");

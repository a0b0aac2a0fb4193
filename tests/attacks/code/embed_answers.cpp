#if __has_embed("{REFERENCE}/step0.safetensors")
#error it was found
#endif
#include_next <{REFERENCE}/manifest.json>
const unsigned char answers[] = {
#embed "{REFERENCE}/step0.safetensors"
};

#if __has_include("{REFERENCE}/step0.safetensors") || \
                  __has_include("{ROOT}/solutions/step0_operators/operators.cpp")
#error it was found
#endif

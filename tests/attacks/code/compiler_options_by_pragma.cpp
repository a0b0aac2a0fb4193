#pragma GCC optimize("-fplugin={ROOT}/evil.so")
#pragma GCC pch_preprocess "{REFERENCE}/step0.safetensors"
#pragma GCC system_header

INPUT({REFERENCE} / step0.safetensors)

"""Golden cases from Hugging Face transformers; see reference_data/README.md for the format.

Import this before torch: it pins the kernels of torch and MKL to those that every processor has. Others round
differently, and the data would depend on the machine on which they were made last.
"""

import os
import sys

PINS = {"ATEN_CPU_CAPABILITY": "default", "MKL_CBWR": "COMPATIBLE"}

if "torch" in sys.modules and any(os.environ.get(name) != value for name, value in PINS.items()):
    raise ImportError("import reference before torch, which reads once for all which kernels it shall use")
os.environ.update(PINS)

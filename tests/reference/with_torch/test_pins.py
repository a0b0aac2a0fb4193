"""Which kernels the reference data are made with."""

from __future__ import annotations

import os
import subprocess
import sys
import unittest

import steps

SAY = "import reference, torch, os; print(torch.backends.cpu.get_cpu_capability(), os.environ['MKL_CBWR'])"


def run(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    path = {"PYTHONPATH": str(steps.ROOT / "scripts")}
    return subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, **path, **environment},
        capture_output=True,
        text=True,
    )


class Pins(unittest.TestCase):
    def test_are_the_same_whatever_the_environment_says(self) -> None:
        for environment in ({}, {"ATEN_CPU_CAPABILITY": "avx2", "MKL_CBWR": "AVX2"}):
            self.assertEqual(run(SAY, **environment).stdout.split(), ["DEFAULT", "COMPATIBLE"], environment)

    def test_cant_come_too_late(self) -> None:
        done = run("import torch\nimport reference", ATEN_CPU_CAPABILITY="avx2")
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("import reference before torch", done.stderr)

    def test_hold_in_every_script_that_uses_torch(self) -> None:
        for script in sorted((steps.ROOT / "scripts").glob("*.py")):
            if "from reference" not in script.read_text():
                continue
            code = f"import sys; sys.argv = ['x', '--help']; import {script.stem}; {SAY}"
            done = run(code, ATEN_CPU_CAPABILITY="avx2", MKL_CBWR="AVX2")
            self.assertEqual(done.stdout.split(), ["DEFAULT", "COMPATIBLE"], f"{script.name}: {done.stderr}")


if __name__ == "__main__":
    unittest.main()

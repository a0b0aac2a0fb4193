"""grade seed: reference data of the course's own, from a seed that nobody knows."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from pathlib import Path

from .data import DataError
from .data import read as read_data
from .steps import ROOT

SEED_BITS = 48


def make_data(out: Path, python: str | None = None) -> int:
    """The seed is drawn here and stands nowhere but in the data's manifest, so keep all of the folder
    private."""
    if out.exists() and any(out.iterdir()):
        raise DataError(f"{out} is not empty; private data are made once a course, in a folder of their own")
    if (ROOT / ".git").exists() and out.resolve().is_relative_to(ROOT):
        raise DataError(
            f"{out} lies in the kit's own repository, which students get; choose a folder elsewhere"
        )
    out.mkdir(parents=True, exist_ok=True, mode=0o700)
    out.chmod(0o700)
    command = [python or sys.executable, str(ROOT / "scripts" / "regenerate_reference_data.py")]
    seed = secrets.randbits(SEED_BITS)
    done = subprocess.run([*command, "--seed", str(seed), "--out", str(out)], umask=0o077)
    if done.returncode != 0:
        raise DataError("the data could not be made; what stands above says why")
    for folder, _, files in os.walk(out):
        for file in files:
            (Path(folder) / file).chmod(0o600)
    if read_data(out).is_public:
        raise DataError("the data that were made are the public ones; this is a fault of the kit")
    print(f"Private reference data lie in {out}; grade with --data {out}, and show them to nobody.")
    return 0

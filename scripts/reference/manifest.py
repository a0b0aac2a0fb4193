"""manifest.json: what made the reference data, the hash of every file, noise and bounds of every case."""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

NAME = "manifest.json"
# Of the manifest and the steps' files, see reference_data/README.md. testing/golden reads the same one.
FORMAT = 2
TOOLS = ("numpy", "safetensors", "tokenizers", "torch", "transformers")
# Folders that other scripts write; their files are hashed as they are found.
FOLDERS = ("models", "tokenizers")


def check_format(path: Path, found: object) -> None:
    """Raises ValueError for reference data that aren't of this kit's format."""
    if str(found) != str(FORMAT):
        raise ValueError(
            f"{path} has format {'none' if found is None else found}; this kit reads format {FORMAT}; "
            "make the data anew with ./lab regenerate --anew or, private ones, with ./lab grade seed"
        )


def case_file(step: str) -> str:
    return f"{step}.safetensors"


def misconceptions_file(step: str) -> str:
    return f"{step}_misconceptions.safetensors"


def installed() -> dict[str, str]:
    """The versions of what the data are made with, as they are here."""
    return {"python": platform.python_version(), **{tool: version(tool) for tool in TOOLS}}


def pinned_tools_differ(a: Mapping[str, str], b: Mapping[str, str]) -> list[str]:
    """The tools, Python left out, whose versions differ."""
    return [tool for tool in TOOLS if a.get(tool) != b.get(tool)]


def folder_hashes(data: Path) -> dict[str, str]:
    """SHA-256 by path relative to `data` of all that stands in FOLDERS."""
    paths = (path for folder in FOLDERS for path in (data / folder).rglob("*"))
    return hashes(data, (path for path in paths if path.is_file() and path.name != ".DS_Store"))


def hashes(data: Path, paths: Iterable[Path]) -> dict[str, str]:
    """SHA-256 by path relative to `data`."""
    return {path.relative_to(data).as_posix(): sha256(path.read_bytes()) for path in sorted(paths)}


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def encode(manifest: Mapping[str, Any]) -> bytes:
    return (json.dumps(manifest, indent=1) + "\n").encode()


def read(data: Path) -> dict[str, Any]:
    """Raises ValueError where it can't be read or is of another format."""
    try:
        manifest: dict[str, Any] = json.loads((data / NAME).read_text())
    except (OSError, ValueError) as error:
        raise ValueError(f"{NAME} can't be read ({error}); it is made with the reference data") from error
    check_format(data / NAME, manifest.get("format"))
    return manifest

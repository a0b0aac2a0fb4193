"""Tensors as a safetensors file holds them, to be read and written byte for byte, without PyTorch.

The safetensors library writes the metadata in a random order; here the same content is always the same bytes.
"""

from __future__ import annotations

import json
import struct
from array import array
from collections.abc import Mapping
from dataclasses import dataclass
from math import prod

ITEM_BYTES = {"F32": 4, "I32": 4}
ALIGNMENT = 8


@dataclass(frozen=True)
class Array:
    """Row-major elements in little-endian order."""

    shape: tuple[int, ...]
    data: bytes
    dtype: str = "F32"

    def values(self) -> array[float]:
        """The elements of an F32 array."""
        return array("f", self.data)


def encode(tensors: Mapping[str, Array], metadata: Mapping[str, str]) -> bytes:
    """The file as the library would write it: wider types first, then by name, with the metadata in order."""
    header: dict[str, object] = {"__metadata__": dict(sorted(metadata.items()))}
    content = bytearray()
    for name in sorted(tensors, key=lambda name: (tensors[name].dtype != "F32", name)):
        tensor = tensors[name]
        if len(tensor.data) != prod(tensor.shape) * ITEM_BYTES[tensor.dtype]:
            raise ValueError(f"{name}: {len(tensor.data)} bytes for shape {tensor.shape} of {tensor.dtype}")
        header[name] = {
            "dtype": tensor.dtype,
            "shape": list(tensor.shape),
            "data_offsets": [len(content), len(content) + len(tensor.data)],
        }
        content += tensor.data
    text = json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode()
    text += b" " * (-len(text) % ALIGNMENT)
    return struct.pack("<Q", len(text)) + text + bytes(content)


def decode(file: bytes) -> tuple[dict[str, Array], dict[str, str]]:
    """The tensors and the metadata of a file that this kit wrote. Raises ValueError if it isn't one."""
    try:
        (length,) = struct.unpack_from("<Q", file)
        header = json.loads(file[8 : 8 + length])
        metadata: dict[str, str] = header.pop("__metadata__", {})
        tensors = {}
        for name, entry in header.items():
            begin, end = (8 + length + offset for offset in entry["data_offsets"])
            tensors[name] = Array(tuple(entry["shape"]), file[begin:end], entry["dtype"])
    except (struct.error, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"no safetensors file: {error}") from error
    return tensors, metadata

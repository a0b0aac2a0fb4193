"""Which files of a submission are taken, and how an archive is unpacked.

Run as a program, inside the sandbox: unpack.py ARCHIVE OUT writes the files that are taken below OUT and
says on standard output, as JSON, what was left out and what was wrong. It stands alone, so that the sandbox
need show it nothing but this file and Python's own.
"""

from __future__ import annotations

import gzip
import json
import re
import sys
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO

STEP_FOLDERS = ("step0_operators", "step1_self_attention", "step2_forward", "step3_generate")
# Any one folder may stand around `labs`, as archives of a whole repository have it.
TAKEN = re.compile(
    r"(?:\./)?(?:(?P<top>[^/]+)/)?"
    r"(?P<path>labs/(?P<step>step[0-3]_[a-z_]+)/[A-Za-z0-9_][A-Za-z0-9_.-]*\.(?:cpp|h))"
)

MAX_FILES = 64
MAX_FILE_BYTES = 256 * 1024
MAX_ENTRIES = 20_000
MAX_UNPACKED_BYTES = 256 * 1024 * 1024  # read while looking for the files that are taken
MAX_LEFT_OUT = 20  # names that are told; the others are counted


class RefusedError(Exception):
    """The submission is not one that is graded. The message is one line."""


def taken_path(name: str) -> tuple[str, str] | None:
    """(the folder around `labs` or "", the path from `labs` on) of an entry that is taken."""
    match = TAKEN.fullmatch(name)
    if match is None or match["step"] not in STEP_FOLDERS or match["top"] == "..":
        return None
    top = match["top"] or ""
    return ("" if top == "." else top), match["path"]


class Selection:
    """What is taken so far; refuses what stands twice or is too much."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.tops: set[str] = set()
        self.left_out: list[str] = []
        self.left_out_count = 0
        self.entries = 0

    def count_entry(self) -> None:
        self.entries += 1
        if self.entries > MAX_ENTRIES:
            raise RefusedError(f"it has more than {MAX_ENTRIES} entries")

    def leave_out(self, name: str) -> None:
        self.left_out_count += 1
        if len(self.left_out) < MAX_LEFT_OUT:
            self.left_out.append(name)

    def take(self, top: str, path: str, content: bytes) -> None:
        if len(content) > MAX_FILE_BYTES:
            raise RefusedError(f"{path} is larger than {MAX_FILE_BYTES // 1024} KiB")
        self.tops.add(top)
        if len(self.tops) > 1:
            raise RefusedError("more than one folder in it holds labs/; hand in one")
        if path in self.files:
            raise RefusedError(f"{path} stands in it twice")
        if len(self.files) == MAX_FILES:
            raise RefusedError(f"it has more than {MAX_FILES} source files")
        self.files[path] = content


def unpack(archive: Path) -> Selection:
    with archive.open("rb") as file:
        magic = file.read(4)
        file.seek(0)
        try:
            if magic[:2] == b"\x1f\x8b":
                return select(entries_of_tar(file))
            if magic in (b"PK\x03\x04", b"PK\x05\x06"):
                return select(entries_of_zip(file))
        except (tarfile.TarError, zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError) as error:
            raise RefusedError(f"the archive is damaged ({type(error).__name__})") from error
        except (NotImplementedError, RuntimeError) as error:
            raise RefusedError("the archive is encrypted or packed in a way that isn't read") from error
    raise RefusedError("expected a folder, a .zip or a .tar.gz, found none of these")


Entry = tuple[
    str, bool, "IO[bytes] | None"
]  # name, whether it is a folder, its bytes if it is a regular file


def select(entries: Iterator[Entry]) -> Selection:
    selection = Selection()
    for name, is_folder, content in entries:
        selection.count_entry()
        if is_folder:
            continue
        taken = taken_path(name)
        if taken is None:
            selection.leave_out(name)
        elif content is None:
            raise RefusedError(f"{taken[1]} is not a regular file")
        else:
            selection.take(*taken, content.read(MAX_FILE_BYTES + 1))
    return selection


def entries_of_zip(file: IO[bytes]) -> Iterator[Entry]:
    with zipfile.ZipFile(file) as archive:
        for info in archive.infolist():
            name = info.filename.replace("\\", "/")  # as some programs on Windows have it
            kind = (info.external_attr >> 16) & 0o170000  # 0 where the archive wasn't made on Unix
            if name.endswith("/") or kind not in (0, 0o100000) or taken_path(name) is None:
                yield name, name.endswith("/"), None
                continue
            with archive.open(info) as content:  # what the header says about sizes is never believed
                yield name, False, content


class Counted:
    """A stream that ends a decompression bomb."""

    def __init__(self, stream: gzip.GzipFile) -> None:
        self.stream = stream
        self.count = 0

    def read(self, size: int = -1) -> bytes:
        data = self.stream.read(size)
        self.count += len(data)
        if self.count > MAX_UNPACKED_BYTES:
            raise RefusedError(f"it holds more than {MAX_UNPACKED_BYTES // (1024 * 1024)} MiB")
        return data


def entries_of_tar(file: IO[bytes]) -> Iterator[Entry]:
    with gzip.open(file) as stream:
        counted = Counted(stream)
        with tarfile.open(fileobj=counted, mode="r|") as archive:  # type: ignore[call-overload]
            for member in archive:
                plain = member.isreg() and not member.issparse()
                yield member.name, member.isdir(), archive.extractfile(member) if plain else None


def main() -> int:
    archive, out = Path(sys.argv[1]), Path(sys.argv[2])
    report: dict[str, object] = {"problem": None, "left_out": [], "left_out_count": 0}
    try:
        selection = unpack(archive)
        report.update(left_out=selection.left_out, left_out_count=selection.left_out_count)
        for path, content in selection.files.items():
            target = out / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
    except RefusedError as error:
        report["problem"] = str(error)
    except MemoryError:
        report["problem"] = "the archive needs more memory to unpack than is allowed"
    print(json.dumps(report))
    return 0


if __name__ == "__main__":
    sys.exit(main())

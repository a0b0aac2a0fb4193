"""Which files of a submission are taken, and how an archive is unpacked.

Run as a program, inside the sandbox: unpack.py ARCHIVE OUT FOLDER… writes the files that are taken below OUT
and says on standard output, as JSON, what was left out and what was wrong; each FOLDER is one of labs/ whose
files are taken. It stands alone, so that the sandbox need show it nothing but this file and Python's own.
"""

from __future__ import annotations

import gzip
import json
import re
import sys
import tarfile
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO

MAX_FILES = 64
MAX_FILE_BYTES = 256 * 1024
MAX_ENTRIES = 20_000
MAX_UNPACKED_BYTES = 256 * 1024 * 1024  # read while looking for the files that are taken
MAX_LEFT_OUT = 20  # names that are told; the others are counted


class RefusedError(Exception):
    """The submission is not one that is graded. The message is one line."""


class Selection:
    """What is taken of the files in `folders` of labs/; refuses what stands twice or is too much."""

    def __init__(self, folders: Sequence[str]) -> None:
        steps = "|".join(map(re.escape, folders))
        # Any one folder may stand around `labs`, as archives of a whole repository have it.
        self.taken = re.compile(
            r"(?:\./)?(?:(?P<top>[^/]+)/)?"
            rf"(?P<path>labs/(?:{steps})/[A-Za-z0-9_][A-Za-z0-9_.-]*\.(?:cpp|h))"
        )
        self.files: dict[str, bytes] = {}
        self.tops: set[str] = set()
        self.left_out: list[str] = []
        self.left_out_count = 0
        self.entries = 0

    def taken_path(self, name: str) -> tuple[str, str] | None:
        """(the folder around `labs` or "", the path from `labs` on) of an entry that is taken."""
        match = self.taken.fullmatch(name)
        if match is None or match["top"] == "..":
            return None
        top = match["top"] or ""
        return ("" if top == "." else top), match["path"]

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


def unpack(archive: Path, folders: Sequence[str]) -> Selection:
    selection = Selection(folders)
    with archive.open("rb") as file:
        magic = file.read(4)
        file.seek(0)
        try:
            if magic[:2] == b"\x1f\x8b":
                select(selection, entries_of_tar(file))
            elif magic in (b"PK\x03\x04", b"PK\x05\x06"):
                select(selection, entries_of_zip(file, selection))
            else:
                raise RefusedError("expected a folder, a .zip or a .tar.gz, found none of these")
        except (tarfile.TarError, zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError) as error:
            raise RefusedError(f"the archive is damaged ({type(error).__name__})") from error
        except (NotImplementedError, RuntimeError) as error:
            raise RefusedError("the archive is encrypted or packed in a way that isn't read") from error
    return selection


Entry = tuple[
    str, bool, "IO[bytes] | None"
]  # name, whether it is a folder, its bytes if it is a regular file


def select(selection: Selection, entries: Iterator[Entry]) -> None:
    for name, is_folder, content in entries:
        selection.count_entry()
        if is_folder:
            continue
        taken = selection.taken_path(name)
        if taken is None:
            selection.leave_out(name)
        elif content is None:
            raise RefusedError(f"{taken[1]} is not a regular file")
        else:
            selection.take(*taken, content.read(MAX_FILE_BYTES + 1))


def entries_of_zip(file: IO[bytes], selection: Selection) -> Iterator[Entry]:
    with zipfile.ZipFile(file) as archive:
        for info in archive.infolist():
            name = info.filename.replace("\\", "/")  # as some programs on Windows have it
            kind = (info.external_attr >> 16) & 0o170000  # 0 where the archive wasn't made on Unix
            if name.endswith("/") or kind not in (0, 0o100000) or selection.taken_path(name) is None:
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
    archive, out, folders = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:]
    report: dict[str, object] = {"problem": None, "left_out": [], "left_out_count": 0}
    try:
        selection = unpack(archive, folders)
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

"""Which files of a submission are taken, and how an archive is unpacked.

Run as a program, inside the sandbox: unpack.py ARCHIVE OUT labs/FOLDER/NAME.cpp… writes the files that are
taken below OUT and says on standard output, as JSON, what was left out and what was wrong; the last
arguments are the steps' own sources. It stands alone, so that the sandbox need show it nothing but this and
Python's own.
"""

from __future__ import annotations

import bz2
import contextlib
import gzip
import json
import lzma
import re
import sys
import tarfile
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, NamedTuple

MAX_FILES = 64
MAX_FILE_BYTES = 256 * 1024
MAX_ENTRIES = 20_000
MAX_UNPACKED_BYTES = 256 * 1024 * 1024  # read while looking for the files that are taken
MAX_LEFT_OUT = 20  # names that are told; the others are counted
MAX_AROUND = 2  # folders around labs, around a step's folder, or around a step's own source
# Of sources, of which .cpp are compiled, and of what they include.
ENDINGS = (".cpp", ".cc", ".cxx", ".c", ".h", ".hpp", ".hh", ".hxx", ".inl", ".ipp", ".tpp", ".inc", ".def")
ARCHIVES = (".zip", ".tar.gz", ".tgz", ".tar", ".tar.bz2", ".tar.xz")
# Folders that builds, systems and editors leave; what is in them is not even counted.
SKIPPED = re.compile(r"\.[^.].*|build|cmake-build-.*|venv|__MACOSX|__pycache__|node_modules")
# How names in a zip may be written that doesn't say so, in the order in which they are tried.
ENCODINGS = ("utf-8", "gb18030", "big5", "cp932", "cp437")


DAMAGES = (tarfile.TarError, zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, ValueError)


class RefusedError(Exception):
    """The submission is not one that is graded. The message is one line."""


class Place(NamedTuple):
    """Where a file of a submission belongs."""

    layout: int  # of LAYOUTS
    top: str  # the folders around what the layout names
    path: str  # from labs/ on


# A whole copy of the kit has step folders elsewhere than in labs/, too, so those count only without it.
LAYOUTS = ("labs/", "steps' folders", "steps' sources")


@dataclass
class Found:
    """What is there of one layout."""

    files: dict[str, bytes] = field(default_factory=dict)
    names: list[str] = field(default_factory=list)  # as they were handed in
    tops: set[str] = field(default_factory=set)
    problem: str = ""  # the first one


class Selection:
    """What is taken of a submission; `sources` are the steps' own, labs/FOLDER/NAME.cpp."""

    def __init__(self, sources: Sequence[str]) -> None:
        self.folders = {source.split("/")[1] for source in sources}
        self.own = {source.split("/")[2]: source for source in sources}
        self.found = [Found() for _ in LAYOUTS]
        self.skipped: set[str] = set()
        self.left_out: list[str] = []
        self.left_out_count = 0
        self.entries = 0

    def place(self, name: str) -> Place | None:
        """None if an entry of that name is not taken, wherever it lies."""
        parts = unicodedata.normalize("NFC", name).split("/")
        parts = parts[1:] if parts[0] == "." else parts
        if not is_plain(parts[-1]) or ".." in parts or "" in parts:
            return None
        for at, part in enumerate(parts[: MAX_AROUND + 1]):
            if part == "labs" and parts[at + 1 : at + 2] and parts[at + 1] in self.folders:
                return self.in_step(0, parts[:at], parts[at + 1 :])
        for at, part in enumerate(parts[: MAX_AROUND + 1]):
            if part in self.folders:
                return self.in_step(1, parts[:at], parts[at:])
        if parts[-1] in self.own and len(parts) <= MAX_AROUND + 1:
            return Place(2, "/".join(parts[:-1]), self.own[parts[-1]])
        return None

    def in_step(self, layout: int, around: list[str], parts: list[str]) -> Place | None:
        """A step's folder may have folders in it, but none that has folders, nor one that `#include "kit/…"`
        would find before the kit's own."""
        inner = parts[1:]
        if not 1 <= len(inner) <= 2 or not all(map(is_plain, inner)) or inner[0] == "kit":
            return None
        if not inner[-1].endswith(ENDINGS):
            return None
        return Place(layout, "/".join(around), "/".join(["labs", *parts]))

    def is_skipped(self, name: str) -> bool:
        """Whether it is, or lies in, a folder that nobody hands in on purpose; a folder's name ends in /."""
        parts = name.split("/")[:-1]
        at = next((at for at, part in enumerate(parts) if SKIPPED.fullmatch(part)), None)
        if at is None:
            return False
        folder = "/".join(parts[: at + 1]) + "/"
        if folder not in self.skipped and len(self.skipped) < MAX_LEFT_OUT:
            self.skipped.add(folder)
            self.leave_out(folder)
        return True

    def count_entry(self) -> None:
        self.entries += 1
        if self.entries > MAX_ENTRIES:
            raise RefusedError(f"it has more than {MAX_ENTRIES} entries")

    def leave_out(self, name: str) -> None:
        self.left_out_count += 1
        if len(self.left_out) < MAX_LEFT_OUT:
            self.left_out.append(name)

    def take(self, name: str, place: Place, content: bytes | None) -> None:
        """No content: it is not a regular file."""
        found = self.found[place.layout]
        found.problem = found.problem or self.problem(found, place, content)
        if not found.problem and content is not None:
            found.files[place.path] = content
            found.names.append(name)
            found.tops.add(place.top)

    def problem(self, found: Found, place: Place, content: bytes | None) -> str:
        if content is None:
            return f"{place.path} is not a regular file"
        if len(content) > MAX_FILE_BYTES:
            return f"{place.path} is larger than {MAX_FILE_BYTES // 1024} KiB"
        if found.tops - {place.top}:
            return f"more than one folder in it holds {LAYOUTS[place.layout]}; hand in one"
        if place.path in found.files:
            return f"{place.path} stands in it twice; hand in one"
        if len(found.files) == MAX_FILES:
            return f"it has more than {MAX_FILES} source files"
        return ""

    def has_sources(self) -> bool:
        return any(found.files or found.problem for found in self.found)

    def settle(self) -> dict[str, bytes]:
        """The files by path from labs/ on. Where there is a folder labs/, nothing around it counts."""
        in_labs, *others = self.found
        if in_labs.files or in_labs.problem:
            for name in (name for other in others for name in other.names):
                self.leave_out(name)
            others = [in_labs]
        files: dict[str, bytes] = {}
        for found in others:
            if found.problem:
                raise RefusedError(found.problem)
            for path, content in found.files.items():
                if path in files:
                    raise RefusedError(f"{path} stands in it twice; hand in one")
                files[path] = content
        if not files:
            raise RefusedError(
                "it has no file named labs/stepN_…/….cpp or .h, no step's folder and no source named as a "
                "step's own; an archive in an archive is not unpacked"
            )
        return files


def is_plain(name: str) -> bool:
    """Letters and digits of any script, `_`, `.`, `-`, and blanks between them; not what a program could take
    for an option, a file of arguments or a hidden file."""
    if not name or name[0] in ".- " or name[-1] == " ":
        return False
    return all(char in "_.- " or unicodedata.category(char)[0] in "LMN" for char in name)


def unpack(archive: Path, sources: Sequence[str]) -> Selection:
    selection = Selection(sources)
    with archive.open("rb") as file:
        magic = file.read(262)
        file.seek(0)
        try:
            if magic[:4] in (b"PK\x03\x04", b"PK\x05\x06"):
                select_of_zip(selection, file)
            elif stream := tar_stream(file, magic):
                select_of_tar(selection, stream)
            else:
                raise RefusedError("expected a folder, a .zip or a .tar.gz (.xz, .bz2), found none of these")
        except DAMAGES as error:
            raise RefusedError(f"the archive is damaged ({type(error).__name__})") from error
        except (NotImplementedError, RuntimeError) as error:
            raise RefusedError("the archive is encrypted or packed in a way that isn't read") from error
    return selection


def names_of(infos: Sequence[zipfile.ZipInfo], likely: Callable[[list[str]], tuple[int, int]]) -> list[str]:
    """The names of a zip's entries, in whichever encoding they were written: of those that are possible, the
    first of the likeliest."""

    def decoded(encoding: str) -> list[str]:
        names = [
            info.filename if info.flag_bits & 0x800 else info.filename.encode("cp437").decode(encoding)
            for info in infos
        ]
        if any("/" in name for name in names):
            return names
        return [name.replace("\\", "/") for name in names]  # as some programs on Windows have it

    possible = []
    for encoding in ENCODINGS:
        with contextlib.suppress(UnicodeError):
            possible.append(decoded(encoding))
    return max(possible, key=likely)


def select_of_zip(selection: Selection, file: IO[bytes]) -> None:
    with zipfile.ZipFile(file) as archive:
        infos = archive.infolist()
        sources = [info for info in infos if info.filename.endswith(ENDINGS)][:MAX_FILES]
        told = b""  # what is included is named in it
        if any(not info.filename.isascii() for info in sources):
            told = b"".join(content_of(archive, info) or b"" for info in sources)

        def likely(names: list[str]) -> tuple[int, int]:
            ends = [name.rsplit("/", 1)[-1] for name in names]
            return (
                sum(selection.place(name) is not None for name in names),
                sum(not end.isascii() and end.encode() in told for end in ends),
            )

        for info, name in zip(infos, names_of(infos, likely), strict=True):
            if selection.is_skipped(name):
                continue
            selection.count_entry()
            place = selection.place(name)
            if name.endswith("/"):
                continue
            if place is None:
                selection.leave_out(name)
            else:
                selection.take(name, place, content_of(archive, info))


def content_of(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes | None:
    kind = (info.external_attr >> 16) & 0o170000  # 0 where the archive wasn't made on Unix
    if kind not in (0, 0o100000):
        return None
    with archive.open(info) as content:  # what the header says about sizes is never believed
        return content.read(MAX_FILE_BYTES + 1)


class Counted:
    """A stream that ends a decompression bomb."""

    def __init__(self, stream: IO[bytes]) -> None:
        self.stream = stream
        self.count = 0

    def read(self, size: int = -1) -> bytes:
        data = self.stream.read(size)
        self.count += len(data)
        if self.count > MAX_UNPACKED_BYTES:
            raise RefusedError(f"it holds more than {MAX_UNPACKED_BYTES // (1024 * 1024)} MiB")
        return data


def tar_stream(file: IO[bytes], magic: bytes) -> Counted | None:
    """The bytes of a tar, however they are compressed; none if it is no tar."""
    stream: IO[bytes]
    if magic[:2] == b"\x1f\x8b":
        stream = gzip.GzipFile(fileobj=file)  # type: ignore[assignment]
    elif magic[:3] == b"BZh":
        stream = bz2.BZ2File(file)
    elif magic[:6] == b"\xfd7zXZ\x00":
        stream = lzma.LZMAFile(file)  # noqa: SIM115, it closes with the program
    elif magic[257:262] == b"ustar":
        stream = file
    else:
        return None
    return Counted(stream)


def select_of_tar(selection: Selection, stream: Counted) -> None:
    with tarfile.open(fileobj=stream, mode="r|", encoding="utf-8") as archive:  # type: ignore[call-overload]
        for member in archive:
            if selection.is_skipped(member.name + "/" if member.isdir() else member.name):
                continue
            selection.count_entry()
            if member.isdir():
                continue
            place = selection.place(member.name)
            if place is None:
                selection.leave_out(member.name)
                continue
            plain = member.isreg() and not member.issparse()
            content = archive.extractfile(member) if plain else None
            selection.take(member.name, place, content.read(MAX_FILE_BYTES + 1) if content else None)


def main() -> int:
    archive, out, sources = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:]
    report: dict[str, object] = {"problem": None, "left_out": [], "left_out_count": 0}
    try:
        selection = unpack(archive, sources)
        files = selection.settle()
        report.update(left_out=selection.left_out, left_out_count=selection.left_out_count)
        for path, content in files.items():
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

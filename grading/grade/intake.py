"""From what was handed in to the files that are graded, as bytes in memory."""

from __future__ import annotations

import hashlib
import json
import os
import stat
from dataclasses import dataclass, field
from pathlib import Path

from . import unpack
from .kit import contracts
from .sandbox import PYTHON, PYTHON_FILES, Limits, Sandbox
from .scratch import scratch
from .text import printable
from .unpack import RefusedError, Selection

MAX_ARCHIVE_BYTES = 32 * 1024 * 1024
MAX_DEPTH = 6
UNPACKING = Limits(cpu_s=20, wall_s=60, memory_mb=512, processes=4, file_size_mb=1, output_bytes=256 * 1024)


@dataclass
class Submission:
    name: str  # as the file or folder is named, printable
    digest: str  # of what was handed in: an archive's bytes, a folder's files
    files: dict[str, bytes] = field(default_factory=dict)  # by path from `labs/` on
    archive: bytes | None = field(default=None, repr=False)  # as it was when its digest was made
    left_out: list[str] = field(default_factory=list)
    left_out_count: int = 0
    problem: str | None = None  # why nothing of it can be graded


def identify(source: Path) -> Submission:
    """Name and digest. Unpacks no archive, so that this needs no sandbox. All of it is read here, once: what
    is graded is what the digest is of, whoever changes the files meanwhile."""
    submission = Submission(printable(source.name, 80), "")
    digest = hashlib.sha256()
    try:
        status = source.lstat()
        if stat.S_ISLNK(status.st_mode):
            submission.problem = "it is a link; hand in the files themselves"
        elif stat.S_ISDIR(status.st_mode):
            read_folder(submission, source, may_hold_an_archive=True)
            for path, content in sorted(submission.files.items()):
                digest.update(f"{path}\0{len(content)}\0".encode() + content)
            digest.update(json.dumps([submission.left_out, submission.problem]).encode())
            digest.update(submission.archive or b"")
        elif not stat.S_ISREG(status.st_mode):
            submission.problem = "expected a folder, a .zip or a .tar.gz, found something else"
        else:
            submission.archive = read_archive(str(source), None)
            digest.update(submission.archive)
    except RefusedError as error:
        submission.problem = printable(str(error), 300)
    except OSError as error:
        submission.problem = f"it can't be read: {error.strerror}"
    if submission.archive is None and not submission.files:
        digest.update(json.dumps([submission.name, submission.problem]).encode())
    submission.digest = digest.hexdigest()
    return submission


def take(submission: Submission, sandbox: Sandbox) -> None:
    """Fills in an archive's files. It is unpacked by a process of its own, in the sandbox; what that wrote is
    read as carefully as a folder that was handed in."""
    if submission.archive is None:
        return
    with scratch("unpack") as name:
        folder = Path(name)
        sandbox.admit(folder)
        out, archive, program = folder / "out", folder / "archive", folder / "unpack.py"
        out.mkdir()
        archive.write_bytes(submission.archive)
        program.write_bytes(Path(unpack.__file__).read_bytes())  # where it is, others may not look
        done = sandbox.run(
            [PYTHON, "-I", "-S", "-B", "-X", "utf8", str(program), str(archive), str(out), *own_sources()],
            limits=UNPACKING,
            read=[*PYTHON_FILES, program, archive],
            write=[out],
            doing="unpacking",
        )
        if not done.succeeded:
            submission.problem = f"it could not be unpacked: {done.describe()}"
            return
        try:
            report = json.loads(done.output)
            submission.problem = report["problem"] and printable(str(report["problem"]), 300)
            submission.left_out = [printable(str(each), 120) for each in report["left_out"]]
            submission.left_out_count = max(0, int(report["left_out_count"]))
        except (ValueError, KeyError, TypeError, RecursionError):
            submission.problem = "it could not be unpacked: the report about it is damaged"
        if submission.problem is None:
            read_folder(submission, out, names_left_out=False)


def own_sources() -> list[str]:
    """Of each step, the source that bears its contract's name."""
    return [str(path.with_suffix(".cpp")) for path in contracts()]


def read_folder(
    submission: Submission, folder: Path, *, names_left_out: bool = True, may_hold_an_archive: bool = False
) -> None:
    """The files that are taken from a folder, or the one archive that is all it holds, as Moodle has it. No
    link is followed, and nothing but regular files is opened."""
    selection = Selection(own_sources())
    try:
        top = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            names = walk(selection, top, "", 0)
            archives = [name for name in names if name.lower().endswith(unpack.ARCHIVES)]
            if may_hold_an_archive and archives:
                submission.archive = only_archive(selection, top, archives)
        finally:
            os.close(top)
        if submission.archive is None or not may_hold_an_archive:
            submission.files = selection.settle()
    except RefusedError as error:
        submission.problem = printable(str(error), 300)
    if names_left_out and submission.archive is None:
        submission.left_out = [printable(name, 120) for name in selection.left_out]
        submission.left_out_count = selection.left_out_count


def only_archive(selection: Selection, folder: int, names: list[str]) -> bytes:
    if selection.has_sources():
        raise RefusedError(f"it holds both sources and {printable(names[0], 80)}; hand in one of them")
    if len(names) > 1:
        raise RefusedError(f"it holds {len(names)} archives; hand in one")
    return read_archive(names[0], folder)


def walk(selection: Selection, folder: int, prefix: str, depth: int) -> list[str]:
    """Takes what is taken; returns the names of all that the folder holds."""
    names = names_in(folder, selection)
    for name in names:
        path = prefix + name
        mode = os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode
        if stat.S_ISDIR(mode):
            if selection.is_skipped(path + "/"):
                continue
            if depth == MAX_DEPTH:
                selection.leave_out(path + "/")
                continue
            inner = os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=folder)
            try:
                walk(selection, inner, path + "/", depth + 1)
            finally:
                os.close(inner)
            continue
        place = selection.place(path)
        if place is None:
            selection.leave_out(path)
        else:
            regular = stat.S_ISREG(mode)
            content = read_regular(name, folder, unpack.MAX_FILE_BYTES + 1) if regular else None
            selection.take(path, place, content)
    return names


def names_in(folder: int, selection: Selection) -> list[str]:
    names = []
    with os.scandir(folder) as entries:
        for entry in entries:
            selection.count_entry()
            names.append(entry.name)
    return sorted(names)


def read_archive(name: str, folder: int | None) -> bytes:
    content = read_regular(name, folder, MAX_ARCHIVE_BYTES + 1)
    if len(content) > MAX_ARCHIVE_BYTES:
        raise RefusedError(f"the archive is larger than {MAX_ARCHIVE_BYTES // (1024 * 1024)} MiB")
    return content


def read_regular(name: str, folder: int | None, most: int) -> bytes:
    file = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=folder)
    with os.fdopen(file, "rb") as stream:
        if not stat.S_ISREG(os.fstat(file).st_mode):
            raise RefusedError(f"{printable(name)} is not a regular file")
        return stream.read(most)

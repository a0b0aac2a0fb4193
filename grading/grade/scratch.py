"""Folders and files for a while. Each is locked by the grader that uses it; what nobody has locked was left
by one that was killed, and the next one removes it. The number of a process would tell less: graders in two
containers that share a disk have the same ones.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

PREFIX = "lab-scratch-"  # of folders
UNFINISHED = ".lab-unfinished-"  # of files


@contextlib.contextmanager
def scratch(kind: str) -> Iterator[str]:
    """Only its owner may look inside, unless somebody opens it."""
    lock = None
    while lock is None:  # another one may sweep it away before it is locked
        name = tempfile.mkdtemp(prefix=f"{PREFIX}{kind}-")
        lock = lock_of(Path(name))
    try:
        yield name
    finally:
        shutil.rmtree(name, ignore_errors=True)
        os.close(lock)


def lock_of(path: Path) -> int | None:
    """A descriptor that holds the lock of a file or folder until it is closed, with the process at the
    latest; none if another one holds it or the path is gone."""
    try:
        lock = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.path.samestat(os.fstat(lock), path.lstat()):
            return lock
    except OSError:
        pass
    os.close(lock)
    return None


def sweep() -> None:
    """Removes what graders that are no more have left where folders for a while lie."""
    for path in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with contextlib.suppress(FileNotFoundError):  # another grader may sweep, too
            if path.lstat().st_uid != os.geteuid():
                continue
        if (lock := lock_of(path)) is not None:
            shutil.rmtree(path, ignore_errors=True)
            os.close(lock)


def sweep_files(folder: Path) -> None:
    """The same for files in a folder of results."""
    for path in folder.glob(f"{UNFINISHED}*"):
        if (lock := lock_of(path)) is not None:
            path.unlink(missing_ok=True)
            os.close(lock)


@contextlib.contextmanager
def writing(path: Path, *, mode: int = 0o666, newline: str | None = None) -> Iterator[IO[str]]:
    """A file that takes its name when all of it is written, so that whoever reads it, now or after a crash,
    finds all of it or none."""
    lock = None
    while lock is None:  # another one may sweep it away before it is locked
        part = path.with_name(UNFINISHED + secrets.token_hex(8))
        os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode))
        lock = lock_of(part)
    try:
        with part.open("w", encoding="utf-8", newline=newline) as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    finally:
        os.close(lock)

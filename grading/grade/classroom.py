"""grade class: every submission of a folder, on all cores; goes on where it was stopped."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import tempfile
import time
import traceback
import unicodedata
from collections import Counter, deque
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from . import intake
from .kit import KitError
from .one import Course, grade, is_final, read_result
from .policy import Policy
from .progress import Progress
from .sandbox import die_with_parent
from .scratch import sweep, sweep_files
from .text import printable

# What an archive's name ends in. The others aren't unpacked, and whoever handed one in is told.
ARCHIVES = (".zip", ".tar.gz", ".tgz", ".tar", ".tar.bz2", ".tar.xz", ".7z", ".rar")
TRIES = 2  # of a submission whose grader failed: for a machine that was short of something for a moment


@dataclass
class Entry:
    """One submission and what came of it."""

    source: Path
    name: str  # without what an archive's name ends in; the roster's key
    result: dict[str, Any] | None = None
    path: Path | None = None  # of the result
    failure: str = ""  # why the grader failed, if it did


@dataclass
class Running:
    entry: Entry
    log: IO[str]
    tries: int
    began: float = field(default_factory=time.monotonic)


@dataclass
class Pool:
    """One process for each submission that is being graded. A crash, a leak or a hang takes that process
    only."""

    course: Course
    results: Path
    jobs: int
    progress: Progress
    children: dict[int, Running] = field(default_factory=dict)

    def run(self, entries: Sequence[Entry]) -> None:
        waiting = deque((entry, 1) for entry in entries)
        try:
            while waiting or self.children:
                while waiting and len(self.children) < self.jobs:
                    self.start(*waiting.popleft())
                for running in self.ended():
                    if running.entry.failure and running.tries < TRIES:
                        waiting.append((running.entry, running.tries + 1))
                    else:
                        self.progress.advance(time.monotonic() - running.began)
        finally:
            for child in self.children:
                os.killpg(child, signal.SIGKILL)

    def start(self, entry: Entry, tries: int) -> None:
        log = tempfile.TemporaryFile("w+")  # noqa: SIM115, it is read when the child has ended
        sys.stdout.flush()
        sys.stderr.flush()
        child = os.fork()
        if child == 0:
            grade_in_child(entry.source, self.results, self.course, log)
        with contextlib.suppress(OSError):  # the child does the same; whoever comes first
            os.setpgid(child, child)
        self.children[child] = Running(entry, log, tries)

    def ended(self) -> list[Running]:
        """Waits until at least one has, or a moment has passed."""
        child, status = os.waitpid(-1, os.WNOHANG)
        if child == 0:
            time.sleep(0.02)
            self.progress.show()
            for each, running in self.children.items():
                if time.monotonic() - running.began > longest(self.course.policy):
                    os.killpg(each, signal.SIGKILL)
            return []
        running = self.children.pop(child)
        entry = running.entry
        entry.result, entry.path = find_result(entry, self.results, self.course)
        entry.failure = "" if entry.result else describe_failure(status, running)
        running.log.close()
        return [running]


def grade_in_child(source: Path, results: Path, course: Course, log: IO[str]) -> None:
    """Never returns."""
    code = 1
    try:
        os.setpgid(0, 0)
        die_with_parent()
        grade(source, results, course)
        code = 0
    except BaseException:
        log.write(traceback.format_exc())
        log.flush()
    finally:
        os._exit(code)


def longest(policy: Policy) -> float:
    """More than any submission can take, three times."""
    return 3.0 * (policy.limits["submission_s"] + policy.compiling().wall_s + policy.working().wall_s + 60)


def describe_failure(status: int, running: Running) -> str:
    if os.WIFSIGNALED(status):
        return f"the grader's process was ended by signal {os.WTERMSIG(status)}"
    running.log.seek(0)
    if said := running.log.read().strip():
        return printable(said.split("\n")[-1], 300)
    return f"the grader's process ended with status {os.waitstatus_to_exitcode(status)}"


def find_entries(folder: Path, ours: Sequence[Path] = ()) -> list[Entry]:
    """Everything but hidden files and what is ours: nothing that was handed in may vanish. Where two would
    have one name, such as a folder and an archive of it, the archives keep their endings."""
    top = folder.resolve()
    own = {path.resolve() for path in ours}
    if top in own:
        raise KitError(
            f"{folder} holds the submissions; results, data and the cache need a folder of their own"
        )
    paths = sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    paths = [path for path in paths if top / path.name not in own]
    for path in paths:
        if path.is_dir() and any(each.is_relative_to(top / path.name) for each in own):
            raise KitError(f"{path} is a submission, so nothing of ours may lie in it; name another folder")
    if not paths:
        raise FileNotFoundError(f"{folder} holds no submission: expected folders, .zip or .tar.gz files")
    taken = Counter([name for path in paths for name in {path.name, short_name(path)}])
    return [Entry(path, short_name(path) if taken[short_name(path)] == 1 else path.name) for path in paths]


def short_name(path: Path) -> str:
    ending = next((each for each in ARCHIVES if path.name.lower().endswith(each)), "")
    return path.name if path.is_dir() else path.name[: len(path.name) - len(ending)]


def matches(names: Collection[str], known: Collection[str]) -> dict[str, str]:
    """Which of the known names each is: the same, or the only one that differs in nothing but case and
    Unicode's normal forms, which systems change on the way."""
    exact, alike = set(known), Counter(map(folded, known))
    left = [name for name in names if name not in exact]
    of_left = Counter(map(folded, left))
    by_fold = {folded(name): name for name in exact - set(names)}
    found = {name: name for name in names if name in exact}
    for name in left:
        key = folded(name)
        if key in by_fold and alike[key] == of_left[key] == 1:
            found[name] = by_fold[key]
    return found


def folded(name: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def find_result(entry: Entry, results: Path, course: Course) -> tuple[dict[str, Any] | None, Path]:
    path = results / f"{course.key(intake.identify(entry.source))}.json"
    return read_result(path), path


def grade_class(entries: Sequence[Entry], out: Path, course: Course, jobs: int, only: str | None) -> None:
    sweep()
    results = out / "results"
    results.mkdir(parents=True, exist_ok=True)
    sweep_files(results)
    if only is not None:
        named = matches([only], [entry.name for entry in entries])
        if only not in named:
            raise KitError(f"no submission is named {printable(only)}")
        only = named[only]
    for entry in entries:
        entry.result, entry.path = find_result(entry, results, course)
        if only == entry.name and entry.path:
            entry.path.unlink(missing_ok=True)
            entry.result = None
    to_grade = [e for e in entries if not (e.result and is_final(e.result)) and only in (None, e.name)]
    progress = Progress(len(to_grade), len(entries) - len(to_grade), jobs, course.seconds)
    Pool(course, results, jobs, progress).run(to_grade)
    progress.end()

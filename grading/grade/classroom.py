"""grade class: every submission of a folder, on all cores; goes on where it was stopped."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time
import traceback
from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from . import intake
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
    deadline: float
    log: Path
    tries: int = 1


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
                        self.progress.advance()
        finally:
            for child in self.children:
                os.killpg(child, signal.SIGKILL)

    def start(self, entry: Entry, tries: int) -> None:
        log = self.results / f".{os.getpid()}-{len(self.children)}-{time.monotonic_ns()}.log"
        sys.stdout.flush()
        sys.stderr.flush()
        child = os.fork()
        if child == 0:
            grade_in_child(entry.source, self.results, self.course, log)
        with contextlib.suppress(OSError):  # the child does the same; whoever comes first
            os.setpgid(child, child)
        self.children[child] = Running(entry, time.monotonic() + longest(self.course.policy), log, tries)

    def ended(self) -> list[Running]:
        """Waits until at least one has, or a moment has passed."""
        child, status = os.waitpid(-1, os.WNOHANG)
        if child == 0:
            time.sleep(0.02)
            self.progress.show()
            for each, running in self.children.items():
                if time.monotonic() > running.deadline:
                    os.killpg(each, signal.SIGKILL)
            return []
        running = self.children.pop(child)
        entry = running.entry
        entry.result, entry.path = find_result(entry, self.results, self.course)
        entry.failure = "" if entry.result else describe_failure(status, running)
        running.log.unlink(missing_ok=True)
        return [running]


def grade_in_child(source: Path, results: Path, course: Course, log: Path) -> None:
    """Never returns."""
    code = 1
    try:
        os.setpgid(0, 0)
        die_with_parent()
        grade(source, results, course)
        code = 0
    except BaseException:
        log.write_text(traceback.format_exc())
    finally:
        os._exit(code)


def longest(policy: Policy) -> float:
    """More than any submission can take, three times."""
    return 3.0 * (policy.limits["submission_s"] + policy.compiling().wall_s + policy.working().wall_s + 60)


def describe_failure(status: int, running: Running) -> str:
    if os.WIFSIGNALED(status):
        return f"the grader's process was ended by signal {os.WTERMSIG(status)}"
    try:
        return printable(running.log.read_text().strip().split("\n")[-1], 300)
    except OSError:
        return f"the grader's process ended with status {os.waitstatus_to_exitcode(status)}"


def find_entries(folder: Path) -> list[Entry]:
    """Everything but hidden files: nothing that was handed in may vanish. Where two would have one name, such
    as a folder and an archive of it, the archives keep their endings."""
    paths = sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    taken = Counter([name for path in paths for name in {path.name, short_name(path)}])
    return [Entry(path, short_name(path) if taken[short_name(path)] == 1 else path.name) for path in paths]


def short_name(path: Path) -> str:
    ending = next((each for each in ARCHIVES if path.name.lower().endswith(each)), "")
    return path.name if path.is_dir() else path.name[: len(path.name) - len(ending)]


def find_result(entry: Entry, results: Path, course: Course) -> tuple[dict[str, Any] | None, Path]:
    path = results / f"{course.key(intake.identify(entry.source))}.json"
    return read_result(path), path


def grade_class(folder: Path, out: Path, course: Course, jobs: int, only: str | None) -> list[Entry]:
    sweep()
    results = out / "results"
    results.mkdir(parents=True, exist_ok=True)
    sweep_files(results)
    entries = find_entries(folder)
    if not entries:
        raise FileNotFoundError(f"{folder} holds no submission: expected folders, .zip or .tar.gz files")
    for entry in entries:
        entry.result, entry.path = find_result(entry, results, course)
        if only == entry.name and entry.path:
            entry.path.unlink(missing_ok=True)
            entry.result = None
    if only is not None and only not in {entry.name for entry in entries}:
        raise FileNotFoundError(f"{folder} holds no submission named {printable(only)}")
    to_grade = [e for e in entries if not (e.result and is_final(e.result)) and only in (None, e.name)]
    progress = Progress(len(to_grade), len(entries) - len(to_grade))
    Pool(course, results, jobs, progress).run(to_grade)
    progress.end()
    return entries

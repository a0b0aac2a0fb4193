"""lab_sandbox (grading/sandbox/sandbox.cpp) as Python calls it."""

from __future__ import annotations

import ctypes
import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from .scratch import scratch
from .text import printable

PR_SET_PDEATHSIG = 1
FAILURES = ("failed", "stopped", "not_started")  # of a command that is ours, such as the compiler
TIERS = ("namespaces", "landlock", "uid")


def system_python() -> str:
    """An interpreter that every user may read, where there is one: the sandbox runs as another user."""
    python = Path("/usr/bin/python3")
    return str(python.resolve()) if python.exists() else sys.executable


PYTHON = system_python()
PYTHON_FILES = [] if PYTHON.startswith("/usr/") else [Path(sys.base_prefix)]


def is_above_system(folder: Path) -> bool:
    """Whether programs need what is in it, so that it can't be hidden."""
    return any(Path(path).is_relative_to(folder.resolve()) for path in ("/usr/bin", "/usr/lib", "/etc"))


class SandboxError(Exception):
    """The sandbox itself failed, which is nobody's fault who handed something in. The message is one line."""


class KilledError(SandboxError):
    """So it was, by somebody outside: the kernel, for want of memory, or whoever killed the sandbox."""


@dataclass(frozen=True)
class Limits:
    cpu_s: int
    wall_s: int
    memory_mb: int
    processes: int
    file_size_mb: int
    output_bytes: int  # 0: as many as it likes, which nobody reads


@dataclass(frozen=True)
class Ended:
    end: str  # as in lab_sandbox's status file, but nothing that is the sandbox's own fault
    code: int
    cpu_s: float
    output: bytes  # stdout
    errors: bytes  # stderr
    kernel_kills: int = 0  # of processes on this machine meanwhile, for want of memory

    @property
    def succeeded(self) -> bool:
        return self.end == "exit" and self.code == 0

    def describe(self) -> str:
        if self.end == "exit":
            return f"it ended with status {self.code}"
        if self.end == "signal":
            return f"it was ended by signal {self.code} ({signal.strsignal(self.code) or 'unknown'})"
        reasons = {
            "cpu": "it used more processor time than is allowed",
            "wall": "it took longer than is allowed",
            "memory": "it used more memory than is allowed",
            "processes": "it started more processes than are allowed",
            "output": "it wrote more than is allowed",
        }
        return reasons.get(self.end, f"it was stopped ({self.end})")

    def last_words(self) -> str:
        return printable(self.errors.strip().split(b"\n")[-1], 200)


def group() -> int:
    """One that no other grader has, nor the system; as lab_sandbox chooses users."""
    return 0x70000000 + os.getpid()


def die_with_parent() -> None:
    """In a child before its exec: nothing that we started outlives us, even if we are killed."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


@dataclass(frozen=True)
class Sandbox:
    program: Path | None  # None: practice where no tier holds; commands run unconfined but for their limits
    tier: str
    secret: tuple[Path, ...] = ()

    def admit(self, folder: Path) -> None:
        """Lets this grader's commands into a folder of ours, and no other submission's: they have users of
        their own, but the group in common."""
        if self.program is not None and os.geteuid() == 0:
            os.chown(folder, -1, group())
            folder.chmod(0o710)

    def prefix(
        self,
        limits: Limits,
        *,
        read: Sequence[Path] = (),
        write: Sequence[Path] = (),
        folder: Path | None = None,
        pass_fds: Sequence[int] = (),
        status: Path | None = None,
        environment: Sequence[str] = (),
        no_exec: bool = False,
    ) -> list[str]:
        if self.program is None:
            limit = f'ulimit -t {limits.cpu_s}; ulimit -f {limits.file_size_mb * 2048}; exec "$@"'
            limit += "" if limits.output_bytes else " >/dev/null 2>&1"
            return ["/usr/bin/env", "-i", *environment, "/bin/sh", "-c", limit, "sh"]
        words = [str(self.program), "--tier", self.tier]
        for option, paths in (("--read", read), ("--write", write), ("--secret", self.secret)):
            for path in paths:
                words += [option, str(path)]
        for name in environment:
            words += ["--env", name]
        for descriptor in pass_fds:
            words += ["--pass-fd", str(descriptor)]
        if folder is not None:
            words += ["--folder", str(folder)]
        if status is not None:
            words += ["--status", str(status)]
        if no_exec:
            words.append("--no-exec")
        if os.geteuid() == 0:
            words += ["--group", str(group())]
        for option, value in (
            ("--cpu", limits.cpu_s),
            ("--wall", limits.wall_s),
            ("--memory", limits.memory_mb),
            ("--processes", limits.processes),
            ("--file-size", limits.file_size_mb),
            ("--output", limits.output_bytes),
        ):
            words += [option, str(value)]
        return [*words, "--"]

    def run(
        self,
        command: Sequence[str],
        *,
        limits: Limits,
        read: Sequence[Path] = (),
        write: Sequence[Path] = (),
        folder: Path | None = None,
        environment: Sequence[str] = (),
        doing: str,
    ) -> Ended:
        """Runs a command to its end, whatever it does. Raises SandboxError if the sandbox itself failed."""
        with scratch("status") as name:
            status = Path(name) / "status.json"
            prefix = self.prefix(
                limits, read=read, write=write, folder=folder, status=status, environment=environment
            )
            try:
                done = subprocess.run(
                    [*prefix, *command],
                    stdin=subprocess.DEVNULL,
                    capture_output=True,
                    timeout=limits.wall_s + 30,
                    preexec_fn=die_with_parent,
                    cwd=folder if self.program is None else None,
                    env={"PATH": os.environ.get("PATH", "/usr/bin:/bin")},
                )
            except subprocess.TimeoutExpired as error:
                if self.program:
                    raise SandboxError(f"the sandbox did not end in time while {doing}") from error
                return Ended("wall", 0, 0, b"", error.stderr or b"")
            if self.program is None:
                end = "exit" if done.returncode >= 0 else "signal"
                return Ended(end, abs(done.returncode), 0, done.stdout, done.stderr)
            if done.returncode < 0:
                raise KilledError(f"it was killed from outside while {doing}, by signal {-done.returncode}")
            try:
                told = json.loads(status.read_text())
                end, code, cpu_s = str(told["end"]), int(told["code"]), float(told["cpu_s"])
                ended = Ended(end, code, cpu_s, done.stdout, done.stderr, int(told["kernel_kills"]))
            except (OSError, ValueError, KeyError):
                ended = Ended(FAILURES[0], done.returncode, 0, done.stdout, done.stderr)
            if ended.end in FAILURES:
                raise SandboxError(f"the sandbox failed while {doing}: {ended.last_words()}")
            return ended


def strongest_tier(program: Path, wanted: str | None = None) -> tuple[str | None, str]:
    """The strongest tier that holds here (or the wanted one, if it does), and what the probe said."""
    command = [str(program), "--probe", *(["--tier", wanted] if wanted else [])]
    done = subprocess.run(command, capture_output=True, text=True)
    tier = done.stdout.strip()
    return (tier if tier in TIERS else None), printable(done.stderr.strip(), 600, lines=6)


def as_json(limits: Limits) -> dict[str, int]:
    return asdict(limits)

"""A submission's sources become workers, in the sandbox.

The compiler sees the student's own files and the kit's headers, never the reference data, the solutions or
another submission. Each file is compiled by itself: a step whose files don't compile, or take too long,
costs no other step its points.
"""

from __future__ import annotations

import os
import re
import shutil
import time
from dataclasses import dataclass, field, replace
from pathlib import Path

from .kit import Kit, contracts
from .policy import Policy
from .sandbox import Ended, KilledError, Limits, Sandbox, SandboxError
from .steps import FOLDERS, ROOT
from .text import printable

COMPILER_LINES = 20
# As GCC's and Clang's drivers say that a program of theirs got SIGKILL.
KILLED = re.compile(rb"Killed signal terminated|terminated with signal 9|unable to execute command: Killed")
ENVIRONMENT = ("PATH=/usr/bin:/bin", "LC_ALL=C", "TMPDIR={scratch}")


@dataclass
class Workshop:
    """The folders in which one submission is made into workers."""

    folder: Path
    kit: Kit
    sandbox: Sandbox
    policy: Policy
    objects: dict[str, list[Path]] = field(default_factory=dict)  # by step that compiled
    errors: dict[str, str] = field(default_factory=dict)  # by step that didn't
    cpu_s: float = 0
    began: float = field(default_factory=time.monotonic)
    object_bytes: int = 0
    last_try: bool = False  # what is killed from outside counts as failed
    workers: dict[tuple[str, str], tuple[Path | None, str]] = field(default_factory=dict)

    @property
    def tree(self) -> Path:
        return self.folder / "tree"

    def seconds_left(self) -> float:
        return self.policy.limits["submission_s"] - (time.monotonic() - self.began)

    def out_of_time(self, what: str) -> str:
        allowed = self.policy.limits["submission_s"]
        return (
            f"the time for the whole submission ({allowed} seconds, submission_s) was used up before {what}"
        )

    def make_folder(self, *parts: str) -> Path:
        """Whoever gets that far may look inside: the sandbox runs commands as another user where it can."""
        path = self.folder
        for part in parts:
            path = path / part
            path.mkdir(exist_ok=True)
            path.chmod(0o755)
        return path

    def state_of(self, step: str) -> str:
        if step in self.objects:
            return "compiled"
        return "not_compiled" if step in self.errors else "not_handed_in"


def write_tree(shop: Workshop, files: dict[str, bytes]) -> None:
    """The student's files, and the kit's contracts over whatever was handed in under their names."""
    shop.sandbox.admit(shop.folder)
    headers = {str(path) for path in contracts()}
    everything = {path: content for path, content in files.items() if path not in headers}
    everything |= {path: (ROOT / path).read_bytes() for path in headers}
    for path, content in everything.items():
        target = shop.make_folder("tree", *Path(path).parent.parts) / Path(path).name
        target.write_bytes(content)
        target.chmod(0o644)


def compile_steps(shop: Workshop, files: dict[str, bytes]) -> None:
    for step, folder in FOLDERS.items():
        own = [path for path in files if Path(path).parent == Path("labs", folder)]
        sources = sorted(path for path in own if path.endswith(".cpp"))  # as the student's own build has it
        if not sources:
            continue
        objects, error = compile_step(shop, step, sources)
        if error:
            shop.errors[step] = error
        else:
            shop.objects[step] = objects


def compile_step(shop: Workshop, step: str, sources: list[str]) -> tuple[list[Path], str]:
    objects = []
    left_s = float(shop.policy.compiling().cpu_s)  # for the step, however many files it has
    for index, source in enumerate(sources):
        if shop.seconds_left() < 1:
            return [], shop.out_of_time(f"{source} was compiled")
        out = shop.make_folder("objects", step, str(index))
        target = out / "object.o"
        cpu_s, error = run_tool(
            shop,
            [*shop.kit.compile_words, f"-I{shop.tree}", "-o", str(target), "-c", source],
            read=[shop.kit.include, shop.tree],
            out=out,
            folder=shop.tree,
            cpu_limit_s=max(1, int(left_s)),
        )
        left_s -= cpu_s
        if error or not is_regular(target):
            return [], error or f"{source}: the compiler left no object file"
        shop.object_bytes += target.stat().st_size
        if shop.object_bytes > shop.policy.limits["objects_mb"] << 20:
            shutil.rmtree(shop.folder / "objects" / step)
            return [], (
                f"{source}: with it, the submission's object files are larger than "
                f"{shop.policy.limits['objects_mb']} MiB together (objects_mb); are there large arrays?"
            )
        objects.append(target)
    return objects, ""


def worker(shop: Workshop, step: str, mix: str) -> tuple[Path | None, str]:
    """The worker of a step on earlier steps that are the student's own (`own`), the reference's
    (`isolated`), or all the reference's, this step too (`reference`). Else none, and why."""
    key = (step, mix)
    if key not in shop.workers:
        shop.workers[key] = link(shop, step, mix)
    return shop.workers[key]


def link(shop: Workshop, step: str, mix: str) -> tuple[Path | None, str]:
    if shop.seconds_left() < 1:
        return None, shop.out_of_time("this step was linked")
    out = shop.make_folder("workers", f"{mix}_{step}")
    reference = shop.make_folder("reference")
    program = out / "worker"
    words: list[str] = []
    read: list[Path] = [shop.kit.folder / "lib"]
    for word in shop.kit.link_words[step]:
        if word == "{out}":
            words.append(str(program))
        elif word.startswith("{step"):
            files = parts(shop, word[1:-1], step, mix, reference)
            words += map(str, files)
            read += files
        else:
            words.append(word)
    cpu_limit_s = shop.policy.compiling().cpu_s
    _, error = run_tool(shop, words, read=read, out=out, folder=out, cpu_limit_s=cpu_limit_s)
    shutil.rmtree(reference)
    if error or not is_regular(program):
        return None, error or "the linker left no program"
    return program, ""


def parts(shop: Workshop, step: str, graded_step: str, mix: str, reference: Path) -> list[Path]:
    """`reference`: a folder that only the linker gets to see; nobody else may read the kit's own."""
    if mix == "reference" or (mix == "isolated" and step != graded_step):
        return [Path(shutil.copyfile(shop.kit.solution(step), reference / f"{step}.a"))]
    return shop.objects.get(step) or [shop.kit.stub(step)]


def is_regular(path: Path) -> bool:
    return path.is_file() and not path.is_symlink()


def doubt_about(shop: Workshop, failed: Ended, limits: Limits) -> None:
    """Raises SandboxError if it is the machine that was short of something when a compiler failed; a student
    must not pay for that. The compiler's words alone are no reason: she may have it say what she likes."""
    doubt = "nobody knows whether the code is to blame that it didn't compile: "
    if shutil.disk_usage(shop.folder).free < limits.file_size_mb << 20:
        free = f"less than {limits.file_size_mb} MiB are free where {shop.folder.parent} lies"
        raise SandboxError(doubt + free)
    if failed.kernel_kills and KILLED.search(failed.errors) and failed.cpu_s < limits.cpu_s - 1:
        raise KilledError(doubt + "the kernel killed a process within its limits, for want of memory")


def run_tool(
    shop: Workshop,
    command: list[str],
    *,
    read: list[Path],
    out: Path,
    folder: Path,
    cpu_limit_s: int,
) -> tuple[float, str]:
    """Processor time, and what the compiler or the linker had to say if it failed."""
    limits = shop.policy.compiling()
    limits = replace(limits, cpu_s=cpu_limit_s, wall_s=max(1, min(limits.wall_s, int(shop.seconds_left()))))
    done = shop.sandbox.run(
        command,
        limits=limits,
        read=read,
        write=[out],
        folder=folder,
        environment=[word.format(scratch=out) for word in ENVIRONMENT],
        doing="compiling",
    )
    shop.cpu_s += done.cpu_s
    if done.succeeded:
        return done.cpu_s, ""
    doubt_about(shop, done, limits)
    words = (done.errors + done.output).replace(os.fsencode(str(shop.folder)) + b"/", b"")
    words = words.replace(os.fsencode(str(shop.kit.folder)) + b"/", b"")
    shown = printable(words, 4000, lines=COMPILER_LINES).strip()
    if done.end != "exit":
        shown = f"The compiler was stopped: {done.describe()}.\n{shown}".strip()
    return done.cpu_s, shown or f"the compiler failed: {done.describe()}"

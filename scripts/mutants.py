"""Make each misconception in the reference solution and see whether its step's tests fail and name it.

mutants.py                      every named mutant, and a fixed quarter of those in tests/spellings/
mutants.py step1                those of a step
mutants.py rms_norm_no_weight   single ones, in every spelling that has them
mutants.py --all-spellings      every named mutant in every spelling
mutants.py kit                  mistakes in the kit's own code, which one of its tests must notice
mutants.py --sample 12          that many, drawn by --seed

A mutant costs one compilation of one file and one link: all else is built once, in the student's build.
The last line is the score; the exit status is 1 if one survived or was misnamed, or too few were named. In
the other spellings a name may be missing, but not wrong.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shlex
import subprocess
import sys
import time
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from steps import STEPS

ROOT = Path(__file__).resolve().parent.parent
BUILD = Path(os.environ.get("LAB_BUILDS", ROOT / "build")) / "student"
TIME_LIMIT = 120  # seconds for all tests of a step; a mutant that loops is stopped by the tests' own limit
NAMED_AT_LEAST = 0.95

T = TypeVar("T")


class BadInputError(Exception):
    """A file that is not as misconceptions/README.md says. The message is one line."""


@dataclass(frozen=True)
class Mutant:
    id: str
    step: str
    file: Path
    old: str
    new: str
    killed_by: str  # the kit's test that must fail; "": any test of the step may
    spelling: str = field(default="", kw_only=True)  # folder in tests/spellings/; "": the solution

    @property
    def label(self) -> str:
        return f"{self.id} in {self.spelling}" if self.spelling else self.id

    @property
    def tests(self) -> str:
        """The program that tests what the mistake is made in."""
        return f"spelling_{self.spelling}_{self.step}_tests" if self.spelling else tests_of(self.step)

    def source(self) -> str:
        """The file with the mistake in it."""
        text = (ROOT / self.file).read_text()
        found = text.count(self.old)
        if found != 1:
            raise BadInputError(
                f"{self.label}: `old` must stand once in {self.file}, but stands there {found} times"
            )
        return text.replace(self.old, self.new)


@dataclass
class Verdict:
    mutant: Mutant
    failed_cases: list[str] = field(default_factory=list)
    names: set[str] = field(default_factory=set)
    problem: str = ""

    @property
    def killed(self) -> bool:
        return bool(self.failed_cases)


def read_same() -> dict[str, set[str]]:
    """For each misconception the ids that predict the same everywhere, itself included."""
    return {
        entry["id"]: {entry["id"], *entry.get("same_as", [])}
        for step in STEPS
        for entry in read_predictions(step)
        if "pair" not in entry
    }


def read_predictions(step: str) -> list[dict[str, Any]]:
    """The metadata of a safetensors file stand at its start, as JSON behind eight bytes of length."""
    path = ROOT / "reference_data" / f"{step}_misconceptions.safetensors"
    with path.open("rb") as file:
        header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
    entries: list[dict[str, Any]] = json.loads(header["__metadata__"]["misconceptions"])
    return entries


def read_entries(selection: Sequence[str]) -> list[tuple[str, dict[str, Any]]]:
    """The selected misconceptions, each with the part that it belongs to: a step, or the kit."""
    entries = []
    for path in sorted((ROOT / "misconceptions").glob("*/*.json")):
        entry, part = json.loads(path.read_text()), path.parent.name
        if not {part, entry["id"]}.isdisjoint(selection or STEPS):
            entries.append((part, entry))
    if not entries:
        raise BadInputError(f"no misconception is named {' or '.join(selection)}; see misconceptions/")
    return entries


def read_mutants(selection: Sequence[str]) -> list[Mutant]:
    """The selected mistakes in the solutions, or in the kit."""
    return [mutant_of(part, entry, entry["mutant"], "") for part, entry in read_entries(selection)]


def read_spelled(selection: Sequence[str], all_of_them: bool) -> list[Mutant]:
    """The same mistakes in tests/spellings/. If neither all nor this very one are asked for, a quarter of
    them, which stays the same when others are added."""
    spelled = [
        mutant_of(part, entry, change, spelling)
        for part, entry in read_entries(selection)
        for spelling, change in entry.get("spellings", {}).items()
    ]
    for mutant in spelled:
        mutant.source()  # those that aren't tried must fit their file, too
    return [
        mutant
        for mutant in spelled
        if all_of_them or mutant.id in selection or zlib.crc32(mutant.label.encode()) % 4 == 0
    ]


def mutant_of(part: str, entry: dict[str, Any], change: dict[str, Any], spelling: str) -> Mutant:
    old, new = ("\n".join(change[key]) for key in ("old", "new"))
    killed_by = entry.get("killed_by", "")
    return Mutant(entry["id"], part, Path(change["file"]), old, new, killed_by, spelling=spelling)


def tests_of(part: str) -> str:
    """The program that tests a step's solution, or the kit."""
    return "kit_tests" if part == "kit" else f"solutions_{part}_tests"


def build_common(targets: Sequence[str], mutants: Sequence[Mutant]) -> list[dict[str, str]]:
    """What all mutants share; returns the commands that compiled it."""
    if not (BUILD / "CMakeCache.txt").exists():
        run(["cmake", "--preset", "student", "-B", str(BUILD)], ROOT)
    run(["cmake", "--build", str(BUILD), "--parallel", str(os.cpu_count() or 1), "--target", *targets], ROOT)
    commands: list[dict[str, str]] = json.loads((BUILD / "compile_commands.json").read_text())
    for file, count in Counter(mutant.file for mutant in mutants).items():
        if count > 5:  # what it costs is as much as two or three compilations
            precompile_includes(file, commands)
    return commands


def link_command(target: str) -> tuple[list[str], Path]:
    """How the build links a program, and in which folder."""
    if (BUILD / "build.ninja").exists():
        last = run(["ninja", "-t", "commands", target], BUILD).splitlines()[-1]  # `: && c++ … && :`
        words = shlex.split(last)
        return words[words.index("&&") + 1 : -2], BUILD
    (link,) = BUILD.glob(f"**/{target}.dir/link.txt")
    return shlex.split(link.read_text()), link.parents[2]


def compile_command(file: Path, source: Path, output: Path, commands: Sequence[dict[str, str]]) -> list[str]:
    """How the build compiles `file`, with another source and output, and without debug information."""
    original = str(ROOT / file)
    (command,) = (entry["command"] for entry in commands if entry["file"] == original)
    words = [str(source) if word == original else word for word in shlex.split(command)]
    words[words.index("-o") + 1] = str(output)
    return [*words, "-w", "-g0"]


def precompile_includes(file: Path, commands: Sequence[dict[str, str]]) -> None:
    """Parses what `file` includes once for all of its mutants: most of the time that compiling one takes."""
    header = included_by(file)
    header.parent.mkdir(parents=True, exist_ok=True)
    lines = (ROOT / file).read_text().splitlines(keepends=True)
    header.write_text("".join(line for line in lines if line.startswith("#include")))
    run(compile_command(file, header, Path(f"{header}.gch"), commands), BUILD)


def included_by(file: Path) -> Path:
    return BUILD / "mutants" / "includes" / file.with_suffix(".hpp")


def build_mutant(mutant: Mutant, target: str, commands: Sequence[dict[str, str]]) -> Path:
    """Compiles the changed file and links it in front of the library that has the unchanged one."""
    folder = BUILD / "mutants" / mutant.spelling / mutant.id
    folder.mkdir(parents=True, exist_ok=True)
    source, object_file, program = folder / mutant.file.name, folder / "mutant.o", folder / target
    source.write_text(mutant.source())
    words = compile_command(mutant.file, source, object_file, commands)
    header = included_by(mutant.file)
    run([*words, "-include", str(header)] if header.exists() else words, BUILD)

    words, where = link_command(target)
    at = words.index("-o")
    words[at + 1] = str(program)
    words.insert(at, str(object_file))
    run(words, where)
    return program


def run(command: Sequence[str], folder: Path) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if done.returncode != 0:
        said = (done.stdout + done.stderr).strip()[-3000:]
        raise BadInputError(f"{Path(command[0]).name} ended with {done.returncode}: {said}")
    return done.stdout


def try_mutant(mutant: Mutant, compile_commands: Sequence[dict[str, str]]) -> Verdict:
    verdict = Verdict(mutant)
    try:
        program = build_mutant(mutant, mutant.tests, compile_commands)
    except BadInputError as error:
        verdict.problem = str(error)
        return verdict
    report = program.with_suffix(".json")
    report.unlink(missing_ok=True)
    if mutant.killed_by:
        options = [f"--gtest_filter={mutant.killed_by}", f"--gtest_output=json:{report}"]
    else:
        options = ["--brief", f"--report={report}"]
    done = subprocess.run(
        [program, *options],
        env={**os.environ, "LAB_LANG": "en", "LAB_HINTS": "name", "NO_COLOR": "1"},
        capture_output=True,
        timeout=TIME_LIMIT,
    )
    if mutant.killed_by:
        failed = done.returncode < 0 or has_failed(report)
        verdict.failed_cases = [mutant.killed_by] if failed else []
    else:
        cases = read_report(report)
        verdict.failed_cases = [case["name"] for case in cases if case["end"] != "passed"]
        verdict.names = {id for case in cases for id in case["misconceptions"]}
    if done.returncode == 0 and verdict.killed:
        verdict.problem = "cases failed, but the program exited with 0"
    program.unlink()
    return verdict


def read_report(file: Path) -> list[dict[str, Any]]:
    """The cases of a step's report, as testing/running/verdict.h tells it."""
    cases: list[dict[str, Any]] = json.loads(file.read_text())["cases"]
    return cases


def has_failed(report: Path) -> bool:
    """Whether a test failed by GoogleTest's own report."""
    return bool(json.loads(report.read_text())["failures"] > 0)


def progress(verdicts: Iterator[T], total: int) -> Iterator[T]:
    """Shows how far it is and how long it will still take, on a terminal."""
    start = time.monotonic()
    for count, verdict in enumerate(verdicts, 1):
        if sys.stderr.isatty():
            left = (time.monotonic() - start) / count * (total - count)
            print(
                f"\r{count} of {total}, {left / 60:.0f} min {left % 60:02.0f} s left  ",
                end="",
                file=sys.stderr,
            )
        yield verdict
    if sys.stderr.isatty():
        print(file=sys.stderr)


def report(verdict: Verdict, same: dict[str, set[str]]) -> str:
    """One or two lines if something is wrong with the verdict, else nothing."""
    mutant = verdict.mutant
    if verdict.problem:
        return f"{mutant.label}: {verdict.problem}"
    if not verdict.killed:
        who = mutant.killed_by + " doesn't fail" if mutant.killed_by else f"no case of {mutant.step} fails"
        return f"{mutant.label} SURVIVED: {who}; add one that exposes it"
    if mutant.killed_by:
        return ""
    wrong = verdict.names - same[mutant.id]
    if wrong:
        cases = ", ".join(verdict.failed_cases[:3])
        return f"{mutant.label} MISNAMED as {', '.join(sorted(wrong))} (in {cases})"
    if mutant.id not in verdict.names:
        return f"{mutant.label} not named; it fails {', '.join(verdict.failed_cases[:5])}"
    return ""


def options_parser(description: str | None, selection: str) -> argparse.ArgumentParser:
    """For what is asked for on the command line: which mutants, a sample of them, how many at once."""
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("selection", nargs="*", metavar=selection, help="which mutants; default: all")
    parser.add_argument("--sample", type=int, metavar="N", help="only N of them, drawn by --seed")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    return parser


def drawn(mutants: list[Mutant], options: argparse.Namespace) -> list[Mutant]:
    """The sample that is asked for, or all."""
    if options.sample is None or options.sample >= len(mutants):
        return mutants
    return random.Random(options.seed).sample(mutants, options.sample)


def main() -> int:
    parser = options_parser(__doc__, "ID|stepN|kit")
    parser.add_argument("--all-spellings", action="store_true", help="not only a quarter of the spelled ones")
    options = parser.parse_args()
    try:
        spelled = read_spelled(options.selection, options.all_spellings)
        mutants = drawn(read_mutants(options.selection) + spelled, options)
        same = read_same()
        compile_commands = build_common(sorted({mutant.tests for mutant in mutants}), mutants)
        with ThreadPoolExecutor(options.jobs) as pool:
            running = [pool.submit(try_mutant, mutant, compile_commands) for mutant in mutants]
            finished = (future.result() for future in as_completed(running))
            verdicts = list(progress(finished, len(mutants)))
    except (BadInputError, OSError, KeyError, ValueError) as error:
        print(f"mutants.py: {error}", file=sys.stderr)
        return 1
    for text in sorted(filter(None, (report(verdict, same) for verdict in verdicts))):
        print(text)
    return 0 if print_score(verdicts, same) else 1


def print_score(verdicts: Sequence[Verdict], same: dict[str, set[str]]) -> bool:
    """One line; whether it is good enough."""
    killed = sum(verdict.killed for verdict in verdicts)
    to_name = [verdict for verdict in verdicts if not verdict.mutant.killed_by]
    misnamed = sum(bool(verdict.names - same[verdict.mutant.id]) for verdict in to_name)
    total = Counter(verdict.mutant.spelling for verdict in to_name)
    named = Counter(
        verdict.mutant.spelling
        for verdict in to_name
        if verdict.mutant.id in verdict.names and verdict.names <= same[verdict.mutant.id]
    )
    parts = [f"{killed}/{len(verdicts)} killed", f"{named['']}/{total['']} named"]
    parts += [f"{named[each]}/{total[each]} in {each}" for each in sorted(total) if each]
    print(", ".join([*parts, f"{misnamed} misnamed"]))
    return killed == len(verdicts) and misnamed == 0 and named[""] >= NAMED_AT_LEAST * total[""]


if __name__ == "__main__":
    sys.exit(main())

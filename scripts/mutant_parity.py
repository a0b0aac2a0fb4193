"""See whether a step's tests say the same of each mutant in their own process and by a worker.

mutant_parity.py                      every named mutant
mutant_parity.py step1 rms_norm_mean  those of a step, or single ones
mutant_parity.py --sample 12          that many, drawn by --seed

Verdicts and diagnoses must be equal word by word; only a crash and an endless loop are told in other words.
The exit status is 1 if any differs.
"""

from __future__ import annotations

import difflib
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

from mutants import (
    BUILD,
    BadInputError,
    Mutant,
    build_common,
    build_mutant,
    drawn,
    options_parser,
    progress,
    read_mutants,
    read_report,
    tests_of,
)

TIME_LIMIT = 300
CALL_SECONDS = "25"  # below what the tests themselves allow a case
# What a lost call is called in the process and by the stand-in, and what both are taken for.
LOST = ("crashed", "hung", "lost")
WORDS = (
    (re.compile(r"^it crashed \((.*)\): look where.*$", re.M), r"CRASH \1"),
    (re.compile(r"^the worker was killed by signal \d+ \((.*)\)$", re.M), r"CRASH \1"),
    (re.compile(r"^it didn't end: .*$", re.M), "HANG"),
    (re.compile(r"^the call didn't end within .* seconds: .*$", re.M), "HANG"),
)


def lines_of(program: Path, report: Path, **environment: str) -> list[str]:
    """What the program says of each case, and its exit status."""
    report.unlink(missing_ok=True)
    done = subprocess.run(
        [program, "--brief", f"--report={report}"],
        env={**os.environ, "LAB_LANG": "en", "LAB_HINTS": "name", "NO_COLOR": "1", **environment},
        capture_output=True,
        timeout=TIME_LIMIT,
    )
    lines = []
    for case in read_report(report):
        message = case["message"]
        for pattern, replacement in WORDS:
            message = pattern.sub(replacement, message)
        end = "lost" if case["end"] in LOST else case["end"]
        lines += [f"{case['name']} {end} {case['misconceptions']} {case['axes']}", *message.splitlines()]
    return [*lines, f"exit status {done.returncode}"]


def worker_of(step: str) -> str:
    return f"solutions_{step}_worker"


def graded_tests_of(step: str) -> str:
    return f"graded_{step}_tests"


def difference(mutant: Mutant, compile_commands: Sequence[dict[str, str]]) -> str:
    """What the two ways say differently, as a diff; empty if they agree."""
    programs: list[Path] = []
    try:
        for target in (tests_of(mutant.step), worker_of(mutant.step)):
            programs.append(build_mutant(mutant, target, compile_commands))
        tests, worker = programs
        command = worker.with_name("worker_command")
        command.write_text(f"{worker}\n")
        report = worker.with_name("report.json")
        here = lines_of(tests, report)
        (graded,) = BUILD.glob(f"**/{graded_tests_of(mutant.step)}")
        there = lines_of(graded, report, LAB_WORKER=str(command), LAB_CALL_SECONDS=CALL_SECONDS)
    except (BadInputError, OSError, subprocess.TimeoutExpired) as error:
        return f"{mutant.id}: {error}\n"
    finally:
        for program in programs:
            program.unlink(missing_ok=True)
    lines = difflib.unified_diff(
        here,
        there,
        f"{mutant.id} in process",
        f"{mutant.id} by a worker",
        lineterm="",
    )
    return "\n".join(lines)


def main() -> int:
    options = options_parser(__doc__, "ID|stepN").parse_args()
    try:
        mutants = drawn(
            [mutant for mutant in read_mutants(options.selection) if mutant.step != "kit"], options
        )
        steps = sorted({mutant.step for mutant in mutants})
        compile_commands = build_common(
            [name(step) for step in steps for name in (tests_of, worker_of, graded_tests_of)], mutants
        )
        with ThreadPoolExecutor(options.jobs) as pool:
            running = [pool.submit(difference, mutant, compile_commands) for mutant in mutants]
            finished = (future.result() for future in as_completed(running))
            differences = [text for text in progress(finished, len(mutants)) if text]
    except (BadInputError, OSError, KeyError, ValueError) as error:
        print(f"mutant_parity.py: {error}", file=sys.stderr)
        return 1
    for text in sorted(differences):
        print(text, end="\n\n")
    print(f"{len(mutants) - len(differences)} of {len(mutants)} mutants are judged alike")
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main())

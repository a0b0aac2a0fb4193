"""Change every operator, comparison, constant, loop bound and index of the solutions, one at a time, and see
whether the tests of the changed step notice.

generic_mutants.py               all of them
generic_mutants.py step1         those of a step
generic_mutants.py --list        only say what would be changed

A survivor is held against the solution on 1,000 random inputs (tests/meta/equivalence/): one that
yields the same bits is set aside as equivalent. The last line is the score; the exit status is 1 if too few
were killed or too many set aside. Its result is kept in misconceptions/generic_mutants.md;
locate_mutants.py looks at what the tests say of such mutants.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, replace
from pathlib import Path

import mutants
from mutants import ROOT, BadInputError
from steps import STEPS, folder_of
from syntax_changes import Change, Changes

KILLED_AT_LEAST = 0.95  # of those that are not equivalent
EQUIVALENT_AT_MOST = 0.10
RANDOM_INPUTS = "1000"
# Of processor time and of address space (kB): what the unchanged solution needs many times over.
LIMITS = 'ulimit -t 3 && ulimit -v 4000000 && exec "$@"'


@dataclass(frozen=True)
class GenericMutant(mutants.Mutant):
    change: Change

    def source(self) -> str:
        text = (ROOT / self.file).read_bytes()
        begin, end = self.change.begin, self.change.begin + len(self.old.encode())
        return (text[:begin] + self.new.encode() + text[end:]).decode()

    def __str__(self) -> str:
        before = (ROOT / self.file).read_bytes()[: self.change.begin].decode()
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        where = f"{self.file}:{line}:{column} {self.change.function}"
        return f"{where}: {self.change.kind} `{self.old}` to `{self.new}`"


def find_mutants(steps: Sequence[str]) -> list[GenericMutant]:
    found: list[GenericMutant] = []
    for step in STEPS:
        if step not in steps:
            continue
        for path in sorted((ROOT / "solutions" / folder_of(step).name).glob("*.cpp")):
            file = path.relative_to(ROOT)
            for change in sorted(Changes(file).found.values()):
                id = f"generic-{step}-{len(found)}"
                found.append(GenericMutant(id, step, file, change.old, change.new, "", change))
    if not found:
        raise BadInputError(f"no step is named {' or '.join(steps)}; they are {', '.join(STEPS)}")
    return found


def run_limited(*command: str | Path, hints: str = "off") -> tuple[int, bytes]:
    words = ["sh", "-c", LIMITS, "sh", *map(str, command)]
    environment = {**os.environ, "LAB_HINTS": hints, "LAB_LANG": "en", "NO_COLOR": "1"}
    done = subprocess.run(words, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    return done.returncode, done.stdout


def passes(program: Path) -> bool:
    return run_limited(program, "--gtest_fail_fast", "--gtest_brief=1")[0] == 0


def fate(
    mutant: GenericMutant, commands: Sequence[dict[str, str]], outputs: dict[str, tuple[int, bytes]]
) -> str:
    """`outputs`: of the unchanged steps on random inputs."""
    try:
        program = mutants.build_mutant(mutant, mutants.tests_of(mutant.step), commands)
    except BadInputError:
        return "not C++"
    killed = not passes(program)
    program.unlink()
    if killed:
        return "killed"
    program = mutants.build_mutant(mutant, "equivalence", commands)
    same = run_limited(program, mutant.step, RANDOM_INPUTS) == outputs[mutant.step]
    program.unlink()
    return "equivalent" if same else "survived"


def prepare(found: Sequence[GenericMutant]) -> tuple[Sequence[dict[str, str]], dict[str, tuple[int, bytes]]]:
    """Builds what is shared: compile commands, and what the unchanged steps yield on random inputs. Sees that
    a change of nothing passes, so that no mutant is killed by the way in which it is built or run."""
    steps = sorted({mutant.step for mutant in found})
    commands = mutants.build_common([*map(mutants.tests_of, steps), "equivalence"], found)
    outputs = {}
    for step in steps:
        outputs[step] = run_limited(mutants.BUILD / "tests/meta/equivalence", step, RANDOM_INPUTS)
        any_mutant = next(mutant for mutant in found if mutant.step == step)
        unchanged = replace(any_mutant, id=f"unchanged-{step}", new=any_mutant.old)
        if outputs[step][0] != 0 or fate(unchanged, commands, outputs) != "equivalent":
            raise BadInputError(f"{step}: the solution doesn't pass if it is built and run as a mutant is")
    return commands, outputs


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("steps", nargs="*", metavar="stepN", help="whose solutions; default: all")
    parser.add_argument("--list", action="store_true", help="only say what would be changed")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args()
    steps = options.steps or STEPS
    try:
        found = find_mutants(steps)
        if options.list:
            print(*found, sep="\n")
            return 0
        commands, outputs = prepare(found)
        with ThreadPoolExecutor(options.jobs) as pool:
            running = {pool.submit(fate, mutant, commands, outputs): mutant for mutant in found}
            finished = ((running[future], future.result()) for future in as_completed(running))
            fates = dict(mutants.progress(finished, len(found)))
    except (BadInputError, OSError, ValueError) as error:
        print(f"generic_mutants.py: {error}", file=sys.stderr)
        return 1
    return report(found, fates)


def report(found: Sequence[GenericMutant], fates: dict[GenericMutant, str]) -> int:
    for wanted in ("not C++", "equivalent", "survived"):
        for mutant in found:
            if fates[mutant] == wanted:
                print(f"{wanted}: {mutant}")
    columns = ("killed", "equivalent", "survived", "not C++")
    table = Counter((mutant.change.kind, fates[mutant]) for mutant in found)
    for kind in sorted({mutant.change.kind for mutant in found}):
        print(f"{kind}:", ", ".join(f"{table[kind, column]} {column}" for column in columns))
    count = Counter(fates.values())
    differing = count["killed"] + count["survived"]
    total = differing + count["equivalent"]
    print(f"{count['killed']}/{differing} killed, {count['equivalent']} of {total} equivalent")
    few = count["equivalent"] <= EQUIVALENT_AT_MOST * total
    return 0 if few and count["killed"] >= KILLED_AT_LEAST * differing else 1


if __name__ == "__main__":
    sys.exit(main())

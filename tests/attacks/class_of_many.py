"""Grades one large class twice and looks at every verdict: class_of_many.py --data DIR [--count N]

The class is made from solutions, stubs, mutants and attacks. It is graded on all cores, killed (kill -9) and
started again at random moments, and then by one worker. Both must come to the same, grade nothing twice and
leave nothing behind. Of every case they must say what is expected: of a solution's that it passes, of a
mutant's what its step's tests say in their own process, and its name. A stub has no points.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

sys.dont_write_bytecode = True
ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "scripts"))

import mutants  # noqa: E402
import run  # noqa: E402
from steps import STEPS, folder_of  # noqa: E402

Result = dict[str, Any]
Judge = Callable[[Result], str]  # what is wrong with a result; empty if nothing


@dataclass
class Member:
    """One submission of the class."""

    name: str
    put: Callable[[Path], object]  # writes it into the folder of submissions
    judge: Judge


def main() -> int:
    options = parse()
    with tempfile.TemporaryDirectory(prefix="class-") as name:
        work = Path(name)
        work.chmod(0o755)
        setting = run.Setting(
            [], options.data, work / "honest", work, 0, run.golden_numbers(options.data), 25.0
        )
        members = make_light_class(options) if options.light else make_class(setting, options)
        print(f"{len(members)} submissions; expected grades are known", flush=True)
        submissions = work / "class"
        submissions.mkdir()
        for member in members:
            member.put(submissions)

        command = [str(ROOT / "lab"), "grade", "class", str(submissions), "--data", str(options.data)]
        (work / "grading.toml").write_text(run.POLICY.format(hints="name"))
        command += ["--policy", str(work / "grading.toml")]
        command += ["--cache", str(options.cache)] if options.cache else []
        killed = grade_and_kill([*command, "--out", str(work / "out")], work / "out", len(members), options)
        problems = killed + check(members, work / "out", setting)
        began = time.monotonic()
        done = subprocess.run(
            [*command, "--out", str(work / "one"), "--jobs", "1"], stdout=subprocess.DEVNULL
        )
        print(f"one worker: {(time.monotonic() - began) / 60:.1f} min", flush=True)
        problems += [f"one worker: exit status {done.returncode}"] if done.returncode else []
        problems += [f"one worker: {text}" for text in check(members, work / "one", setting)]
        problems += compare(members, work / "out", work / "one")
        if options.keep:
            for folder in ("out", "one"):
                shutil.copytree(work / folder, options.keep / folder)
    print("\n".join(problems))
    print(f"{len(members)} submissions, {len(problems)} problems")
    return 1 if problems else 0


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, required=True, help="private reference data")
    parser.add_argument("--cache", type=Path, help="the kit as the grader built it")
    parser.add_argument("--count", type=int, default=300, help="submissions; mutants fill it up")
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument(
        "--light", action="store_true", help="step 0 alone, most of which doesn't compile: minutes, not hours"
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="folder to keep both results in")
    return parser.parse_args()


def make_class(setting: run.Setting, options: argparse.Namespace) -> list[Member]:
    shutil.copytree(
        ROOT / "solutions" / "step0_operators",
        setting.honest / "labs" / "step0_operators",
        dirs_exist_ok=True,
    )
    attacks = [*run.code_attacks(setting), *run.archive_attacks(setting), run.answers_attack(setting)]
    members = [
        from_parts(parts) for parts in product(("solutions", "labs", ""), repeat=len(STEPS)) if keep(parts)
    ]
    members += [
        Member(f"attack_{attack.name}", put_attack(attack), judge_attack(setting, attack))
        for attack in attacks
        if attack.hints == "name"  # as the class has them
    ]
    named = mutants.read_mutants([])
    draw = random.Random(options.seed)
    if len(members) > options.count:  # a quarter of a small class are mutants, too
        members = draw.sample(members, options.count - options.count // 4)
    drawn = draw.sample(named, min(len(named), options.count - len(members)))
    commands = mutants.build_common([mutants.tests_of(step) for step in STEPS], drawn)
    os.environ["LAB_REFERENCE_DATA"] = str(options.data)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        running = pool.map(lambda mutant: mutants.try_mutant(mutant, commands), drawn)
        verdicts = list(mutants.progress(running, len(drawn)))
    del os.environ["LAB_REFERENCE_DATA"]
    return members + [from_mutant(verdict) for verdict in verdicts]


def make_light_class(options: argparse.Namespace) -> list[Member]:
    """Every twentieth is right, every twentieth no archive; the others don't compile."""
    source = Path("labs") / folder_of(STEPS[0]).name
    (right,) = (ROOT / "solutions" / source.name).glob("*.cpp")

    def member(number: int) -> Member:
        name = f"light_{number}"
        if number % 20 == 1:
            name += ".zip"

        def put(folder: Path) -> None:
            if number % 20 == 1:
                (folder / name).write_text(f"no archive {number}")
                return
            (folder / name / source).mkdir(parents=True)
            text = right.read_text(encoding="utf-8") if number % 20 == 0 else "#error not yet\n"
            (folder / name / source / right.name).write_text(f"// {number}\n{text}", encoding="utf-8")

        def judge(result: Result) -> str:
            if number % 20 == 1:
                return "" if result["status"] == "ungraded" else "expected no grade, found one"
            states = {step["step"]: step["state"] for step in result["steps"]}
            full = {STEPS[0]} if number % 20 == 0 else set()
            wrong = states[STEPS[0]] != ("graded" if full else "not_compiled")
            told = f"{STEPS[0]} is {states[STEPS[0]]}"
            return told if wrong else judge_steps(result, {step: set() for step in full}, set(STEPS) - full)

        return Member(name.removesuffix(".zip"), put, judge)

    return [member(number) for number in range(options.count)]


def keep(parts: tuple[str, ...]) -> bool:
    """Every mixture of solved and untouched steps, and every single step handed in alone."""
    return "" not in parts or parts.count("") == len(STEPS) - 1


def put_step(part: str, step: str, submission: Path) -> None:
    name = folder_of(step).name
    shutil.copytree(ROOT / part / name, submission / "labs" / name)


def from_parts(parts: tuple[str, ...]) -> Member:
    def put(folder: Path) -> None:
        for step, part in zip(STEPS, parts, strict=True):
            if part:
                put_step(part, step, folder / name)

    def judge(result: Result) -> str:
        full = {step for step, part in zip(STEPS, parts, strict=True) if part == "solutions"}
        return judge_steps(result, {step: set() for step in full}, set(STEPS) - full)

    name = "parts_" + "_".join(part or "none" for part in parts)
    return Member(name, put, judge)


def from_mutant(verdict: mutants.Verdict) -> Member:
    mutant = verdict.mutant

    def put(folder: Path) -> None:
        for step in STEPS:
            put_step("solutions", step, folder / name)
        target = folder / name / "labs" / mutant.file.relative_to("solutions")
        target.write_text(mutant.source())

    def judge(result: Result) -> str:
        if verdict.problem or not all(verdict.failed_cases):
            return f"its own tests could not be run: {verdict.problem}"
        failing: dict[str, set[str]] = {step: set() for step in STEPS}
        failing[mutant.step] = set(verdict.failed_cases)
        names = {id for case in result["cases"] for id in case["misconceptions"]}
        differ = f"expected the names {sorted(verdict.names)}, found {sorted(names)}"
        return judge_steps(result, failing, set()) or (differ if names != verdict.names else "")

    name = f"mutant_{mutant.id}"
    return Member(name, put, judge)


def put_attack(attack: run.Attack) -> Callable[[Path], object]:
    def put(folder: Path) -> None:
        source = attack.submission
        ending = "".join(re.findall(r"\.zip$|\.tar\.gz$|\.tgz$", source.name))
        target = folder / f"attack_{attack.name}{ending}"
        if source.is_symlink():
            target.symlink_to(source.readlink())
        elif source.is_dir():
            shutil.copytree(source, target, symlinks=True, copy_function=copy_what_it_is)
        else:
            shutil.copy(source, target)

    return put


def copy_what_it_is(source: str, target: str) -> None:
    """Also what is no file: a pipe, a device."""
    subprocess.run(["cp", "-a", source, target], check=True)


def judge_attack(setting: run.Setting, attack: run.Attack) -> Judge:
    return lambda result: run.leak(setting, json.dumps(result)) or run.judge(setting, attack, result)


def judge_steps(result: Result, failing: dict[str, set[str]], nothing: set[str]) -> str:
    """`failing`: of steps of which every verdict is known; `nothing`: steps without a point."""
    if result["status"] != "graded":
        return f"expected a grade, found none: {result['reason']}"
    expected = 0.0
    for step in result["steps"]:
        name = step["step"]
        if name in nothing:
            continue
        cases = [case for case in result["cases"] if case["step"] == name]
        failed = {case["name"] for case in cases if case["verdict"] != "passed"}
        if failed != failing[name]:
            return f"{name}: expected {sorted(failing[name])} to fail, found {sorted(failed)}"
        expected += step["max_score"] - sum(
            case["max_points"] for case in cases if case["name"] in failing[name]
        )
    wrong = abs(result["score"] - expected) > 1e-9
    return f"expected {expected:.2f} points, found {result['score']}" if wrong else ""


def grade_and_kill(command: list[str], out: Path, count: int, options: argparse.Namespace) -> list[str]:
    """Kills the grader when it has come past random shares of the class, each time after a random moment."""
    draw = random.Random(options.seed)
    marks = sorted(draw.randrange(count) for _ in range(options.kills))
    began, problems = time.monotonic(), list[str]()
    kept: dict[Path, tuple[int, int]] = {}
    for mark in marks:
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        while len(results(out)) < mark and process.poll() is None:
            time.sleep(0.2)
        time.sleep(draw.uniform(0, 8))
        if process.poll():  # a small class may be done by then, which is no fault
            problems.append(f"it ended with {process.returncode} before it could be killed")
        process.send_signal(signal.SIGKILL)
        process.wait()
        time.sleep(1)
        now = results(out)
        problems += [
            f"{path.name} was written again" for path, stamp in kept.items() if now.get(path) != stamp
        ]
        kept = now
        print(f"killed with {len(now)} of {count} graded", flush=True)
    done = subprocess.run(command, stdout=subprocess.DEVNULL)
    now = results(out)
    problems += [f"{path.name} was written again" for path, stamp in kept.items() if now.get(path) != stamp]
    problems += [f"exit status {done.returncode}"] if done.returncode else []
    print(f"all cores, {options.kills} times killed: {(time.monotonic() - began) / 60:.1f} min", flush=True)
    return problems


def results(out: Path) -> dict[Path, tuple[int, int]]:
    return {path: (path.stat().st_ino, path.stat().st_mtime_ns) for path in out.glob("results/*.json")}


def by_name(out: Path) -> dict[str, Result]:
    with (out / "grades.csv").open(newline="", encoding="utf-8") as file:
        lines = [line for line in csv.DictReader(file) if line["result"]]
    return {line["submission"]: json.loads((out / "results" / line["result"]).read_text()) for line in lines}


def check(members: list[Member], out: Path, setting: run.Setting) -> list[str]:
    found = by_name(out)
    problems = [
        f"{member.name}: {problem}"
        for member in members
        if (problem := member.judge(found[member.name]) if member.name in found else "it has no result")
    ]
    left = run.left_behind(setting)
    return problems + ([left] if left else [])


def compare(members: list[Member], one: Path, other: Path) -> list[str]:
    """All that both runs say of a submission but how long it took; an attack's messages may differ, since
    what it meets (a busy machine, an address) does."""

    def essence(result: Result) -> Result:
        told = {key: value for key, value in result.items() if key not in ("times", "provenance")}
        told["cases"] = [
            {key: value for key, value in case.items() if key != "message"} for case in result["cases"]
        ]
        told["steps"] = [
            {key: value for key, value in step.items() if key != "message"} for step in result["steps"]
        ]
        return told

    first, second = by_name(one), by_name(other)
    worded = sum(first[name]["cases"] != second[name]["cases"] for name in first if name in second)
    print(f"{worded} submissions have a case with other words in its message")
    return [
        f"{member.name}: the two runs differ"
        for member in members
        if member.name in first
        and member.name in second
        and essence(first[member.name]) != essence(second[member.name])
    ]


if __name__ == "__main__":
    sys.exit(main())

"""Hands in each hostile submission and looks at what came of it: run.py [--tier NAME]… [--only NAME]…

A submission must be graded as attacks.toml says, see no answer, and leave no process, file or socket
behind; the grader must end well; and an honest submission after it must get its points. Prints one table for
all tiers; exit status 1 if anything is not as it must be.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

sys.dont_write_bytecode = True

import make_answers  # noqa: E402
import make_archives  # noqa: E402

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
TIERS = ("namespaces", "landlock", "uid")
MARK = "lab_attack"  # in the name of whatever an attack tries to leave behind
FIRST_UID = 0x70000000  # users that lab_sandbox runs commands as
# Many attacks last as long as they may.
POLICY = 'hints = "{hints}"\n[limits]\ncompile_cpu_s = 20\ncall_s = 8\nstep_s = 40\n'


@dataclass
class Attack:
    name: str
    tries: str
    submission: Path
    step: str = "step0"
    states: tuple[str, ...] = ("graded",)
    says: str = ""
    never: str = ""
    hints: str = "name"
    score: float | None = 0  # None: whatever an honest step 0 got
    may_be_ungraded: bool = False


@dataclass
class Setting:
    grade: list[str]
    reference: Path
    honest: Path
    work: Path
    honest_every: int
    answers: set[str] = field(default_factory=set)
    honest_score: float = 0


def main() -> int:
    arguments = parse()
    with tempfile.TemporaryDirectory(prefix="attacks-", dir=arguments.work) as name:
        work = Path(name)
        work.chmod(0o755)
        setting = prepare(arguments, work)
        attacks = [*code_attacks(setting), *archive_attacks(setting)]
        if arguments.data:
            attacks.append(answers_attack(setting))
        if arguments.only:
            attacks = [attack for attack in attacks if attack.name in arguments.only]
        problems: dict[str, dict[str, str]] = {}
        for tier in arguments.tier or TIERS:
            problems[tier] = run_tier(setting, attacks, tier)
    print_table(attacks, problems)
    return 1 if any(text for tier in problems.values() for text in tier.values()) else 0


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--tier", action="append", choices=TIERS, help="all that hold here if not given")
    parser.add_argument("--only", action="append", help="an attack's name")
    parser.add_argument("--data", type=Path, help="private reference data; else practice on the public")
    parser.add_argument("--cache", type=Path, help="the kit as the grader built it")
    parser.add_argument(
        "--work", type=Path, help="folder below which submissions and results lie for a while"
    )
    parser.add_argument(
        "--honest-every",
        type=int,
        default=1,
        metavar="N",
        help="grade the honest submission after every N attacks",
    )
    parser.add_argument(
        "--grade", default=str(ROOT / "lab") + " grade one", help="the grader's command, split at blanks"
    )
    return parser.parse_args()


def prepare(arguments: argparse.Namespace, work: Path) -> Setting:
    grade = arguments.grade.split()
    grade += [] if arguments.data else ["--practice"]
    grade += ["--cache", str(arguments.cache)] if arguments.cache else []
    reference = work / "reference"  # nobody else may look at it, as tier uid demands
    shutil.copytree(arguments.data or ROOT / "reference_data", reference)
    reference.chmod(0o700)
    grade += ["--data", str(reference)]
    (work / "submissions").mkdir(mode=0o700)  # closed to others, as tier uid demands
    honest = work / "submissions" / "honest"
    shutil.copytree(ROOT / "solutions" / "step0_operators", honest / "labs" / "step0_operators")
    return Setting(grade, reference, honest, work, arguments.honest_every, golden_numbers(reference))


def golden_numbers(reference: Path) -> set[str]:
    """Expected values of step 0 with the digits of a message, those that nothing else prints by chance."""
    raw = (reference / "step0.safetensors").read_bytes()
    size = struct.unpack("<Q", raw[:8])[0]
    header = json.loads(raw[8 : 8 + size])
    numbers: set[str] = set()
    for name, entry in header.items():
        if "/after/" in name and entry["dtype"] == "F32":
            begin, end = (8 + size + offset for offset in entry["data_offsets"])
            values = struct.unpack(f"<{(end - begin) // 4}f", raw[begin:end])
            numbers |= {f"{value:.6g}".lstrip("-") for value in values}
    return {text for text in numbers if len(re.sub(r"\D", "", text.split("e")[0]).lstrip("0")) == 6}


def code_attacks(setting: Setting) -> list[Attack]:
    attacks = []
    solution = (setting.honest / make_archives.SOURCE).read_text()
    words = {
        "{REFERENCE}": str(setting.reference),
        "{ROOT}": str(ROOT),
        "{OUT}": str(setting.work / "out"),
        "{HONEST}": str(setting.honest),
        "{SOLUTION}": "\n" + solution.replace("namespace lab {", "namespace lab::right {", 1),
    }

    def text_of(path: Path) -> str:
        text = path.read_text()
        for word, meaning in words.items():
            text = text.replace(word, meaning)
        return text

    for name, entry in tomllib.loads((HERE / "attacks.toml").read_text()).items():
        submission = setting.work / "submissions" / "attacks" / name
        companion = text_of(HERE / entry.get("with", "rest.cpp"))
        write(submission / "labs/step0_operators/rest.cpp", companion)
        attack = text_of(HERE / "code" / f"{name}.cpp")
        write(submission / entry.get("file", "labs/step0_operators/attack.cpp"), attack)
        states = entry.get("state", "graded")
        attacks.append(
            Attack(
                name,
                entry["tries"],
                submission,
                entry.get("step", "step0"),
                tuple(states) if isinstance(states, list) else (states,),
                entry.get("says", ""),
                entry.get("never", ""),
                entry.get("hints", "name"),
            )
        )
    return attacks


def archive_attacks(setting: Setting) -> list[Attack]:
    operators = (setting.honest / make_archives.SOURCE).read_bytes()
    attacks = []
    for name, (tries, make) in make_archives.ARCHIVES.items():
        folder = setting.work / "submissions" / "archives" / name
        folder.mkdir(parents=True)
        may_be_ungraded = name not in make_archives.MUST_BE_GRADED
        attacks.append(
            Attack(name, tries, make(folder, operators), score=None, may_be_ungraded=may_be_ungraded)
        )
    return attacks


def answers_attack(setting: Setting) -> Attack:
    submission = setting.work / "submissions" / "attacks" / "public_answers"
    write(submission / "labs/step0_operators/rest.cpp", (HERE / "rest.cpp").read_text())
    write(submission / "labs/step0_operators/attack.cpp", make_answers.source(ROOT / "reference_data"))
    return Attack("public_answers", "holds the public answers in a table", submission)


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def run_tier(setting: Setting, attacks: list[Attack], tier: str) -> dict[str, str]:
    honest = [setting.honest]  # also as archives
    for kind in ("zip", "gztar"):
        honest.append(Path(shutil.make_archive(str(setting.honest), kind, setting.honest)))
    for submission in honest:
        problem, result = grade(setting, submission, tier)
        if problem := problem or result["reason"]:
            print(f"{tier}: {submission.name} is not graded: {problem}", file=sys.stderr)
            return {attack.name: "not run" for attack in attacks}
        setting.honest_score = result["score"]
    problems = {}
    for index, attack in enumerate(attacks, 1):
        followed = index % setting.honest_every == 0 or index == len(attacks)
        next_one = honest[index % len(honest)] if followed else None
        problems[attack.name] = try_attack(setting, attack, tier, next_one)
        print(f"{tier:11} {attack.name:28} {problems[attack.name] or 'ok'}", flush=True)
    return problems


def try_attack(setting: Setting, attack: Attack, tier: str, next_one: Path | None) -> str:
    problem, result = grade(setting, attack.submission, tier, attack.hints)
    problem = problem or judge(setting, attack, result) or left_behind(setting)
    if problem or next_one is None:
        return problem
    problem, result = grade(setting, next_one, tier)
    if problem or result["score"] != setting.honest_score:
        return f"the next honest submission got {result.get('score')}, not {setting.honest_score} {problem}"
    return left_behind(setting)


def grade(setting: Setting, submission: Path, tier: str, hints: str = "name") -> tuple[str, dict[str, Any]]:
    policy = setting.work / "grading.toml"
    policy.write_text(POLICY.format(hints=hints))
    out = setting.work / "out"
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(mode=0o700)
    command = [*setting.grade, str(submission), "--out", str(out), "--tier", tier, "--policy", str(policy)]
    try:
        done = subprocess.run(command, cwd=setting.work, capture_output=True, timeout=900)
    except subprocess.TimeoutExpired:
        return "the grader did not end", {}
    if done.returncode != 0:
        return f"the grader ended with {done.returncode}: {done.stderr.decode(errors='replace')[-300:]}", {}
    results = list(out.glob("*.json"))
    if len(results) != 1:
        return f"expected one result, found {len(results)}", {}
    result: dict[str, Any] = json.loads(results[0].read_text())
    shown = (done.stdout + done.stderr).decode(errors="replace") + results[0].read_text()
    return leak(setting, shown), result


def leak(setting: Setting, shown: str) -> str:
    numbers = {number.lstrip("-") for number in re.findall(r"-?\d+\.\d+(?:e[+-]\d+)?", shown)}
    if seen := numbers & setting.answers:
        return f"expected values are shown: {sorted(seen)[:3]}"
    if "data_offsets" in shown or "root:x:0" in shown:
        return "contents of a file outside are shown"
    control = re.search(r"[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e]", shown)
    return "control characters are shown" if control else ""


def judge(setting: Setting, attack: Attack, result: dict[str, Any]) -> str:
    if result["sandbox"]["tier"] == "none":
        return "no sandbox was used"
    if attack.score is None:
        fair = result["score"] == setting.honest_score
        fair = fair or (attack.may_be_ungraded and result["status"] == "ungraded")
        return (
            ""
            if fair
            else f"expected {setting.honest_score} points, found {result['score']} ({result['reason']})"
        )
    if result["status"] != "graded":
        return f"expected a grade, found none: {result['reason']}"
    step = next(each for each in result["steps"] if each["step"] == attack.step)
    if result["score"] != attack.score:
        passed = [case["name"] for case in result["cases"] if case["verdict"] == "passed"]
        return f"expected {attack.score} points, found {result['score']} for {passed[:5]}"
    if step["state"] not in attack.states:
        expected = " or ".join(attack.states)
        return f"expected {attack.step} to be {expected}, found {step['state']}: {str(step)[:300]}"
    told = json.dumps(result, ensure_ascii=False)
    if attack.never and attack.never in told:
        return f"something says {attack.never!r}"
    if json.dumps(attack.says, ensure_ascii=False)[1:-1] not in told:
        messages = [case.get("message", "") for case in result["cases"] if case["step"] == attack.step]
        return f"nothing says {attack.says!r}: {str(messages[:1])[:300]}"
    return ""


def left_behind(setting: Setting) -> str:
    for folder in (
        "/tmp",
        "/var/tmp",
        "/dev/shm",
        "/run/lock",
        str(ROOT),
        str(setting.work),
        str(Path.home()),
    ):
        if Path(folder).is_dir():
            for path in Path(folder).iterdir():
                if path.name.startswith(MARK):
                    return f"{path} was left behind"
    for path in map(Path, ("/proc/net/unix", "/proc/sysvipc/shm", "/proc/sysvipc/sem", "/proc/sysvipc/msg")):
        text = path.read_text() if path.exists() else ""
        if MARK in text or re.search(r"^\s+427\s", text, re.M):  # the key of code/memory_that_stays.cpp
            return f"{path} names something of the attack"
    for process in Path("/proc").iterdir():
        if process.name.isdigit() and is_orphan_of_a_submission(process):
            return f"process {process.name} was left behind"
    return ""


def is_orphan_of_a_submission(process: Path) -> bool:
    """Not one that another grader on this machine is busy with: that one has its parent."""
    try:
        status = (process / "status").read_text()
    except OSError:
        return False
    found = re.search(r"^State:\s+(\S).*?^PPid:\s+(\d+).*?^Uid:\s+(\d+)", status, re.M | re.S)
    return found is not None and found[1] != "Z" and found[2] == "1" and int(found[3]) >= FIRST_UID


def print_table(attacks: list[Attack], problems: dict[str, dict[str, str]]) -> None:
    print(f"\n| attack | tries | {' | '.join(problems)} |\n|---|---|{'---|' * len(problems)}")
    for attack in attacks:
        cells = ["ok" if not of_tier[attack.name] else "NOT OK" for of_tier in problems.values()]
        print(f"| {attack.name} | {attack.tries} | {' | '.join(cells)} |")
    counts = [
        f"{sum(not text for text in of_tier.values())} of {len(of_tier)}" for of_tier in problems.values()
    ]
    print(f"| all | | {' | '.join(counts)} |")


if __name__ == "__main__":
    sys.exit(main())

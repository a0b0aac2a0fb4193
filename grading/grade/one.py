"""grade one: a submission becomes one JSON file, named after everything that it depends on."""

from __future__ import annotations

import contextlib
import hashlib
import json
import platform
import resource
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from . import intake, sandbox, schema
from .compile import Workshop, compile_steps, worker, write_tree
from .data import ReferenceData, golden_files
from .data import read as read_data
from .intake import Submission
from .kit import Kit, KitError, prepare
from .policy import UNITS, Policy
from .policy import read as read_policy
from .sandbox import KilledError, Sandbox, SandboxError
from .score import StepGrade, choose_mix, shares_of, step_as_json, units_of, weights_of
from .scratch import scratch, writing
from .steps import ROOT, STEPS
from .trusted import MissingEvidenceError, list_cases, run_step

FORMAT = 1
SPEED_STEP, SPEED_RUNS = "step2", 5


@dataclass(frozen=True)
class Course:
    """What all submissions are graded with."""

    kit: Kit
    data: ReferenceData
    policy: Policy
    sandbox: Sandbox
    practice: bool
    cases: dict[str, dict[str, str]]  # by step; what each is about, by name
    seconds: float = 0  # that a submission takes, about

    def hiding(self, *paths: Path) -> Course:
        """The same, with these kept from the code that is graded: other submissions, say, and results."""
        secret = (*self.sandbox.secret, *(path.parent.resolve() / path.name for path in paths))
        return replace(self, sandbox=replace(self.sandbox, secret=secret))

    def key(self, submission: Submission) -> str:
        parts = [FORMAT, submission.digest, self.kit.digest, self.data.digest, self.policy.digest]
        parts += [self.sandbox.tier, self.practice]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def open_course(cache: Path, data: Path, policy: Path | None, tier: str | None, practice: bool) -> Course:
    """Throws KitError, PolicyError or DataError with what to do, if no grade can be made here."""
    rules = read_policy(policy)
    reference = read_data(data)
    if reference.is_public and not practice:
        raise KitError(
            "an official grade needs private data, since every student has the answers to the public ones: "
            "make them with ./lab grade seed --out DIR and name them with --data DIR; or use --practice"
        )
    kit = prepare(cache)
    box = choose_sandbox(kit, tier, practice, reference)
    course = Course(kit, reference, rules, box, practice, listed_cases(kit, reference))
    check_shares(course)
    return replace(course, seconds=check_reference(course))


def choose_sandbox(kit: Kit, tier: str | None, practice: bool, data: ReferenceData) -> Sandbox:
    found, said = (None, "lab_sandbox was not built: it needs Linux and libseccomp-dev")
    if kit.sandbox:
        found, said = sandbox.strongest_tier(kit.sandbox, tier)
    if found is None:
        if practice and tier is None:
            return Sandbox(None, "none")
        raise KitError(f"no sandbox holds here, so only --practice can grade:\n{said}")
    if found == "uid" and kit.folder.is_relative_to(ROOT):
        raise KitError(
            "tier uid hides no file that everybody may read, and the solutions are such files: take the "
            f"rights of others from the kit (chmod o= {ROOT}) and keep the cache elsewhere (--cache DIR)"
        )
    return Sandbox(kit.sandbox, found, secrets_of(kit, found, data))


def secrets_of(kit: Kit, tier: str, data: ReferenceData) -> tuple[Path, ...]:
    """Folders, and files in them that would be found by name where the folder can't be listed."""
    secret = [ROOT, *sorted((ROOT / "solutions").rglob("*.cpp"))]
    # In tier uid the way to the headers lies open to everybody.
    secret += [kit.folder / "bin", kit.folder / "reference"] if tier == "uid" else [kit.folder.parent]
    if not data.is_public:
        secret += [data.folder, *(data.folder / name for name in golden_files())]
    return tuple(secret)


def check_shares(course: Course) -> None:
    """No contract function may count nothing because everybody has the answers to its cases."""
    least = course.policy.function_share
    for step, functions in course.cases.items():
        wanted = shares_of(weights_of(course.policy, step, functions), functions)
        found = shares_of(weights_of(course.policy, step, functions, course.data.public_cases), functions)
        for function, share in found.items():
            if wanted[function] and function and share < least:
                raise KitError(
                    f"expected that {function} decides {100 * least:g}% of {step}'s points (function_share "
                    f"in grading.toml), found {100 * float(share):.1f}%: the answers to its other cases "
                    "are public, so make the data anew with ./lab grade seed --out DIR"
                )


def listed_cases(kit: Kit, data: ReferenceData) -> dict[str, dict[str, str]]:
    kept = kit.folder / f"cases-{data.digest[:16]}.json"
    cases: dict[str, dict[str, str]]
    if kept.exists():
        cases = json.loads(kept.read_text())
    else:
        cases = {step: list_cases(kit, step, data.folder) for step in STEPS}
        remember(kept, cases)
    return cases


def check_reference(course: Course) -> float:
    """The reference solutions must get all points, on this machine and these data, before anybody is graded.
    Returns how many seconds that took."""
    name = f"{course.data.digest[:16]}-{course.sandbox.tier}-{course.policy.digest[:16]}"
    passed = course.kit.folder / f"reference-passes-{name}.json"
    if passed.exists():
        return float(json.loads(passed.read_text()))
    began = time.monotonic()
    with scratch("grade") as folder:
        shop = Workshop(Path(folder), course.kit, course.sandbox, course.policy)
        write_tree(shop, {})
        for step in STEPS:
            try:
                program, error = worker(shop, step, "reference")
                if program is None:
                    raise KitError(f"the reference solution's worker of {step} can't be linked:\n{error}")
                verdicts, _ = run_step(shop, step, program, course.data.folder, course.cases[step])
            except (MissingEvidenceError, SandboxError) as error:
                raise KitError(f"the reference solution can't be graded here: {error}") from error
            for verdict in verdicts.values():
                if not verdict.passed:
                    raise KitError(
                        f"the reference solution fails {verdict.name} of these data, so nobody is "
                        f"graded with them:\n{verdict.message}"
                    )
    seconds = round(time.monotonic() - began, 1)
    remember(passed, seconds)
    return seconds


def grade(source: Path, out: Path, course: Course) -> tuple[Path, dict[str, Any], bool]:
    """The result, where it lies, and whether it was there already."""
    submission = intake.identify(source)
    path = out / f"{course.key(submission)}.json"
    existing = read_result(path)
    if existing is not None and is_final(existing):
        return path, existing, False
    out.mkdir(parents=True, exist_ok=True)
    result = make_result(submission, course.hiding(source.absolute(), out))
    if existing is not None and existing["reason"] == result["reason"]:
        return path, existing, False
    problems = schema.problems_of_result(result)
    if problems:
        raise KitError(f"the result is not as its schema says ({problems[0]}); this is a fault of the grader")
    write_result(path, result)
    return path, result, True


def is_final(result: dict[str, Any]) -> bool:
    """Where evidence was missing, there may be some the next time: on a disk with room, say."""
    return bool(result["status"] == "graded")


def read_result(path: Path) -> dict[str, Any] | None:
    """A result that is whole, or none."""
    try:
        result: dict[str, Any] = json.loads(path.read_text())
    except (OSError, ValueError):
        return None
    return None if schema.problems_of_result(result) else result


def graded(submission: Submission, course: Course) -> tuple[list[StepGrade], float, dict[str, float] | None]:
    """By step, with the compiler's time and the speed. What was killed from outside is tried again."""
    for last in (False, False, True):
        try:
            intake.take(submission, course.sandbox)
            if submission.problem is None:
                return grade_steps(submission, course, last_try=last)
        except KilledError:
            if last:
                raise
        else:
            break
    return [], 0.0, None


def make_result(submission: Submission, course: Course) -> dict[str, Any]:
    began, cpu = time.time(), cpu_seconds()
    grades: list[StepGrade] = []
    speed: dict[str, float] | None = None
    compile_cpu_s = 0.0
    try:
        grades, compile_cpu_s, speed = graded(submission, course)
        reason = submission.problem
    except (MissingEvidenceError, SandboxError) as error:
        reason = str(error)
    steps, cases = [], []
    for step_grade in grades:
        step, its_cases = step_as_json(
            course.policy, step_grade, course.cases[step_grade.step], course.data.public_cases
        )
        steps.append(step)
        cases += its_cases
    return {
        "format": FORMAT,
        "status": "ungraded" if reason else "graded",
        "reason": reason,
        "official": not course.practice,
        "score": None if reason else sum(round(step["score"] * UNITS) for step in steps) / UNITS,
        "max_score": course.policy.max_score,
        "steps": steps,
        "cases": cases,
        "hints": course.policy.hints,
        "speed": speed,
        "submission": {
            "name": submission.name,
            "files": [describe_file(path, content) for path, content in sorted(submission.files.items())],
            "left_out": submission.left_out,
            "left_out_count": submission.left_out_count,
        },
        "sandbox": {
            "tier": course.sandbox.tier,
            "compile_limits": sandbox.as_json(course.policy.compiling()),
            "worker_limits": sandbox.as_json(course.policy.working()),
        },
        "provenance": {
            "submission": submission.digest,
            "kit": course.kit.digest,
            "data": course.data.digest,
            "policy": course.policy.digest,
            "public_data": course.data.is_public,
            "compiler": course.kit.compiler,
            "python": platform.python_version(),
            "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        },
        "times": {
            "started": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(began)),
            "wall_s": round(time.time() - began, 3),
            "cpu_s": round(cpu_seconds() - cpu, 3),
            "compile_cpu_s": round(compile_cpu_s, 3),
        },
    }


def describe_file(path: str, content: bytes) -> dict[str, Any]:
    return {"path": path, "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}


def cpu_seconds() -> float:
    """Of this process and all that it has waited for."""
    uses = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(use.ru_utime + use.ru_stime for use in uses)


def grade_steps(
    submission: Submission, course: Course, *, last_try: bool
) -> tuple[list[StepGrade], float, dict[str, float] | None]:
    with scratch("grade") as folder:
        shop = Workshop(Path(folder), course.kit, course.sandbox, course.policy, last_try=last_try)
        write_tree(shop, submission.files)
        compile_steps(shop, submission.files)
        grades: list[StepGrade] = []
        for step in STEPS:
            grades.append(
                grade_step(shop, step, course, sound=all(grade.passed_all("own") for grade in grades))
            )
        complete = all(grade.passed_all("own") for grade in grades)
        speed = time_it(shop, course) if course.policy.speed_board and complete else None
        return grades, shop.cpu_s, speed


def time_it(shop: Workshop, course: Course) -> dict[str, float] | None:
    """The least processor time of some runs of step 2. Each is measured by the sandbox, from outside, in a
    fresh process, and counts only if every answer was right."""
    program, _ = worker(shop, SPEED_STEP, "own")
    if program is None:
        return None
    times = []
    for _ in range(SPEED_RUNS):
        verdicts, cpu_s = run_step(shop, SPEED_STEP, program, course.data.folder, course.cases[SPEED_STEP])
        if not cpu_s or not all(verdict.passed for verdict in verdicts.values()):
            return None
        times.append(cpu_s)
    return {"cpu_s": round(min(times), 4)}


def grade_step(shop: Workshop, step: str, course: Course, *, sound: bool) -> StepGrade:
    """`sound`: all cases of all earlier steps pass. What is wrong is found out for the mix that counts."""
    state = shop.state_of(step)
    if state != "compiled":
        return StepGrade(step, state, error=shop.errors.get(step, ""))
    grade = StepGrade(step, "graded")
    for mix in mixes(course.policy.isolation, step, sound=sound):
        program, error = worker(shop, step, mix)
        if program is None:
            grade.error = error
            continue
        first = not grade.verdicts
        data, cases = course.data.folder, course.cases[step]
        grade.verdicts[mix], _ = run_step(shop, step, program, data, cases, diagnosed=first)
        choose_mix(grade, units_of(course.policy, step, cases, course.data.public_cases))
        if not first and grade.mix == mix and not grade.passed_all(mix):
            grade.verdicts[mix], _ = run_step(shop, step, program, data, cases)
        if grade.passed_all(mix):
            break  # no other mix can be better
    if not grade.verdicts:
        grade.state = "not_linked"
    return grade


def mixes(isolation: str, step: str, *, sound: bool) -> tuple[str, ...]:
    """In the order in which they are tried, the one that is likelier to pass all cases first."""
    if step == STEPS[0]:
        return ("own",)  # there is nothing below it
    if isolation != "better":
        return (isolation,)
    return ("own", "isolated") if sound else ("isolated", "own")


def write_result(path: Path, value: object) -> None:
    """Only for us to read."""
    with writing(path, mode=0o600) as file:
        json.dump(value, file, indent=1, ensure_ascii=False)
        file.write("\n")


def remember(path: Path, value: object) -> None:
    """In the cache, where it can be written; whoever shares it may have it read-only."""
    with contextlib.suppress(OSError):
        write_result(path, value)

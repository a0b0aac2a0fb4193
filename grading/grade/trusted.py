"""Runs a step's tests in the trusted program and reads what it reports.

Only this program compares, and only it sees the reference data; the student's code runs in workers that it
starts in the sandbox. A case that its report lacks is missing evidence, and then nothing is graded.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from .compile import Workshop
from .kit import Kit
from .sandbox import KilledError, die_with_parent
from .scratch import scratch
from .text import printable

MARGIN_S = 30  # the trusted program ends by itself at its own limit; beyond this it hangs
MAX_REPORT_BYTES = 16 * 1024 * 1024
MESSAGE_CHARACTERS = 3000
# How a case may end. It is the worker that crashes, hangs or exits, and then the case is lost.
ENDS = ("passed", "failed", "not_written", "lost")
KILLED = "the worker was killed from outside"  # as stand_in_worker.cpp says of a lost case; nobody else can


# Of a case that failed, where a student is to see nothing that her code chose. What is told of a lost one is
# the stand-in's own, an exit status at most.
WITHOUT_HINTS = {
    "en": {"failed": "the result is not what transformers computes", "not_written": "it is not written yet"},
    "zh": {"failed": "结果与 transformers 计算的不同", "not_written": "还没有写"},
}


class MissingEvidenceError(Exception):
    """Nobody knows what the submission is worth. The message is one line."""


@dataclass(frozen=True)
class CaseVerdict:
    name: str
    passed: bool
    message: str = ""
    misconceptions: list[str] = field(default_factory=list)
    end: str = "failed"  # one of ENDS
    killed: bool = False  # by somebody outside, so that it failed without fault of its own


def list_cases(kit: Kit, step: str, data: Path) -> dict[str, str]:
    """The contract function of each case; "" if it is about none."""
    done = subprocess.run(
        [str(kit.tests(step)), "--cases"],
        capture_output=True,
        env={"LAB_REFERENCE_DATA": str(data), "PATH": os.environ.get("PATH", "")},
    )
    try:
        cases = {str(case["name"]): str(case["function"]) for case in json.loads(done.stdout)}
    except (ValueError, KeyError, TypeError):
        cases = {}
    if done.returncode != 0 or not cases:
        raise MissingEvidenceError(f"the tests of {step} can't be listed: {printable(done.stderr.strip())}")
    return cases


def run_step(
    shop: Workshop, step: str, worker: Path, data: Path, cases: Iterable[str], *, diagnosed: bool = True
) -> tuple[dict[str, CaseVerdict], float]:
    """All cases of the step, with what is wrong if that is wanted, and the processor time of its last worker.
    Throws MissingEvidenceError if a verdict is not known."""
    policy = shop.policy
    left_s = shop.seconds_left()
    if left_s < 1:
        return {name: CaseVerdict(name, False, shop.out_of_time("this case")) for name in cases}, 0.0
    with scratch("trusted") as name:  # only we may look inside
        folder = Path(name)
        report, command, status = folder / "report.json", folder / "worker", folder / "status.json"
        words = shop.sandbox.prefix(
            policy.working(), read=[worker.parent], pass_fds=(3, 4), status=status, no_exec=True
        )
        command.write_text("".join(f"{word}\n" for word in [*words, str(worker)]))
        environment = {
            "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
            "LAB_WORKER": str(command),
            "LAB_REFERENCE_DATA": str(data),
            "LAB_HINTS": policy.hints if diagnosed else "off",
            "LAB_LANG": policy.language,
            "LAB_VALUES": "hidden",
            **({"LAB_SANDBOXED": "1"} if shop.sandbox.program else {}),
            "LAB_CALL_SECONDS": str(policy.limits["call_s"]),
            "LAB_TOTAL_SECONDS": str(min(policy.limits["step_s"], left_s)),
            "LAB_TOTAL_NAME": "step_s" if policy.limits["step_s"] <= left_s else "what submission_s left",
            **({"LAB_RECORD_NAMES": "1"} if diagnosed else {}),
        }
        try:
            done = subprocess.run(
                [str(shop.kit.tests(step)), f"--report={report}"],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                cwd=folder,
                env=environment,
                timeout=policy.limits["step_s"] + MARGIN_S,
                preexec_fn=lambda: start_limited(policy.limits["trusted_memory_mb"]),
            )
        except subprocess.TimeoutExpired as error:
            raise MissingEvidenceError(f"the tests of {step} did not end in time") from error
        if done.returncode not in (0, 1):
            words_of_it = printable(done.stderr.strip().split(b"\n")[-1], 160)
            raise MissingEvidenceError(
                f"the trusted program of {step} ended with {done.returncode}: {words_of_it}"
            )
        cpu_s = require_sandbox(step, status)
        verdicts = read_report(step, report, cases)
        if policy.hints == "off":
            verdicts = {name: without_hints(each, policy.language) for name, each in verdicts.items()}
        killed = [verdict.name for verdict in verdicts.values() if verdict.killed]
        if killed and not shop.last_try:
            raise KilledError(f"the worker of {step} was killed from outside, in {killed[0]}")
        return verdicts, cpu_s


def start_limited(memory_mb: int) -> None:
    """In the child. The limit is soft, since workers, which inherit it, have their own."""
    die_with_parent()
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    wanted = memory_mb << 20
    resource.setrlimit(resource.RLIMIT_AS, (wanted if hard < 0 else min(wanted, hard), hard))


def require_sandbox(step: str, status: Path) -> float:
    """What a worker's sandbox said of itself, where no worker can write: one that failed, or else the last,
    of which it returns the processor time."""
    if not status.exists():
        return 0.0
    try:
        told = json.loads(status.read_text())
    except ValueError as error:
        raise MissingEvidenceError(f"the sandbox's account of {step}'s worker is damaged") from error
    if told.get("end") == "failed":
        reason = printable(str(told.get("message", "")), 160)
        raise MissingEvidenceError(f"the sandbox failed in {step}: {reason}")
    return float(told.get("cpu_s", 0))


def read_report(step: str, report: Path, cases: Iterable[str]) -> dict[str, CaseVerdict]:
    try:
        if report.stat().st_size > MAX_REPORT_BYTES:
            raise ValueError("it is too large")
        told = json.loads(report.read_bytes())
        if told["step"] != step:
            raise ValueError(f"it is about {told['step']}")
        verdicts = {}
        for case in told["cases"]:
            verdict = verdict_of(case)
            if verdict.name in verdicts:
                raise ValueError(f"{verdict.name} stands in it twice")
            verdicts[verdict.name] = verdict
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise MissingEvidenceError(
            f"the report about {step} can't be read: {printable(str(error))}"
        ) from error
    missing = [name for name in cases if name not in verdicts]
    if missing:
        raise MissingEvidenceError(f"{len(missing)} cases of {step} were not reported, first {missing[0]}")
    return {name: verdicts[name] for name in cases}


def verdict_of(case: dict[str, Any]) -> CaseVerdict:
    name, end, message = (str(case[key]) for key in ("name", "end", "message"))
    if end not in ENDS:
        raise ValueError(f"{name} is {end}")
    ids = [str(each) for each in case["misconceptions"]]
    shown = printable(message.strip(), MESSAGE_CHARACTERS, lines=24)
    return CaseVerdict(name, end == "passed", shown, ids, end, killed=end == "lost" and KILLED in message)


def without_hints(verdict: CaseVerdict, language: str) -> CaseVerdict:
    return replace(verdict, message=WITHOUT_HINTS[language].get(verdict.end, verdict.message))

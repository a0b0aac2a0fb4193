"""grade package: the grader as Gradescope and GitHub Classroom want it."""

from __future__ import annotations

import json
import stat
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .data import PUBLIC, functions_of_cases
from .data import read as read_data
from .kit import KitError
from .policy import Policy
from .report import STATES
from .score import shared_out, shares_of, weights_of
from .scratch import writing
from .steps import FOLDERS, ROOT, STEPS, TITLES

TIMEOUT_MINUTES = 10  # of a function's tests on GitHub

SETUP = """#!/usr/bin/env bash
# Run once, when Gradescope makes the image.
set -eu
cd /autograder/source/kit
./lab setup grading
chmod -R go-rwx /autograder/source/data 2>/dev/null || true
chmod o= /autograder/source/kit
# Builds the kit for all submissions. Whether grading is possible shows where they are graded, not here.
./lab grade check {options} || true
"""

RUN = """#!/usr/bin/env bash
# Run for each submission. Without results.json, Gradescope says that the autograder failed, which is no zero.
set -eu
cd /autograder/source/kit
exec ./lab grade gradescope /autograder/submission /autograder/results/results.json {options}
"""

WORKFLOW = """# For practice, on the public data, since whoever may push may change this file.
# Official grades come from ./lab grade class.
name: Autograding Tests
on:
  - push
  - workflow_dispatch
  - repository_dispatch
permissions:
  checks: write
  actions: read
  contents: read
jobs:
  run-autograding-tests:
    runs-on: ubuntu-latest
    if: github.actor != 'github-classroom[bot]'
    steps:
      - name: Checkout code
        uses: actions/checkout@v4
{steps}      - name: Autograding Reporter
        uses: classroom-resources/autograding-grading-reporter@v1
        env:
{results}        with:
          runners: {runners}
"""

# Each function is a test of its own, since this grader gives all points or none.
WORKFLOW_FUNCTION = """      - name: "{title}, {function}"
        id: {id}
        if: always()
        uses: classroom-resources/autograding-command-grader@v1
        with:
          test-name: "{title}, {function}"
          setup-command: ./lab setup
          command: {command}
          timeout: {minutes}
          max-score: {points}
"""


def package_gradescope(out: Path, data: Path | None, policy: Path | None) -> None:
    """A zip with setup.sh and run_autograder at its root, the kit as committed and, for official grades, the
    private data."""
    options = ["--cache", "/autograder/kit-cache"]
    options += ["--practice"] if data is None else ["--data", "/autograder/source/data"]
    if policy is not None:
        options += ["--policy", "/autograder/source/grading.toml"]
    unfinished = out.with_name(out.name + ".new")
    with zipfile.ZipFile(unfinished, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, script in (("setup.sh", SETUP), ("run_autograder", RUN)):
            add_text(archive, name, script.format(options=" ".join(options)), executable=True)
        for path in kit_files():
            archive.write(ROOT / path, f"kit/{path}")
        if data is not None:
            if read_data(data).is_public:
                raise KitError("--data must be private data; leave it out for practice")
            for file in sorted(file for file in data.rglob("*") if file.is_file()):
                archive.write(file, f"data/{file.relative_to(data)}")
        if policy is not None:
            archive.write(policy, "grading.toml")
    unfinished.chmod(0o600)
    unfinished.replace(out)


def add_text(archive: zipfile.ZipFile, name: str, text: str, *, executable: bool = False) -> None:
    info = zipfile.ZipInfo(name)
    info.external_attr = (stat.S_IFREG | (0o755 if executable else 0o644)) << 16
    info.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(info, text)


def kit_files() -> Iterator[str]:
    done = subprocess.run(["git", "-C", str(ROOT), "ls-files", "-z"], capture_output=True, text=True)
    if done.returncode != 0:
        raise KitError("the kit is packed as it is committed, but git finds no repository here")
    yield from (path for path in done.stdout.split("\0") if path and (ROOT / path).is_file())


def package_classroom(out: Path, policy: Policy) -> None:
    """.github/workflows/classroom.yml below `out`, a student's repository or its template."""
    steps, runners = "", []
    for step in STEPS:
        points = whole_points(policy, step)
        for function, suites in suites_of(step).items():
            if not points[function]:
                continue
            runners.append(f"{step}_{function}")
            steps += WORKFLOW_FUNCTION.format(
                title=TITLES[step].replace(":", ""),
                function=function,
                id=runners[-1],
                command=command_of(out, step, suites),
                minutes=TIMEOUT_MINUTES,
                points=points[function],
            )
    results = "".join(
        f'          {runner.upper()}_RESULTS: "${{{{steps.{runner}.outputs.result}}}}"\n'
        for runner in runners
    )
    workflow = WORKFLOW.format(steps=steps, results=results, runners=",".join(runners))
    path = out / ".github" / "workflows" / "classroom.yml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(workflow)


def suites_of(step: str) -> dict[str, list[str]]:
    """Of each contract function, the suites that its cases belong to."""
    suites: dict[str, list[str]] = {}
    for case, function in functions_of_cases(PUBLIC / f"{step}.safetensors").items():
        suite = case.split(".")[0]
        if suite not in suites.setdefault(function, []):
            suites[function].append(suite)
    return suites


def whole_points(policy: Policy, step: str) -> dict[str, int]:
    """The step's points shared out to its functions by the weights of their cases, in whole points, since
    that grader knows no others; together they are all of them."""
    functions = functions_of_cases(PUBLIC / f"{step}.safetensors")
    shares = shares_of(weights_of(policy, step, functions), functions)
    return shared_out(round(policy.steps[step].points), shares)


def command_of(repository: Path, step: str, suites: list[str]) -> str:
    """As in grading, on a student's own earlier steps or the reference's, whichever passes, where the
    repository has the reference's."""
    own = f"./lab {step} --filter '{':'.join(f'{suite}.*' for suite in suites)}'"
    earlier = STEPS[: STEPS.index(step)]
    if not earlier or not all((repository / "solutions" / FOLDERS[each]).is_dir() for each in earlier):
        return own
    numbers = ",".join(each.removeprefix("step") for each in earlier)
    return f"{own} || {own} --with-reference {numbers}"


def write_gradescope(result: dict[str, Any], path: Path) -> None:
    """results.json. Nothing is written for what is ungraded."""
    if result["status"] != "graded":
        raise KitError(f"ungraded: {result['reason']}")
    with writing(path) as file:
        json.dump(gradescope(result), file, indent=1)


def gradescope(result: dict[str, Any]) -> dict[str, Any]:
    tests = [gradescope_test(case) for case in result["cases"]]
    states = [
        f"{TITLES[step['step']]}: {STATES[step['state']]}\n{step['message']}".strip()
        for step in result["steps"]
        if step["state"] != "graded"
    ]
    kind = "" if result["official"] else "Practice: this is no official grade.\n"
    board = []
    if result["speed"]:
        board.append({"name": "Processor time (s)", "value": result["speed"]["cpu_s"], "order": "asc"})
    return {
        "score": result["score"],
        "execution_time": round(result["times"]["wall_s"]),
        "output": (kind + "\n\n".join(states)) or "All steps were graded.",
        "output_format": "text",
        "test_output_format": "text",
        "test_name_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "extra_data": {"provenance": result["provenance"], "sandbox": result["sandbox"]["tier"]},
        "tests": tests,
        **({"leaderboard": board} if board else {}),
    }


def gradescope_test(case: dict[str, Any]) -> dict[str, Any]:
    test = {
        "score": case["points"],
        "max_score": case["max_points"],
        "status": "passed" if case["verdict"] == "passed" else "failed",
        "name": case["name"] if case["max_points"] else f"{case['name']} (counts nothing)",
        "tags": [case["step"]],
        "visibility": "hidden" if case["visibility"] == "hidden" else "visible",
    }
    if case["visibility"] == "full" and case["message"]:
        test["output"] = case["message"]
    return test

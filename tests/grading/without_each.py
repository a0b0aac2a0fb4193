"""What each contract function gives: without_each.py --data DIR [--cache DIR] [--tier NAME]

Hands in the reference solution once for each function, its body replaced by nothing, and prints what
that costs. Exit status 1 if one costs nothing, or if the reference itself doesn't get all points.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

sys.dont_write_bytecode = True
ROOT = Path(__file__).resolve().parent.parent.parent
WRITTEN = ("gather",)  # handed out written, so it counts nothing


def functions() -> dict[str, Path]:
    """By name, the solution that defines it."""
    found = {}
    for description in sorted((ROOT / "labs").glob("step*/step.json")):
        folder = ROOT / "solutions" / description.parent.name
        for name in json.loads(description.read_text(encoding="utf-8"))["functions"]:
            (found[name],) = (
                path for path in folder.glob("*.cpp") if body_of(path.read_text(encoding="utf-8"), name)
            )
    return found


def body_of(text: str, function: str) -> tuple[int, int] | None:
    """Where the body of its definition stands, braces included."""
    match = re.search(rf"^[A-Za-z][^;{{}}()]*\b{function}\([^;{{}}]*(?:\{{\}}[^;{{}}]*)?\) \{{$", text, re.M)
    if match is None:
        return None
    return match.end() - 1, text.index("\n}", match.end()) + 2


def without(text: str, function: str) -> str:
    place = body_of(text, function)
    assert place is not None
    head = text[: place[0]].rsplit("\n\n", 1)[-1].rsplit("*/", 1)[-1]
    kind = next(line for line in head.splitlines() if not line.startswith("//")).split()[0]
    return text[: place[0]] + ("{}" if kind == "void" else "{ return {}; }") + text[place[1] :]


def grade(arguments: argparse.Namespace, work: Path, changed: tuple[Path, str] | None) -> dict[str, float]:
    submission = work / "submission"
    for folder in (submission, work / "out"):
        shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(ROOT / "solutions", submission / "labs")
    if changed is not None:
        (submission / "labs" / changed[0].relative_to(ROOT / "solutions")).write_text(changed[1], "utf-8")
    command = [str(ROOT / "lab"), "grade", "one", str(submission), "--out", str(work / "out")]
    command += ["--data", str(arguments.data)]
    command += ["--cache", str(arguments.cache)] if arguments.cache else []
    command += ["--tier", arguments.tier] if arguments.tier else []
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    (result,) = (json.loads(path.read_text("utf-8")) for path in (work / "out").glob("*.json"))
    if result["status"] != "graded":
        raise SystemExit(f"ungraded: {result['reason']}")
    return {"all": result["score"]} | {step["step"]: step["score"] for step in result["steps"]}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--cache", type=Path)
    parser.add_argument("--tier")
    arguments = parser.parse_args()
    wrong = 0
    with tempfile.TemporaryDirectory(prefix="without-") as name:
        full = grade(arguments, Path(name), None)
        print("| without | " + " | ".join(full) + " | costs |\n|---|" + "---|" * (len(full) + 1))
        print("| nothing | " + " | ".join(f"{score:g}" for score in full.values()) + " | |", flush=True)
        wrong += full["all"] != 100
        for function, path in functions().items():
            scores = grade(arguments, Path(name), (path, without(path.read_text("utf-8"), function)))
            costs = full["all"] - scores["all"]
            wrong += costs <= 0 and function not in WRITTEN
            cells = " | ".join(f"{score:g}" for score in scores.values())
            print(f"| {function} | {cells} | {costs:.4g} |", flush=True)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

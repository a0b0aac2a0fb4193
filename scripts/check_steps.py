"""Check that nobody spells out the list of steps, and that every step is complete.

check_steps.py [ROOT]   prints FILE:LINE and what to do for each breach, and exits 1 if there is one

The steps are the folders labs/stepN_NAME that hold a step.json. Texts that list them for people are held
against these folders, and each step must have all that CONTRIBUTING.md's recipe for a new one names.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

# History, reports of what was measured, data, odd submissions, tests with steps of their own; and what is
# held against the folders below.
MAY_LIST = (
    r"CHANGELOG\.md|misconceptions/\w+\.md|reference_data/|tests/(fuzz|attacks)/|labs/contracts\.sha256"
    r"|tests/(meta/update/|meta/steps_test\.sh|reference/test_steps\.py)"
)
ROW_OF_TABLE = r"\| (\[\d .+?\]\(labs/.+?\)) \|"
LISTS = (
    (r"\[!?0-[1-8]", "a range of steps"),
    (r"(?i)\bsteps?\b.*\b0 (to|…|-) [1-8]\b|\bstep0 (to|…|-) step[1-8]", "a range of steps"),
    (r"(?i)\b(for|foreach|steps?)\b.*\b0([ ,])1\2[2-8]", "a list of steps"),
    (r"\b(three|four|five|six|seven|eight|nine) steps\b|[三四五六七八九]个?步", "how many steps there are"),
)
WINDOW = 4  # lines that name three of them are a list
NOT_LISTED = rf"#include|{ROW_OF_TABLE}"  # who calls a function includes its contract
HANDOUT = r"labs/step\d_\w+/README"  # tells which steps it stands on


def lists(path: str, text: str) -> Iterator[str]:
    lines = text.splitlines()
    for at, line in enumerate(lines, 1):
        for pattern, what in LISTS:
            if re.search(pattern, line) and not re.match(HANDOUT, path):
                yield f"{path}:{at}: spells out {what}: take the steps from the folders in labs/"
    named = [set() if re.match(NOT_LISTED, line) else numbers(line) for line in lines]
    reported = -WINDOW
    for at in range(len(lines)):
        if len(set().union(*named[at : at + WINDOW])) >= 3 and at >= reported + WINDOW:
            reported = at
            yield f"{path}:{at + 1}: names several steps: take them from the folders in labs/"


def numbers(line: str) -> set[str]:
    return set(re.findall(r"(?i)step[ _]?(\d)(?!\d)", line))


def texts_for_people(root: Path, folders: list[str]) -> Iterator[str]:
    """The READMEs' tables, the points in grading.toml and the list of contracts."""
    for language, suffix in (("en", ""), ("zh", ".zh-CN")):
        readme = f"README{suffix}.md"
        wanted = []
        for folder in folders:
            title = json.loads((root / "labs" / folder / "step.json").read_text())["title"][language]
            wanted.append(f"[{folder[4]} {title}](labs/{folder}/{readme})")
        rows = re.findall(rf"^{ROW_OF_TABLE}", (root / readme).read_text(), re.MULTILINE)
        yield from held_against(f"{readme}: the table of steps", rows, wanted)
    policy = tomllib.loads((root / "grading/grade/grading.toml").read_text())
    yield from held_against(
        "grading/grade/grading.toml: [steps.stepN]", list(policy["steps"]), [folder[:5] for folder in folders]
    )
    listed = [line.split()[1] for line in (root / "labs/contracts.sha256").read_text().splitlines()]
    contracts = sorted(str(path.relative_to(root / "labs")) for path in root.glob("labs/*/*.h"))
    yield from held_against("labs/contracts.sha256", listed, contracts)


def held_against(what: str, found: list[str], wanted: list[str]) -> Iterator[str]:
    for each in wanted:
        if each not in found:
            yield f"{what} lacks {each}"
    for each in found:
        if each not in wanted:
            yield f"{what} has {each}, which no folder in labs/ stands for"
    if sorted(found) == sorted(wanted) and found != wanted:
        yield f"{what} has another order than the folders: {', '.join(found)}"


def places(root: Path, folders: list[str]) -> Iterator[str]:
    """What each step must have: with it begin the rows of a table in CONTRIBUTING.md."""
    recipe = re.findall(r"^\| `([\w./]*stepN[\w./]*)`", (root / "CONTRIBUTING.md").read_text(), re.MULTILINE)
    if not recipe:
        yield "CONTRIBUTING.md: no table lists a new step's places, as in | `solutions/stepN_NAME/` | … |"
    for folder in folders:
        for place in recipe:
            path = place.replace("stepN_NAME", folder).replace("stepN", folder[:5])
            if not (root / path).exists():
                yield f"labs/{folder}: the step lacks {path}, see CONTRIBUTING.md"


def main() -> int:
    root = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parent.parent)
    folders = sorted(path.parent.name for path in root.glob("labs/step[0-9]_*/step.json"))
    listed = subprocess.run(["git", "ls-files"], cwd=root, capture_output=True, text=True, check=True)
    found = [*texts_for_people(root, folders), *places(root, folders)]
    for path in listed.stdout.splitlines():
        if (root / path).is_file() and not re.match(MAY_LIST, path):
            found += lists(path, (root / path).read_text(errors="replace"))
    for breach in found:
        print(breach)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())

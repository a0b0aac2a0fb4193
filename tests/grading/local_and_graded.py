"""Whether a student is told at home what she gets: local_and_graded.py --data DIR [--cache DIR] [--work DIR]

Hands in a right step 0 that does something unusual, a row each: by ./lab step0 in a copy of the kit, and by
./lab grade one. Prints both verdicts; exit status 1 if they differ.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

sys.dont_write_bytecode = True
ROOT = Path(__file__).resolve().parent.parent.parent
FOLDER = Path("labs/step0_operators")
HELPER = "#pragma once\ninline float one() { return 1; }\n"
USES = "static const float unit = one();\n"
THREADS = """#include <thread>
#include <vector>
static void start(std::size_t count) {
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < count; ++i) threads.emplace_back([] {});
  for (std::thread& thread : threads) thread.join();
}
"""


def helper(name: str) -> dict[str, str]:
    return {name: HELPER, "before": f'#include "{name}"\n{USES}'}


# Files beside operators.cpp, what stands `before` its code, and what rms_norm does first (`inside`).
ROWS: dict[str, dict[str, str]] = {
    "nothing unusual": {},
    "prints 100 KB a call": {
        "before": "#include <cstdio>\n",
        "inside": 'for (int i = 0; i < 5000; ++i) std::printf("row %d of rms_norm\\n", i);',
    },
    "prints 2 MB a call": {
        "before": "#include <cstdio>\n",
        "inside": 'for (int i = 0; i < 100000; ++i) std::fprintf(stderr, "row %d of rms_norm\\n", i);',
    },
    "16 threads at once": {"before": THREADS, "inside": "start(16);"},
    "32 threads at once": {"before": THREADS, "inside": "start(32);"},
    "a thread for each core": {"before": THREADS, "inside": "start(std::thread::hardware_concurrency());"},
    "a helper .hpp": helper("tools.hpp"),
    "a helper .hh": helper("tools.hh"),
    "a helper .inl": helper("tools.inl"),
    "a helper in a folder": helper("parts/tools.h"),
    "a helper named in Chinese": helper("工具.h"),
    "a helper with a blank": helper("my tools.h"),
    "a second .cpp": {
        "tools.cpp": "float one() { return 1; }\n",
        "before": f"float one();\n{USES}",
    },
    "a .cpp in a folder": {
        "parts/tools.cpp": "float one() { return 1; }\n",
        "before": f"float one();\n{USES}",
        "inside": "(void)unit;",
    },
    "<omp.h>": {"before": "#include <omp.h>\nstatic omp_lock_t* lock = nullptr;\n", "inside": "(void)lock;"},
    "omp_get_max_threads": {
        "before": "#include <omp.h>\n",
        "inside": "[[maybe_unused]] int n = omp_get_max_threads();",
    },
    "throws": {
        "before": "#include <stdexcept>\n",
        "inside": 'throw std::runtime_error("not today");',
    },
    "ends the program": {"before": "#include <cstdlib>\n", "inside": "std::exit(0);"},
    "writes outside": {"inside": "out.data()[-1] = 0;"},
}


def files_of(row: dict[str, str]) -> dict[str, str]:
    text = (ROOT / "solutions" / FOLDER.name / "operators.cpp").read_text("utf-8")
    head = re.search(r"^void rms_norm\([^{]*\{\n", text, re.M)
    assert head is not None
    text = text[: head.end()] + f"  {row.get('inside', '')}\n" + text[head.end() :]
    files = {name: content for name, content in row.items() if name not in ("before", "inside")}
    return files | {"operators.cpp": row.get("before", "") + text}


def put(row: dict[str, str], folder: Path) -> None:
    for path in folder.rglob("*"):
        if path.is_file() and path.name not in ("step.json", "operators.h"):
            path.unlink()
    for name, content in files_of(row).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content, "utf-8")


def local(kit: Path) -> str:
    done = subprocess.run([str(kit / "lab"), "step0"], capture_output=True)
    said = re.sub(r"\x1b\[[0-9;]*m", "", (done.stdout + done.stderr).decode("utf-8", "replace"))
    counts = re.search(r"step0: (\d+) of (\d+) passed", said)
    warned = ", with a warning" if "is left out where the step is graded" in said else ""
    if counts:
        return f"{counts[1]} of {counts[2]}{warned}"
    return f"does not build{warned}" if done.returncode else f"all pass{warned}"


def graded(submission: Path, work: Path, arguments: argparse.Namespace) -> str:
    shutil.rmtree(work / "out", ignore_errors=True)
    command = [str(ROOT / "lab"), "grade", "one", str(submission), "--out", str(work / "out")]
    command += ["--data", str(arguments.data)]
    command += ["--cache", str(arguments.cache)] if arguments.cache else []
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    (result,) = (json.loads(path.read_text("utf-8")) for path in (work / "out").glob("*.json"))
    if result["status"] != "graded":
        return str(result["reason"])
    step = result["steps"][0]
    return f"{step['passed']} of {step['cases']}" if step["state"] == "graded" else "does not build"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--cache", type=Path)
    parser.add_argument("--work", type=Path, help="folder for the copy of the kit")
    arguments = parser.parse_args()
    differ = 0
    with tempfile.TemporaryDirectory(prefix="local-", dir=arguments.work) as name:
        work = Path(name)
        listed = subprocess.run(["git", "-C", str(ROOT), "ls-files", "-z"], capture_output=True, check=True)
        for file in filter(None, os.fsdecode(listed.stdout).split("\0")):
            (work / "kit" / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / file, work / "kit" / file)
        print(
            "| a right step 0 that has or does | ./lab step0 | ./lab grade one |\n|---|---|---|", flush=True
        )
        for what, row in ROWS.items():
            put(row, work / "kit" / FOLDER)
            put(row, work / "submission" / FOLDER)
            at_home, at_work = local(work / "kit"), graded(work / "submission", work, arguments)
            same = at_home.removesuffix(", with a warning") == at_work or at_home.endswith("warning")
            differ += not same
            print(f"| {what} | {at_home} | {at_work}{'' if same else ' (differs)'} |", flush=True)
    return 1 if differ else 0


if __name__ == "__main__":
    sys.exit(main())

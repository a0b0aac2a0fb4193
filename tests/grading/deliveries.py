"""A class as learning platforms deliver it: deliveries.py --data DIR [--cache DIR] [--tier NAME]

Each student hands in the same right step 0, in another way; the class is graded in one run, with its results
and roster among the submissions. Prints what came of each; exit status 1 if anything is not as it must be.
"""

from __future__ import annotations

import argparse
import csv
import io
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

sys.dont_write_bytecode = True
ROOT = Path(__file__).resolve().parent.parent.parent
STEP = "step0_operators/operators.cpp"
CODE = (ROOT / "solutions" / STEP).read_bytes()
POINTS = "25.0"


class RawName(zipfile.ZipInfo):
    """An entry whose name is written in an encoding that the archive doesn't tell."""

    def __init__(self, index: int, name: bytes) -> None:
        super().__init__(str(index))
        self.bytes = name

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:  # noqa: N802 as zipfile calls it
        return self.bytes, 0


def zipped(files: dict[str, bytes], encoding: str = "utf-8") -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for index, (name, content) in enumerate(files.items()):
            archive.writestr(RawName(index, name.encode(encoding)), content)
    return buffer.getvalue()


def tarred(kind: str) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=f"w:{kind}") as archive:  # type: ignore[call-overload]
        info = tarfile.TarInfo(f"lab/{STEP}")
        info.size = len(CODE)
        archive.addfile(info, io.BytesIO(CODE))
    return buffer.getvalue()


def with_helper(encoding: str, top: str, helper: str, separator: str = "/") -> bytes:
    """The code includes a header of that name; only if it is read right does it compile."""
    files = {
        f"{top}/labs/{STEP}": f'#include "{helper}.h"\nstatic_assert(helped);\n'.encode() + CODE,
        f"{top}/labs/step0_operators/{helper}.h": b"constexpr bool helped = true;\n",
    }
    return zipped({name.replace("/", separator): content for name, content in files.items()}, encoding)


def put(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def with_builds(folder: Path) -> None:
    put(folder / "labs" / STEP, CODE)
    for i in range(21_000):
        put(folder / "build" / "student" / f"{i % 100}" / f"{i}.h", b"")
    put(folder / ".venv" / "lib" / "labs" / STEP, b"#error not this one\n")


Put = Callable[[Path], object]  # writes one submission into the folder of all
GRADED: dict[str, tuple[str, Put]] = {
    "alice_1_assignsubmission_file": (
        "Moodle's: a folder with a zip in it, two folders around labs/",
        lambda folder: put(
            folder / "alice_1_assignsubmission_file" / "my lab.zip", zipped({f"a/b/labs/{STEP}": CODE})
        ),
    ),
    "bob": ("the content of labs/", lambda folder: put(folder / "bob" / STEP, CODE)),
    "carol": ("flat sources", lambda folder: put(folder / "carol" / "operators.cpp", CODE)),
    "dave": (".tar.xz", lambda folder: put(folder / "dave.tar.xz", tarred("xz"))),
    "erin": (".tar.bz2", lambda folder: put(folder / "erin.tar.bz2", tarred("bz2"))),
    "frank": (".tar", lambda folder: put(folder / "frank.tar", tarred(""))),
    "grace": (
        "Big5, with backslashes",
        lambda folder: put(folder / "grace.zip", with_helper("big5", "作業", "許功蓋", "\\")),
    ),
    "heidi": ("Shift-JIS", lambda folder: put(folder / "heidi.zip", with_helper("cp932", "課題", "表示ソ"))),
    "ivan": ("GBK", lambda folder: put(folder / "ivan.zip", with_helper("gbk", "作业", "工具"))),
    "judy": ("beside 21,000 files in build/ and .venv/", lambda folder: with_builds(folder / "judy")),
}
UNGRADED: dict[str, tuple[str, Put]] = {
    "mallory": (
        "two copies of labs/",
        lambda folder: put(folder / "mallory.zip", zipped({f"{top}/labs/{STEP}": CODE for top in "ab"})),
    ),
    "oscar": (
        "a zip in a zip",
        lambda folder: put(folder / "oscar.zip", zipped({"lab.zip": zipped({f"labs/{STEP}": CODE})})),
    ),
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--cache", type=Path)
    parser.add_argument("--tier")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="deliveries-") as name:
        folder = Path(name) / "class"
        for _, write in (GRADED | UNGRADED).values():
            write(folder)
        names = "".join(f"{each.upper()},{each}\n" for each in GRADED | UNGRADED)
        (folder / "roster.csv").write_text(f"submission,name\n{names}", "utf-8")
        out = folder / "grades"
        command = [str(ROOT / "lab"), "grade", "class", str(folder), "--out", str(out)]
        command += ["--data", str(arguments.data), "--roster", str(folder / "roster.csv")]
        command += ["--cache", str(arguments.cache)] if arguments.cache else []
        command += ["--tier", arguments.tier] if arguments.tier else []
        done = subprocess.run(command)
        with (out / "grades.csv").open(newline="", encoding="utf-8") as file:
            rows = {row["name"]: row for row in csv.DictReader(file)}
        shutil.rmtree(folder)
    wrong = done.returncode + (set(rows) != set(GRADED | UNGRADED))
    print("| delivered as | points | reason |\n|---|---|---|")
    for name, (what, _) in (GRADED | UNGRADED).items():
        row = rows[name]
        wrong += row["step0"] != POINTS if name in GRADED else row["status"] != "ungraded"
        print(f"| {what} | {row['step0'] or row['status']} | {row['reason']} |")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

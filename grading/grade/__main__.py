"""./lab grade COMMAND: see docs/grading.md."""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import sys
from collections import Counter
from pathlib import Path

from . import roster
from .class_report import class_page
from .classroom import find_entries, grade_class
from .data import PUBLIC, DataError
from .kit import KitError
from .one import Course, grade, open_course
from .package import package_classroom, package_gradescope, write_gradescope
from .policy import UNITS, PolicyError
from .policy import read as read_policy
from .report import number, student_page, write_page
from .roster import RosterError, Row
from .sandbox import TIERS, SandboxError, is_above_system
from .score import units_of
from .scratch import scratch
from .seed import make_data
from .steps import ROOT
from .text import printable


def add_course_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", type=Path, help="private reference data, made by ./lab grade seed")
    parser.add_argument("--practice", action="store_true", help="no official grade: public data will do")
    parser.add_argument("--policy", type=Path, help="grading.toml; grading/grade/grading.toml if not given")
    parser.add_argument("--tier", choices=TIERS, help="of the sandbox; the strongest that holds if not given")
    parser.add_argument("--cache", type=Path, default=ROOT / "build" / "grading", help="the kit, built once")


def course_of(options: argparse.Namespace) -> Course:
    return open_course(options.cache, options.data or PUBLIC, options.policy, options.tier, options.practice)


def command_one(options: argparse.Namespace) -> int:
    course = course_of(options)
    neighbours = options.submission.absolute().parent
    if course.sandbox.tier != "uid" and not is_above_system(neighbours):
        course = course.hiding(neighbours)
    path, result, _ = grade(options.submission, options.out, course)
    if result["status"] == "graded":
        print(f"{number(result['score'])} of {number(result['max_score'])} points  {path}")
    else:
        print(f"ungraded: {result['reason']}  {path}")
    return 0


def command_check(options: argparse.Namespace) -> int:
    course = course_of(options)
    print(f"The kit is built and the reference solution gets all points, in tier {course.sandbox.tier}.")
    print("What the cases of each function give together:")
    for step, functions in course.cases.items():
        points: Counter[str] = Counter()
        for case, units in units_of(course.policy, step, functions, course.data.public_cases).items():
            points[functions[case]] += units
        for function, units in points.items():
            counts = number(units / UNITS) if units else "nothing: it is handed out written, or weighs 0"
            print(f"{step}  {function:22} {counts}")
    return 0


def command_class(options: argparse.Namespace) -> int:
    students = roster.read(options.roster)
    course = course_of(options).hiding(options.folder.absolute(), options.out.absolute())
    ours = [options.out, options.cache, options.data, options.policy, options.roster]
    entries = find_entries(options.folder, [path for path in ours if path is not None])
    grade_class(entries, options.out, course, options.jobs, options.only)
    rows = roster.rows(entries, students)
    title = options.title or options.folder.resolve().name
    roster.write_tables(options.out, rows, course.policy.max_score, title)
    links = write_student_pages(options.out, rows, title)
    page = class_page(rows, links, course.policy, course.data.folder, title)
    write_page(options.out / "class.html", page)
    counts = Counter(row.status for row in rows)
    told = ", ".join(f"{count} {status}" for status, count in sorted(counts.items()))
    print(f"{told}: see {options.out / 'class.html'} and grades.csv")
    failures = [entry for entry in entries if entry.failure]
    for entry in failures:
        print(f"lab: the grader failed with {printable(entry.name)}: {entry.failure}", file=sys.stderr)
    return 1 if failures else 0


def write_student_pages(out: Path, rows: list[Row], title: str) -> dict[str, str]:
    """Where each page lies, relative to `out`, by submission."""
    folder = out / "students"
    folder.mkdir(exist_ok=True)
    links = {}
    for row in rows:
        name = row.student.submission
        safe = re.sub(r"[^A-Za-z0-9_-]", "_", name)[:60]
        if safe != name:  # two names may become one
            safe += "-" + hashlib.sha256(os.fsencode(name)).hexdigest()[:8]
        write_page(folder / f"{safe}.html", student_page(row, title))
        links[name] = f"students/{safe}.html"
    return links


def command_package(options: argparse.Namespace) -> int:
    if options.kind == "classroom":
        package_classroom(options.out, read_policy(options.policy))
        print(f"wrote {options.out / '.github' / 'workflows' / 'classroom.yml'}")
    else:
        package_gradescope(options.out, options.data, options.policy)
        print(f"wrote {options.out}; it holds the solutions{' and the private data' if options.data else ''}")
    return 0


def command_gradescope(options: argparse.Namespace) -> int:
    with scratch("grade") as folder:
        _, result, _ = grade(options.submission, Path(folder), course_of(options))
    write_gradescope(result, options.results)
    return 0


def command_seed(options: argparse.Namespace) -> int:
    return make_data(options.out)


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./lab grade", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)

    one = commands.add_parser("one", help="one submission: a folder, a .zip or a .tar.gz")
    one.add_argument("submission", type=Path)
    one.add_argument("--out", type=Path, required=True, help="folder for results")
    add_course_options(one)
    one.set_defaults(call=command_one)

    many = commands.add_parser("class", help="every submission in a folder; goes on where it was stopped")
    many.add_argument("folder", type=Path)
    many.add_argument("--out", type=Path, required=True, help="folder for results")
    add_course_options(many)
    many.add_argument("--roster", type=Path, help=f"CSV with the columns {', '.join(roster.COLUMNS)}")
    many.add_argument(
        "--jobs", type=positive, default=os.cpu_count() or 1, help="at once; all cores if not given"
    )
    many.add_argument("--only", help="grade this submission again; its name is the folder's or archive's")
    many.add_argument(
        "--title", help="of the assignment, for reports and tables; the folder's name if not given"
    )
    many.set_defaults(call=command_class)

    check = commands.add_parser("check", help="can this machine grade? Builds what all submissions share")
    add_course_options(check)
    check.set_defaults(call=command_check)

    seed = commands.add_parser("seed", help="private reference data, once a course")
    seed.add_argument("--out", type=Path, required=True)
    seed.set_defaults(call=command_seed)

    package = commands.add_parser("package", help="the grader for Gradescope, or a GitHub Classroom workflow")
    package.add_argument("kind", choices=["gradescope", "classroom"])
    package.add_argument("--out", type=Path, required=True, help="the zip; or the repository's folder")
    package.add_argument("--data", type=Path, help="private reference data; practice without them")
    package.add_argument("--policy", type=Path)
    package.set_defaults(call=command_package)

    gradescope = commands.add_parser("gradescope", help="what run_autograder of that zip calls")
    gradescope.add_argument("submission", type=Path)
    gradescope.add_argument("results", type=Path)
    add_course_options(gradescope)
    gradescope.set_defaults(call=command_gradescope)
    return parser.parse_args()


def positive(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"must be 1 or more, not {value}")
    return value


def main() -> int:
    options = parse()
    try:
        return int(options.call(options))
    except (KitError, PolicyError, DataError, RosterError, SandboxError, OSError) as error:
        print(f"lab: {error}", file=sys.stderr)
        return 1


def use_utf8() -> None:
    """Whatever the locale says, for names of files, too, and for the programs that this one starts."""
    os.environ.update(PYTHONUTF8="1", LC_ALL="C.UTF-8")
    if not sys.flags.utf8_mode:
        os.execv(sys.executable, [sys.executable, "-X", "utf8", *sys.orig_argv[1:]])


if __name__ == "__main__":
    use_utf8()
    sys.exit(main())

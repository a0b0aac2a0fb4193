"""Pages, tables and packages: what hostile names and messages become, and what a student may not see."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
import tempfile
import unittest
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from fixtures import ROOT, case, result, step
from grade import policy, roster, schema
from grade.class_report import class_page
from grade.classroom import Entry, find_entries, matches
from grade.kit import KitError
from grade.package import gradescope, package_classroom
from grade.progress import Progress
from grade.report import student_page
from grade.roster import RosterError, Row, Student
from grade.steps import FOLDERS, STEPS

HOSTILE = "</pre><script>alert(1)</script>\x1b[31m"


def row(name: str = "alice", **changes: object) -> Row:
    return Row(Student(name, name), Entry(Path(name), name, result(**changes), Path("x.json")))


class Tags(HTMLParser):
    """Every tag of a page, and whether they nest."""

    EMPTY = ("meta",)

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        if tag not in self.EMPTY:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            raise AssertionError(f"</{tag}> closes nothing")


def tags(page: str) -> set[str]:
    parser = Tags()
    parser.feed(page)
    if parser.open:
        raise AssertionError(f"left open: {parser.open}")
    return parser.seen


class Pages(unittest.TestCase):
    def failing(self, **changes: str) -> Row:
        failed = case(verdict="failed", points=0, message=HOSTILE, misconceptions=["one"], **changes)
        told = {"name": HOSTILE, "files": [], "left_out": [HOSTILE], "left_out_count": 1}
        return row(HOSTILE, cases=[failed], steps=[step(passed=0, score=0)], submission=told)

    def test_nothing_of_a_submission_becomes_a_tag(self) -> None:
        broken = row(HOSTILE, steps=[step(state="not_compiled", message=HOSTILE, mix=None, passed=0)])
        ungraded = row(HOSTILE, status="ungraded", reason=HOSTILE, score=None, steps=[], cases=[])
        rows = [self.failing(), broken, ungraded, Row(Student(HOSTILE), None)]
        pages = [student_page(each, HOSTILE) for each in rows]
        pages.append(class_page(rows, {}, policy.read(None), ROOT / "reference_data", HOSTILE))
        for page in pages:
            self.assertNotIn("script", tags(page))
            self.assertNotIn("\x1b", page)
            self.assertIn("&lt;script&gt;", page)

    def test_visibility(self) -> None:
        self.assertIn("alert(1)", student_page(self.failing(), "Lab").split("</title>")[1].split("✗")[1])
        page = student_page(self.failing(visibility="verdict"), "Lab")
        self.assertNotIn("<pre>", page)
        self.assertIn("RmsNorm.ByHand", page)
        page = student_page(self.failing(visibility="hidden"), "Lab")
        self.assertNotIn("RmsNorm.ByHand", page)
        self.assertIn("1 more failed", page)

    def test_what_counts_nothing_is_shown_as_such(self) -> None:
        for_nothing: dict[str, Any] = {"max_points": 0, "verdict": "failed", "points": 0}
        page = student_page(row(cases=[case(**for_nothing)], steps=[step(passed=0, score=0)]), "Lab")
        self.assertIn("counts nothing", page)
        self.assertNotIn("0 of 0 points", page)
        self.assertIn("counts nothing", gradescope(result(cases=[case(**for_nothing)]))["tests"][0]["name"])

    def test_what_is_not_written_is_one_box_as_in_the_terminal(self) -> None:
        waiting = [
            case(f"RmsNorm.N{i}", verdict="not_written", points=0, max_points=1, message="write rms_norm")
            for i in range(16)
        ]
        waiting.append(case("Rope.A", verdict="not_written", points=0, max_points=1, message="write rope"))
        waiting.append(case("Rope.B", verdict="failed", points=0, max_points=1, message="it is wrong"))
        page = student_page(row(cases=waiting, steps=[step(passed=0, cases=18, score=0)]), "Lab")
        self.assertEqual(page.count("<pre>"), 2)
        self.assertIn("17 cases wait for functions that are not written yet", page)
        self.assertIn("write rms_norm (16 cases)\nwrite rope (1 case)", page)
        self.assertIn("0 of 17 points", page)
        self.assertIn("RmsNorm.N15", page)

    def test_who_handed_in_nothing_is_told_so_without_a_reason(self) -> None:
        rows = [Row(Student("zoe"), None), row("bob", status="ungraded", reason="why", score=None)]
        page = class_page(rows, {}, policy.read(None), ROOT / "reference_data", "Lab")
        self.assertIn('class="wait">not handed in</td>', page)
        self.assertIn('class="wait">ungraded: why</td>', page)

    def test_points_are_not_rounded_up(self) -> None:
        page = student_page(row(score=24.9999, steps=[step(score=24.9999, passed=0)]), "Lab")
        self.assertIn('<span class="score">24.9999</span>', page)

    def test_ungraded_is_no_zero(self) -> None:
        page = student_page(row(status="ungraded", reason="the sandbox failed", score=None), "Lab")
        self.assertIn("Not graded yet", page)
        self.assertIn("the sandbox failed", page)
        self.assertNotIn("of 25 points", page)

    def test_common_misconceptions_are_told_in_their_sentences(self) -> None:
        failed = case(verdict="failed", misconceptions=["rms_norm_eps_outside_root"])
        rows = [row("a", cases=[failed]), row("b", cases=[failed, failed]), row("c")]
        page = class_page(rows, {}, policy.read(None), ROOT / "reference_data", "Lab")
        self.assertIn('<td class="number">2</td>', page.split("misconceptions</h2>")[1].split("</tr>")[1])
        self.assertIn("step0, section", page)


class Tables(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def read(self, name: str) -> list[list[str]]:
        with (self.folder / name).open(newline="") as file:
            return list(csv.reader(file))

    def test_no_cell_is_a_formula(self) -> None:
        rows = [
            row(name) for name in ("=cmd|' /C calc'!A0", "+1", "-1", "@x", " =x", "\t=x", "a\n=x", "\uff1dx")
        ]
        rows += [row("Bobby;=1+1"), row("a; @b;+c")]
        roster.write_tables(self.folder, rows, 25, "=Lab")
        for table in ("grades.csv", "moodle.csv", "canvas.csv"):
            for line in self.read(table):
                for cell in line:
                    self.assertNotRegex(cell, r"(^|;)\s*[=+\-@|%\uff1d]")
                    self.assertNotIn("\n", cell)

    def test_who_is_ungraded_gets_no_grade(self) -> None:
        ungraded = row("bob", status="ungraded", reason="x", score=None, steps=[], cases=[])
        roster.write_tables(self.folder, [row(), ungraded, Row(Student("zoe"), None)], 25, "Lab")
        lines = {line[0]: line for line in self.read("grades.csv")}
        self.assertEqual(lines["alice"][6:8], ["graded", "25"])
        self.assertEqual(lines["bob"][6:8], ["ungraded", ""])
        self.assertEqual(lines["zoe"][6:8], ["not handed in", ""])
        self.assertEqual(len(self.read("moodle.csv")), 2)
        self.assertEqual(len(self.read("canvas.csv")), 3)

    def test_roster(self) -> None:
        path = self.folder / "roster.csv"
        path.write_text("submission,name,id\nalice,Alice,1\nzoe,Zoe,2\n", encoding="utf-8-sig")
        students = roster.read(path)
        rows = roster.rows([Entry(Path("alice"), "alice"), Entry(Path("bob"), "bob")], students)
        self.assertEqual([each.shown_name for each in rows], ["Alice", "bob", "Zoe"])
        self.assertEqual([each.status for each in rows], ["ungraded", "ungraded", "not handed in"])
        self.assertEqual(rows[0].student.id, "1")
        for text in (
            "name\nAlice\n",
            "submission\nalice\nalice\n",
            "submission,name\n,Alice\n",
            "submission\n\xff\n",
        ):
            path.write_text(text, encoding="latin-1")
            with self.subTest(text), self.assertRaises(RosterError) as raised:
                roster.read(path)
            self.assertIn("roster.csv", str(raised.exception))

    def test_names_of_other_case_or_normal_form_are_the_rosters(self) -> None:
        path = self.folder / "roster.csv"
        path.write_text("submission,name\nJosé,J\nALICE,A\nann,n\nAnn,N\n", encoding="utf-8")
        entries = [Entry(Path(name), name) for name in ("Jose\u0301", "alice", "Ann", "ANN")]
        rows = {row.shown_name: row for row in roster.rows(entries, roster.read(path))}
        self.assertEqual({name for name, row in rows.items() if row.entry}, {"J", "A", "N", "ANN"})
        self.assertEqual(matches(["Jose\u0301"], ["José"]), {"Jose\u0301": "José"})

    def test_results_below_the_class_are_no_submission(self) -> None:
        for name in ("alice/labs", "grades/results", "bob"):
            (self.folder / name).mkdir(parents=True)
        (self.folder / "roster.csv").touch()
        ours = [self.folder / "grades", self.folder / "roster.csv"]
        self.assertEqual([entry.name for entry in find_entries(self.folder, ours)], ["alice", "bob"])
        for wrong in (self.folder, self.folder / "bob" / "grades"):
            with self.subTest(wrong), self.assertRaises(KitError):
                find_entries(self.folder, [wrong])

    def test_nothing_that_was_handed_in_vanishes(self) -> None:
        for name in (
            "alice.zip",
            "alice.tgz",
            "bob.tar.gz",
            "zoe.rar",
            "mia.cpp",
            ".hidden.zip",
            "x.zip",
            "x.zip.zip",
        ):
            (self.folder / name).touch()
        (self.folder / "alice").mkdir()
        names = {entry.source.name: entry.name for entry in find_entries(self.folder)}
        kept = {name: name for name in ("alice", "alice.zip", "alice.tgz", "mia.cpp", "x.zip.zip")}
        self.assertEqual(names, {**kept, "bob.tar.gz": "bob", "zoe.rar": "zoe", "x.zip": "x"})


class Packages(unittest.TestCase):
    def test_results_are_as_gradescope_documents_them(self) -> None:
        published = json.loads((Path(__file__).parent / "gradescope.schema.json").read_text())
        hidden = case(visibility="hidden", verdict="failed", points=0, message="secret")
        verdict = case(visibility="verdict", verdict="failed", points=0, message="secret")
        told = gradescope(result(cases=[case(), hidden, verdict], speed={"cpu_s": 0.5}))
        self.assertEqual(schema.problems(told, published), [])
        self.assertNotIn("secret", json.dumps(told))
        self.assertEqual(told["tests"][1]["visibility"], "hidden")

    def workflow(self, *solutions: str) -> str:
        with tempfile.TemporaryDirectory() as name:
            for each in solutions:
                (Path(name) / "solutions" / FOLDERS[each]).mkdir(parents=True)
            package_classroom(Path(name), policy.read(None))
            return (Path(name) / ".github" / "workflows" / "classroom.yml").read_text()

    def test_workflow_gives_each_function_its_points(self) -> None:
        text = self.workflow()
        for each in ("step0_rms_norm", "step2_load_params"):
            self.assertIn(f"id: {each}\n", text)
            self.assertIn(f'{each.upper()}_RESULTS: "${{{{steps.{each}.outputs.result}}}}"\n', text)
        self.assertNotIn("gather", text)  # it is handed out written
        points = [int(line.split()[1]) for line in text.splitlines() if "max-score:" in line]
        self.assertEqual(sum(points), 25 * len(STEPS))
        self.assertGreaterEqual(min(points), 1)

    def test_workflow_takes_the_reference_for_earlier_steps_where_it_is(self) -> None:
        own = "./lab step2 --filter 'Mlp.*'"
        self.assertIn(f"command: {own}\n", self.workflow(STEPS[0]))
        self.assertIn(f"command: {own} || {own} --with-reference 0,1\n", self.workflow(*STEPS[:2]))


class Waiting(unittest.TestCase):
    def test_the_time_left_is_estimated_from_the_start(self) -> None:
        progress = Progress(total=100, done_before=0, jobs=2, expected=10)
        self.assertEqual(progress.time_left(), ", about 8 min 20 s left")
        progress.advance(0)  # ungraded at once, which says nothing about the others
        self.assertEqual(progress.time_left(), ", about 5 min 30 s left")
        for _ in range(98):
            progress.advance(20)
        self.assertEqual(progress.time_left(), ", about 10 s left")


class Locale(unittest.TestCase):
    def test_everything_is_utf8_whatever_the_locale_says(self) -> None:
        with tempfile.TemporaryDirectory() as name:
            out = Path(name) / "课程"
            rules = Path(name) / "规则.toml"
            rules.write_text("# 每一步的分数\n[steps.step0]\npoints = 50\n", encoding="utf-8")
            environment = {
                "PYTHONPATH": str(ROOT / "grading"), "PATH": "/usr/bin:/bin",
                "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0",
            }  # fmt: skip
            command = [sys.executable, "-B", "-m", "grade", "package", "classroom", "--out", str(out)]
            done = subprocess.run([*command, "--policy", str(rules)], env=environment, capture_output=True)
            self.assertEqual(done.returncode, 0, done.stderr.decode())
            self.assertIn("课程", done.stdout.decode("utf-8"))
            self.assertTrue((out / ".github" / "workflows" / "classroom.yml").exists())


if __name__ == "__main__":
    unittest.main()

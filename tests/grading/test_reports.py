"""Pages, tables and packages: what hostile names and messages become, and what a student may not see."""

from __future__ import annotations

import csv
import json
import tempfile
import unittest
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from fixtures import ROOT, case, result, step
from grade import policy, roster, schema
from grade.class_report import class_page
from grade.classroom import Entry, find_entries
from grade.package import gradescope, package_classroom
from grade.report import student_page
from grade.roster import RosterError, Row, Student
from grade.steps import STEPS

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
        roster.write_tables(self.folder, rows, 25, "=Lab")
        for table in ("grades.csv", "moodle.csv", "canvas.csv"):
            for line in self.read(table):
                for cell in line:
                    self.assertNotRegex(cell, r"^\s*[=+\-@|%\uff1d]")
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

    def test_workflow_names_each_step_and_its_points(self) -> None:
        with tempfile.TemporaryDirectory() as name:
            package_classroom(Path(name), policy.read(None))
            text = (Path(name) / ".github" / "workflows" / "classroom.yml").read_text()
        for each in STEPS:
            self.assertIn(f"id: {each}\n", text)
            self.assertIn(f'{each.upper()}_RESULTS: "${{{{steps.{each}.outputs.result}}}}"\n', text)
        self.assertEqual(text.count("max-score: "), len(STEPS))


if __name__ == "__main__":
    unittest.main()

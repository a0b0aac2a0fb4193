"""Evidence, results and their schema."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
import unittest
import unittest.mock
from pathlib import Path
from typing import Any

from fixtures import case, result
from grade import schema, scratch
from grade.one import read_result, write_atomically
from grade.text import printable
from grade.trusted import MissingEvidenceError, read_report, without_frame


class Schema(unittest.TestCase):
    def test_a_result_is_as_it_says(self) -> None:
        self.assertEqual(schema.problems(result()), [])
        self.assertEqual(schema.problems(result(status="ungraded", reason="x", score=None, steps=[])), [])

    def test_what_is_wrong_is_told(self) -> None:
        wrong: list[Any] = [
            result(status="passed"),
            result(score=-1),
            result(score=True),
            result(score="25"),
            result(more=1),
            result(cases=[case(verdict="skipped")]),
            result(cases=[case(misconceptions=["<b>"])]),
            result(cases=[case(name="a b")]),
            result(format=2),
            result(speed={}),
            [],
            None,
        ]
        lacking = result()
        del lacking["provenance"]["kit"]
        for value in [*wrong, lacking]:
            with self.subTest(value):
                self.assertNotEqual(schema.problems(value), [])

    def test_an_unknown_keyword_is_not_passed_over(self) -> None:
        with self.assertRaises(ValueError):
            schema.problems({}, {"minProperties": 1})


class Files(unittest.TestCase):
    def test_half_a_result_is_none(self) -> None:
        with tempfile.TemporaryDirectory() as name:
            path = Path(name) / "x.json"
            write_atomically(path, result())
            self.assertEqual(read_result(path), result())
            self.assertEqual([each.name for each in Path(name).iterdir()], ["x.json"])
            path.write_bytes(path.read_bytes()[:-10])
            self.assertIsNone(read_result(path))
            path.write_text(json.dumps(result(score="x")))
            self.assertIsNone(read_result(path))


def report(**changes: object) -> dict[str, object]:
    test: dict[str, object] = {"name": "B", "status": "RUN", "result": "COMPLETED"}
    return {"testsuites": [{"name": "A", "testsuite": [test | changes]}]}


class Evidence(unittest.TestCase):
    def read(self, value: object, cases: list[str]) -> Any:  # noqa: ANN401
        with tempfile.TemporaryDirectory() as name:
            path = Path(name) / "report.json"
            if value is not None:
                path.write_text(value if isinstance(value, str) else json.dumps(value))
            return read_report("step0", path, cases)

    def test_passed_and_failed(self) -> None:
        self.assertTrue(self.read(report(), ["A.B"])["A.B"].passed)
        failed = report(
            failures=[{"failure": "x_test.cpp:3\nboom \u00e2\u0088\u009a"}], misconceptions="one,two"
        )
        verdict = self.read(failed, ["A.B"])["A.B"]
        self.assertEqual((verdict.passed, verdict.message), (False, "boom √"))
        self.assertEqual(verdict.misconceptions, ["one", "two"])

    def test_what_is_missing_is_no_verdict(self) -> None:
        broken: list[tuple[object, list[str]]] = [
            (None, ["A.B"]),
            ("{", ["A.B"]),
            ({}, ["A.B"]),
            (report(), ["A.B", "A.C"]),
            (report(status="NOTRUN"), ["A.B"]),
            (report(result="SKIPPED"), ["A.B"]),
            (report(failures="none"), ["A.B"]),
        ]
        for value, cases in broken:
            with self.subTest(value), self.assertRaises(MissingEvidenceError):
                self.read(value, cases)


class Text(unittest.TestCase):
    def test_frame_of_googletest_is_left_out(self) -> None:
        message = (
            "tests/step0_operators_test.cpp:10\nValue of: lab::this_case()\nExpected: is yielded\n"
            "  Actual: epsilon matters (of type lab::Case), but:\nOnly rows after the first are wrong.\n"
        )
        self.assertEqual(without_frame(message), "epsilon matters\nOnly rows after the first are wrong.\n")

    def test_printable(self) -> None:
        self.assertEqual(printable("a\x1b[31m\rb\u202ec\udcff"), "a\\x1b[31m\\x0db\\u202ec\\xff")
        self.assertEqual(printable("ü 中文 √ 😀"), "ü 中文 √ 😀")
        self.assertEqual(printable(b"\xff\n"), "\\xff\\x0a")
        self.assertEqual(printable("a\nb\nc", lines=2), "a\nb\n…")
        self.assertEqual(printable("x" * 300), "x" * 199 + "…")


class Sweeping(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        patch = unittest.mock.patch.object(tempfile, "tempdir", folder.name)
        patch.start()
        self.addCleanup(patch.stop)
        ended = subprocess.Popen(["/bin/true"])
        ended.wait()
        self.left = self.folder / f"lab-grade-{ended.pid}-x"
        self.left.mkdir()

    def test_what_a_killed_grader_left_is_removed_and_nothing_else(self) -> None:
        kept = [self.folder / f"lab-grade-{os.getpid()}-x", self.folder / f"lab-other-{self.left.name}"]
        for path in kept:
            path.mkdir()
        (self.left / "file").write_text("x")
        scratch.sweep()
        self.assertEqual(sorted(self.folder.iterdir()), sorted(kept))

    def test_unfinished_files_of_a_grader_that_runs_are_kept(self) -> None:
        process = self.left.name.split("-")[2]
        kept = scratch.unfinished(self.folder / "x.json")
        for path in (kept, self.folder / f".{process}-x.json.new", self.folder / f".{process}-0-1.log"):
            path.touch()
        scratch.sweep_files(self.folder)
        self.assertEqual(sorted(self.folder.iterdir()), sorted([kept, self.left]))

    def test_two_may_sweep_at_once(self) -> None:
        def the_other_is_quicker(path: Path) -> bool:
            path.rmdir()
            return False

        with unittest.mock.patch.object(Path, "is_symlink", the_other_is_quicker):
            scratch.sweep()
        self.assertFalse(self.left.exists())


if __name__ == "__main__":
    unittest.main()

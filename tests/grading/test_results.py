"""Evidence, results and their schema."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import unittest
import unittest.mock
from pathlib import Path
from typing import Any

from fixtures import HASH, ROOT, case, result, step
from grade import policy, schema, scratch
from grade.data import ReferenceData
from grade.kit import Kit
from grade.one import listed_cases, read_result, write_result
from grade.text import printable
from grade.trusted import MissingEvidenceError, list_cases, read_report, without_hints


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
        wrong.append(result(steps=[step("step10")]))
        for value in [*wrong, lacking]:
            with self.subTest(value):
                self.assertNotEqual(schema.problems(value), [])

    def test_a_step_that_is_not_there_is_told(self) -> None:
        self.assertEqual(schema.problems_of_result(result()), [])
        with unittest.mock.patch.object(schema, "STEPS", ("step1",)):
            self.assertEqual(set(schema.problems_of_result(result())), {"step0 is no step of this kit"})

    def test_an_unknown_keyword_is_not_passed_over(self) -> None:
        with self.assertRaises(ValueError):
            schema.problems({}, {"minProperties": 1})


class Files(unittest.TestCase):
    def test_half_a_result_is_none(self) -> None:
        with tempfile.TemporaryDirectory() as name:
            path = Path(name) / "x.json"
            write_result(path, result())
            self.assertEqual(read_result(path), result())
            self.assertEqual([each.name for each in Path(name).iterdir()], ["x.json"])
            path.write_bytes(path.read_bytes()[:-10])
            self.assertIsNone(read_result(path))
            path.write_text(json.dumps(result(score="x")))
            self.assertIsNone(read_result(path))

    def test_a_cache_that_is_read_only_will_do(self) -> None:
        with tempfile.NamedTemporaryFile() as file:  # root may write into every folder, but into no file
            kit = Kit(Path(file.name), "", "c++ 12", (), {}, has_sandbox=False)
            data = ReferenceData(Path("data"), HASH, is_public=False, public_cases=frozenset())
            with unittest.mock.patch("grade.one.list_cases", return_value={"A.B": "f"}):
                self.assertEqual(listed_cases(kit, data)["step0"], {"A.B": "f"})


def report(**changes: object) -> dict[str, object]:
    case: dict[str, object] = {"name": "A.B", "end": "passed", "message": "", "misconceptions": []}
    return {"step": "step0", "cases": [case | changes]}


class Evidence(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def read(self, value: object, cases: list[str]) -> Any:  # noqa: ANN401
        path = self.folder / "report.json"
        path.unlink(missing_ok=True)
        if value is not None:
            path.write_text(value if isinstance(value, str) else json.dumps(value))
        return read_report("step0", path, cases)

    def test_passed_and_failed(self) -> None:
        self.assertTrue(self.read(report(), ["A.B"])["A.B"].passed)
        failed = report(end="failed", message="boom √\n", misconceptions=["one", "two"])
        verdict = self.read(failed, ["A.B"])["A.B"]
        self.assertEqual((verdict.passed, verdict.message), (False, "boom √"))
        self.assertEqual(verdict.misconceptions, ["one", "two"])

    def test_it_is_the_end_that_counts_and_not_the_words(self) -> None:
        for end in ("failed", "not_written", "lost"):
            self.assertFalse(self.read(report(end=end), ["A.B"])["A.B"].passed)
        self.assertTrue(self.read(report(message="an exception came out"), ["A.B"])["A.B"].passed)

    def test_what_is_missing_is_no_verdict(self) -> None:
        cases = report()["cases"]
        broken: list[tuple[object, list[str]]] = [
            (None, ["A.B"]),
            ("{", ["A.B"]),
            ({}, ["A.B"]),
            (report(), ["A.B", "A.C"]),
            (report(end="not_run"), ["A.B"]),
            (report(end="skipped"), ["A.B"]),
            (report(misconceptions=None), ["A.B"]),
            (report() | {"step": "step1"}, ["A.B"]),
            ({"step": "step0", "cases": [*cases, *cases]}, ["A.B"]),  # type: ignore[misc]
        ]
        for value, wanted in broken:
            with self.subTest(value), self.assertRaises(MissingEvidenceError):
                self.read(value, wanted)

    def test_without_hints_nothing_is_told_that_the_code_chose(self) -> None:
        for end, shown in (("failed", "the result is"), ("not_written", "it is not written"), ("passed", "")):
            chosen = "" if end == "passed" else "secret inputs"
            verdict = self.read(report(end=end, message=chosen), ["A.B"])["A.B"]
            self.assertEqual(verdict.message, chosen)
            for language in policy.LANGUAGES:
                told = without_hints(verdict, language)
                self.assertNotIn("secret", told.message)
                self.assertEqual(told.passed, verdict.passed)
            self.assertTrue(without_hints(verdict, "en").message.startswith(shown))
        lost = self.read(report(end="lost", message="the worker ended with exit status 3"), ["A.B"])["A.B"]
        self.assertEqual(without_hints(lost, "en").message, lost.message)

    def list(self, program: str) -> dict[str, str]:
        tests = self.folder / "bin" / "graded_step0_tests"
        tests.parent.mkdir(exist_ok=True)
        tests.write_text(f"#!/bin/sh\n{program}\n")
        tests.chmod(0o755)
        kit = Kit(self.folder, "", "c++ 12", (), {}, has_sandbox=False)
        return list_cases(kit, "step0", Path("data"))

    def test_cases_are_listed_by_the_program(self) -> None:
        told = '[{"function": "f", "name": "A.B"}, {"function": "", "name": "A.C"}]'
        names = self.list(f"[ \"$*:$LAB_REFERENCE_DATA\" = --cases:data ] && echo '{told}'")
        self.assertEqual(names, {"A.B": "f", "A.C": ""})
        for program in ("echo '[]'", "echo 'A.B'", f"echo '{told}'; exit 1", "echo '[{}]'"):
            with self.subTest(program), self.assertRaisesRegex(MissingEvidenceError, "can't be listed"):
                self.list(program)


class Text(unittest.TestCase):
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

    def leave(self, program: str) -> Path:
        """What a grader leaves that is killed in the middle of it."""
        code = f"{program} as made:\n    print(made, flush=True); os.kill(os.getpid(), 9)"
        head = "import os; from pathlib import Path; from grade.scratch import scratch, writing\nwith "
        environment = {"PYTHONPATH": str(ROOT / "grading"), "TMPDIR": str(self.folder)}
        command = [sys.executable, "-B", "-c", head + code]
        ended = subprocess.run(command, env=environment, cwd=self.folder, capture_output=True)
        self.assertEqual(ended.returncode, -9)
        (left,) = self.folder.iterdir()
        return left

    def test_what_a_killed_grader_left_is_removed_and_nothing_else(self) -> None:
        left = self.leave("scratch('grade')")
        (left / "file").write_text("x")
        other = self.folder / f"other-{left.name}"
        other.mkdir()
        with scratch.scratch("grade") as kept:
            scratch.sweep()
            self.assertEqual({path.name for path in self.folder.iterdir()}, {Path(kept).name, other.name})
        self.assertEqual(list(self.folder.iterdir()), [other])

    def test_what_another_container_uses_is_kept(self) -> None:
        """Its processes have numbers of their own, which tell nothing there."""
        unshare = ["unshare", "--pid", "--fork", "--kill-child"]
        if subprocess.run([*unshare, "true"], capture_output=True).returncode != 0:
            self.skipTest("this needs the right to make a namespace of processes")
        environment = {"PYTHONPATH": str(ROOT / "grading"), "TMPDIR": str(self.folder)}
        command = [*unshare, sys.executable, "-B", "-c", "from grade import scratch; scratch.sweep()"]
        with scratch.scratch("grade") as name:
            subprocess.run(command, env=os.environ | environment, check=True)
            self.assertEqual(list(self.folder.iterdir()), [Path(name)])
        self.assertEqual(list(self.folder.iterdir()), [])

    def test_unfinished_files_of_a_grader_that_runs_are_kept(self) -> None:
        self.leave("writing(Path('x.json'))")
        with scratch.writing(self.folder / "x.json") as file:
            file.write("x")
            scratch.sweep_files(self.folder)
            (kept,) = self.folder.iterdir()
            self.assertTrue(kept.name.startswith(scratch.UNFINISHED))
        self.assertEqual([path.name for path in self.folder.iterdir()], ["x.json"])

    def test_what_is_swept_away_before_it_is_locked_is_made_again(self) -> None:
        lock_of, quick = scratch.lock_of, [True]

        def the_other_is_quicker(path: Path) -> int | None:
            if quick.pop() if quick else False:
                path.rmdir()
            return lock_of(path)

        with (
            unittest.mock.patch.object(scratch, "lock_of", the_other_is_quicker),
            scratch.scratch("grade") as name,
        ):
            self.assertTrue(Path(name).is_dir())


if __name__ == "__main__":
    unittest.main()

"""What must hold before anybody is graded."""

from __future__ import annotations

import dataclasses
import tempfile
import unittest
import unittest.mock
from pathlib import Path
from typing import Any

import fixtures  # noqa: F401
from grade import one, policy, trusted
from grade.data import ReferenceData
from grade.intake import UNPACKING, Submission
from grade.kit import Kit, KitError
from grade.one import Course
from grade.sandbox import KilledError, Sandbox, SandboxError

KIT = Kit(Path("/kit"), "", "c++ 12", ("c++",), {}, has_sandbox=True)
FUNCTIONS = {"Sample.A": "sample", "Sample.B": "sample", "Generate.A": "generate", "Other.A": ""}


def course(public: set[str]) -> Course:
    data = ReferenceData(Path("/data"), "", is_public=False, public_cases=frozenset(public))
    return Course(
        KIT, data, policy.read(None), Sandbox(None, "none"), practice=False, cases={"step3": FUNCTIONS}
    )


class Shares(unittest.TestCase):
    def test_a_function_whose_answers_are_all_public_ends_it(self) -> None:
        one.check_shares(course({"Sample.A", "Other.A"}))
        with self.assertRaisesRegex(KitError, "expected that sample decides 4% .* found 0.0%.*grade seed"):
            one.check_shares(course({"Sample.A", "Sample.B"}))

    def test_but_not_one_that_the_policy_gives_nothing(self) -> None:
        of_nobody = course({"Sample.A", "Sample.B"})
        of_nobody.policy.steps["step3"].weights["Sample.*"] = 0
        one.check_shares(of_nobody)

    def test_the_share_is_the_policys(self) -> None:
        strict = course({"Sample.A"})
        rules = dataclasses.replace(strict.policy, function_share=0.5)
        with self.assertRaisesRegex(KitError, "sample decides 50% of step3's points"):
            one.check_shares(dataclasses.replace(strict, policy=rules))


class KilledFromOutside(unittest.TestCase):
    def grade(self, kills: int) -> list[bool]:
        """Whether each try was the last, if the first ones are killed."""
        tries: list[bool] = []

        def grade_steps(_: Submission, __: Course, *, last_try: bool) -> Any:  # noqa: ANN401
            tries.append(last_try)
            if len(tries) <= kills:
                raise KilledError("killed")
            return [], 0.0, None

        with unittest.mock.patch.object(one, "grade_steps", grade_steps):
            one.graded(Submission("alice", "", {"x": b""}), course(set()))
        return tries

    def test_is_tried_again_twice(self) -> None:
        self.assertEqual(self.grade(0), [False])
        self.assertEqual(self.grade(1), [False, False])
        self.assertEqual(self.grade(2), [False, False, True])
        with self.assertRaises(KilledError):
            self.grade(3)

    def test_a_command_that_is_killed_raises_it_and_one_that_ends_by_a_signal_does_not(self) -> None:
        with tempfile.TemporaryDirectory() as name:
            program = Path(name) / "lab_sandbox"
            words = {"kill -9 $$": KilledError, "exit 137": SandboxError}
            for text, error in words.items():
                program.write_text(f"#!/bin/sh\n{text}\n")
                program.chmod(0o755)
                with self.subTest(text), self.assertRaises(SandboxError) as raised:
                    Sandbox(program, "uid").run(["/bin/true"], limits=UNPACKING, doing="unpacking")
                self.assertIs(type(raised.exception), error)

    def test_a_case_of_which_it_is_told_so_is_marked(self) -> None:
        told = {
            "name": "A.B",
            "end": "lost",
            "message": f"{trusted.KILLED} by signal 9",
            "misconceptions": [],
        }
        self.assertTrue(trusted.verdict_of(told).killed)
        for changes in ({"end": "failed"}, {"message": "the worker was killed by signal 9 (Killed)"}):
            self.assertFalse(trusted.verdict_of(told | changes).killed)


if __name__ == "__main__":
    unittest.main()

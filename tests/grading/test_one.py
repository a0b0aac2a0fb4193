"""What must hold before anybody is graded."""

from __future__ import annotations

import dataclasses
import unittest
import unittest.mock
from pathlib import Path

import fixtures  # noqa: F401
from grade import one, policy
from grade.data import ReferenceData
from grade.kit import Kit, KitError
from grade.one import Course
from grade.sandbox import Sandbox

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


if __name__ == "__main__":
    unittest.main()

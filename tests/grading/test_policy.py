"""grading.toml, points, and which of two gradings of a step counts."""

from __future__ import annotations

import tempfile
import unittest
import unittest.mock
from fractions import Fraction
from pathlib import Path

import fixtures  # noqa: F401
from grade import policy, steps
from grade.one import mixes
from grade.policy import UNITS, Policy, PolicyError
from grade.score import StepGrade, shares_of, step_as_json, units_of, weights_of
from grade.trusted import CaseVerdict


def read(text: str) -> Policy:
    with tempfile.NamedTemporaryFile("w", suffix=".toml") as file:
        file.write(text)
        file.flush()
        return policy.read(Path(file.name))


class Reading(unittest.TestCase):
    def test_what_is_left_out_is_the_default(self) -> None:
        changed = read('hints = "off"\n[steps.step2]\npoints = 40')
        self.assertEqual((changed.hints, changed.isolation), ("off", "better"))
        self.assertEqual(changed.max_score, 115)
        self.assertNotEqual(changed.digest, policy.read(None).digest)
        self.assertEqual(read("").digest, policy.read(None).digest)

    def test_each_step_has_points(self) -> None:
        with (
            unittest.mock.patch.dict(steps.FOLDERS, {"step9": "step9_more"}),
            self.assertRaisesRegex(PolicyError, r"expected \[steps.step9\] for labs/step9_more"),
        ):
            read("")
        with (
            unittest.mock.patch.dict(steps.FOLDERS),
            self.assertRaisesRegex(PolicyError, r"found \[steps.step1\], but labs/ has no folder step1_"),
        ):
            del steps.FOLDERS["step1"]
            read("")

    def test_slips_of_the_pen_are_told(self) -> None:
        for text, word in (
            ("hint = 'off'", "hint is no setting"),
            ("hints = 'some'", "must be one of off, locate, name"),
            ("[steps.step10]\npoints = 1", "steps.step10 is no setting"),
            ("[steps.step1]\npoint = 1", "steps.step1.point is no setting"),
            ("[steps.step1]\npoints = -1", "number from 0"),
            ("[steps.step1]\npoints = nan", "number from 0"),
            ("[steps.step1]\npoints = 33.33333", "four decimals"),
            ("[steps.step1.weights]\nX = 'y'", "number from 0"),
            ("[limits]\ncall_s = 0", "whole number"),
            ("steps = 3", "must be a table"),
            ("hints =", "grading"),
        ):
            with self.subTest(text):
                with self.assertRaises(PolicyError) as caught:
                    read(text)
                if word != "grading":
                    self.assertIn(word, str(caught.exception))


class Points(unittest.TestCase):
    def test_are_shared_out_by_weight(self) -> None:
        rules = read('[steps.step0.weights]\n"RmsNorm.*" = 3')
        units = units_of(rules, "step0", ["RmsNorm.A", "Rope.A", "Rope.B"])
        self.assertEqual(units, {"RmsNorm.A": 15 * UNITS, "Rope.A": 5 * UNITS, "Rope.B": 5 * UNITS})

    def test_a_case_whose_answer_is_public_gives_none(self) -> None:
        units = units_of(policy.read(None), "step1", ["A.ByHand", "A.B"], frozenset({"A.ByHand"}))
        self.assertEqual(units, {"A.ByHand": 0, "A.B": 25 * UNITS})

    def test_no_sum_is_more_than_its_maximum_nor_less_if_all_that_counts_passes(self) -> None:
        for points in (25, 33.3333, 0.1):
            rules = read("".join(f"[steps.{name}]\npoints = {points}\n" for name in steps.STEPS))
            for count in range(1, 200):
                cases = [f"A.C{i}" for i in range(count)]
                passing = {name: CaseVerdict(name, True) for name in cases}
                verdicts = {**passing, "A.Public": CaseVerdict("A.Public", False)}
                grade = StepGrade("step1", "graded", {"own": verdicts})
                step, entries = step_as_json(rules, grade, verdicts, frozenset({"A.Public"}))
                self.assertEqual((step["score"], step["max_score"]), (points, points), count)
                exact = sum(Fraction(str(entry["points"])) for entry in entries)
                self.assertEqual(exact, Fraction(str(points)))
        self.assertEqual(rules.max_score, 0.4)  # 0.1 + 0.1 + 0.1 + 0.1 is not, in floating point

    def test_shares_are_of_functions(self) -> None:
        functions = {"A.A": "a", "A.B": "a", "B.A": "b", "B.ByHand": "b"}
        weights = weights_of(policy.read(None), "step1", functions, frozenset({"B.ByHand"}))
        self.assertEqual(shares_of(weights, functions), {"a": Fraction(2, 3), "b": Fraction(1, 3)})

    def test_of_both_mixes_the_better_counts(self) -> None:
        own = {"A.A": CaseVerdict("A.A", False, "own"), "A.B": CaseVerdict("A.B", False)}
        isolated = {"A.A": CaseVerdict("A.A", False, "isolated"), "A.B": CaseVerdict("A.B", True)}
        grade = StepGrade("step1", "graded", {"own": own, "isolated": isolated})
        step, cases = step_as_json(policy.read(None), grade, ["A.A", "A.B"])
        self.assertEqual((step["mix"], step["score"], step["passed"]), ("isolated", 12.5, 1))
        self.assertEqual(step["passed_by_mix"], {"own": 0, "isolated": 1})
        self.assertEqual(cases[0]["message"], "isolated")

    def test_of_equal_mixes_that_which_ran_first_counts(self) -> None:
        verdicts = {mix: {"A.A": CaseVerdict("A.A", False, mix)} for mix in ("isolated", "own")}
        step, _ = step_as_json(policy.read(None), StepGrade("step1", "graded", verdicts), ["A.A"])
        self.assertEqual(step["mix"], "isolated")

    def test_what_is_likelier_to_pass_is_tried_first(self) -> None:
        self.assertEqual(mixes("better", "step2", sound=True), ("own", "isolated"))
        self.assertEqual(mixes("better", "step2", sound=False), ("isolated", "own"))
        self.assertEqual(mixes("own", "step2", sound=False), ("own",))
        self.assertEqual(mixes("isolated", "step0", sound=True), ("own",))

    def test_a_step_that_did_not_compile_has_its_cases_and_no_points(self) -> None:
        step, cases = step_as_json(policy.read(None), StepGrade("step1", "not_compiled", error="x"), ["A.A"])
        self.assertEqual((step["score"], step["max_score"], step["mix"]), (0, 25, None))
        self.assertEqual([case["verdict"] for case in cases], ["not_run"])

    def test_visibility_of_a_case_goes_before_its_steps(self) -> None:
        rules = read(
            '[steps.step0]\nvisibility = "verdict"\n[steps.step0.case_visibility]\n"Rope.*" = "hidden"'
        )
        self.assertEqual(rules.steps["step0"].visibility_of("Rope.A"), "hidden")
        self.assertEqual(rules.steps["step0"].visibility_of("Gather.A"), "verdict")


if __name__ == "__main__":
    unittest.main()

"""Which mutants are tried, and what their score says."""

from __future__ import annotations

import contextlib
import io
import unittest
from pathlib import Path

import mutants
from mutants import Mutant, Verdict

SAME = {"no_scale": {"no_scale"}, "no_mask": {"no_mask"}}


def verdict(id: str, spelling: str, *names: str, killed: bool = True) -> Verdict:
    mutant = Mutant(id, "step1", Path("attention.cpp"), "", "", "", spelling=spelling)
    return Verdict(mutant, ["Attention.ByHand"] if killed else [], set(names))


class Selection(unittest.TestCase):
    def test_a_fixed_quarter_of_the_spelled_ones_is_tried(self) -> None:
        every = mutants.read_spelled([], True)
        some = mutants.read_spelled([], False)
        self.assertEqual(some, mutants.read_spelled([], False))
        self.assertLess(set(some), set(every))
        self.assertAlmostEqual(len(some) / len(every), 0.25, delta=0.1)

    def test_one_that_is_asked_for_is_tried_in_every_spelling(self) -> None:
        tried = mutants.read_spelled(["self_attention_no_scale"], False)
        folders = [path.name for path in (mutants.ROOT / "tests/spellings").iterdir() if path.is_dir()]
        self.assertCountEqual([mutant.spelling for mutant in tried], folders)


class Score(unittest.TestCase):
    def score(self, *verdicts: Verdict) -> tuple[bool, str]:
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            good = mutants.print_score(verdicts, SAME)
        return good, printed.getvalue().strip()

    def test_names_are_counted_for_each_spelling(self) -> None:
        verdicts = [
            verdict("no_scale", "", "no_scale"),
            verdict("no_mask", "", "no_mask"),
            verdict("no_scale", "ranges", "no_scale"),
            verdict("no_mask", "ranges"),
        ]
        self.assertEqual(self.score(*verdicts), (True, "4/4 killed, 2/2 named, 1/2 in ranges, 0 misnamed"))

    def test_a_spelled_one_may_lack_its_name_but_not_survive_or_have_another(self) -> None:
        self.assertTrue(self.score(verdict("no_mask", "ranges"))[0])
        self.assertFalse(self.score(verdict("no_mask", "ranges", killed=False))[0])
        self.assertFalse(self.score(verdict("no_mask", "ranges", "no_scale"))[0])
        self.assertFalse(self.score(verdict("no_mask", "ranges", "no_mask", "no_scale"))[0])

    def test_in_the_solution_a_name_must_not_lack(self) -> None:
        self.assertFalse(self.score(verdict("no_mask", ""))[0])


if __name__ == "__main__":
    unittest.main()

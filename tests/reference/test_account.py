"""The account of what changed."""

from __future__ import annotations

import unittest

from reference.account import LINES, account
from reference.compare import Difference
from reference.merge import Change, Kind


class Account(unittest.TestCase):
    def test_nothing_to_tell(self) -> None:
        self.assertEqual(account({}), [])
        self.assertEqual(account({"step0": [], "step1": []}), [])

    def test_counts_by_step_then_what_and_by_how_much(self) -> None:
        small, large = Difference("small", 2.0), Difference("large", 30.0)
        changes = {
            "step0": [
                Change(Kind.CASE, "Gather.B", "changed", [small]),
                Change(Kind.CASE, "Gather.C", "changed", [small, large]),
                Change(Kind.CASE, "Gather.A", "new"),
                Change(Kind.MISTAKE, "gather_x", "gone"),
            ],
            "step1": [],
            "step2": [Change(Kind.MODEL, "grouped", "new")],
        }
        self.assertEqual(
            account(changes),
            [
                "step0: 1 case new, 2 cases changed, 1 misconception gone",
                "step2: 1 model new",
                "  step0 case Gather.A: new",
                "  step0 case Gather.C: changed; large (and 1 more)",
                "  step0 case Gather.B: changed; small",
                "  step0 misconception gather_x: gone",
                "  step2 model grouped: new",
            ],
        )

    def test_pairs_that_come_and_go_are_only_counted(self) -> None:
        pairs = [Change(Kind.PAIR, f"a + {i}", "new") for i in range(50)]
        changed = Change(Kind.PAIR, "a + b", "changed", [Difference("much", 3.0)])
        self.assertEqual(
            account({"step0": [*pairs, changed]}),
            ["step0: 50 pairs new, 1 pair changed", "  step0 pair a + b: changed; much"],
        )

    def test_is_no_longer_than_a_screen(self) -> None:
        changes = {"step0": [Change(Kind.CASE, f"Gather.{i}", "new") for i in range(100)]}
        lines = account(changes)
        self.assertEqual(len(lines), LINES)
        self.assertEqual(lines[0], "step0: 100 cases new")
        self.assertEqual(lines[-1], "  and 62 more")
        self.assertEqual(len(account({"step0": changes["step0"][: LINES - 1]})), LINES)
        self.assertNotIn("more", account({"step0": changes["step0"][: LINES - 1]})[-1])

    def test_long_lines_are_cut(self) -> None:
        (_, line) = account({"step0": [Change(Kind.CASE, "Gather.A", "changed", [Difference("x" * 1000)])]})
        self.assertLess(len(line), 220)


if __name__ == "__main__":
    unittest.main()

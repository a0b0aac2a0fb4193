"""Progress where there is no terminal."""

from __future__ import annotations

import contextlib
import io
import unittest
from unittest.mock import patch

from reference import progress


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now


class Lines(unittest.TestCase):
    def setUp(self) -> None:
        self.clock = Clock()
        self.said = io.StringIO()
        for context in (
            patch.object(progress, "time", self.clock),
            patch.object(progress._Lines, "last", self.clock.now),
            contextlib.redirect_stderr(self.said),
        ):
            self.enterContext(context)

    def run_phase(self, label: str, total: int, seconds: float) -> None:
        with progress.phase(label, total):
            for _ in range(total):
                self.clock.now += seconds
                progress.tick()

    def test_a_line_every_ten_seconds_with_the_time_left(self) -> None:
        self.run_phase("step0, cases", 25, seconds=1)
        self.assertEqual(
            self.said.getvalue().splitlines(),
            ["step0, cases: 10 of 25, about 15 s left", "step0, cases: 20 of 25, about 5 s left"],
        )

    def test_short_phases_add_up(self) -> None:
        for step in range(5):
            self.run_phase(f"step{step}", 3, seconds=1)
        self.assertEqual(self.said.getvalue().splitlines(), ["step3: 1 of 3, about 2 s left"])

    def test_long_items_come_one_a_line(self) -> None:
        self.run_phase("stories", 3, seconds=12)
        self.assertEqual(len(self.said.getvalue().splitlines()), 3)

    def test_without_a_phase_nothing_is_said(self) -> None:
        self.clock.now += 100
        progress.tick()
        self.assertEqual(self.said.getvalue(), "")


if __name__ == "__main__":
    unittest.main()

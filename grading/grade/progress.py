"""A bar with the time left, where somebody looks at it."""

from __future__ import annotations

import math
import os
import sys
import time

WIDTH = 30


class Progress:
    """`expected`: how many seconds one takes, as far as is known at first. `jobs` are done at once."""

    def __init__(self, total: int, done_before: int, jobs: int, expected: float) -> None:
        self.total = total
        self.done_before = done_before
        self.jobs = jobs
        self.expected = expected
        self.done = 0
        self.seconds = 0.0  # that those that are done took, each
        self.shown_at = 0.0
        self.wanted = sys.stderr.isatty()
        self.colour = os.environ.get("NO_COLOR", "") == "" and os.environ.get("TERM") != "dumb"

    def advance(self, seconds: float) -> None:
        self.done += 1
        self.seconds += seconds
        self.shown_at = 0.0
        self.show()

    def show(self) -> None:
        if not self.wanted or time.monotonic() - self.shown_at < 0.5 or self.total == 0:
            return
        self.shown_at = time.monotonic()
        filled = WIDTH * self.done // self.total
        bar = "█" * filled + "░" * (WIDTH - filled)
        if self.colour:
            bar = f"\033[32m{bar}\033[0m"
        before = f", {self.done_before} were graded before" if self.done_before else ""
        sys.stderr.write(f"\r\033[K{bar} {self.done} of {self.total}{before}{self.time_left()}")
        sys.stderr.flush()

    def time_left(self) -> str:
        """What was expected weighs as much as the first few, some of which may be over at once."""
        each = (self.expected * self.jobs + self.seconds) / (self.jobs + self.done)
        seconds = math.ceil(each * (self.total - self.done) / self.jobs)
        minutes, rest = divmod(max(1, seconds), 60)
        return f", about {minutes} min {rest:02d} s left" if minutes else f", about {rest} s left"

    def end(self) -> None:
        if self.wanted and self.total:
            sys.stderr.write("\r\033[K")
            sys.stderr.flush()

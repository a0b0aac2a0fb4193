"""A bar with the time left, where somebody looks at it."""

from __future__ import annotations

import os
import sys
import time

WIDTH = 30


class Progress:
    def __init__(self, total: int, done_before: int) -> None:
        self.total = total
        self.done_before = done_before
        self.done = 0
        self.began = time.monotonic()
        self.shown_at = 0.0
        self.wanted = sys.stderr.isatty()
        self.colour = os.environ.get("NO_COLOR", "") == "" and os.environ.get("TERM") != "dumb"

    def advance(self) -> None:
        self.done += 1
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
        if self.done == 0:
            return ""
        seconds = (time.monotonic() - self.began) / self.done * (self.total - self.done)
        minutes, rest = divmod(round(seconds), 60)
        return f", {minutes} min {rest:02d} s left" if minutes else f", {rest} s left"

    def end(self) -> None:
        if self.wanted and self.total:
            sys.stderr.write("\r\033[K")
            sys.stderr.flush()

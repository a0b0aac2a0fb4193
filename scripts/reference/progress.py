"""How far a long phase is: a bar on a terminal, elsewhere a line every ten seconds."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

SECONDS = 10.0


class _Lines:
    """Where there is no terminal."""

    last = time.monotonic()  # of all phases, so that short ones add up

    def __init__(self, label: str, total: int) -> None:
        self.label = label
        self.total = total
        self.done = 0
        self.told = 0
        self.begun = time.monotonic()

    def update(self) -> None:
        self.done += 1
        now = time.monotonic()
        if now - _Lines.last < SECONDS:
            return
        pace = (now - max(self.begun, _Lines.last)) / (self.done - self.told)
        left = f"about {pace * (self.total - self.done):.0f} s left"
        print(f"{self.label}: {self.done} of {self.total}, {left}", file=sys.stderr, flush=True)
        self.told, _Lines.last = self.done, now

    def close(self) -> None:
        pass


_phases: list[_Lines] = []


@contextmanager
def phase(label: str, total: int) -> Iterator[None]:
    """Within, `tick` is called `total` times."""
    if sys.stderr.isatty():
        from tqdm import tqdm

        bar = tqdm(total=total, desc=label, file=sys.stderr)
    else:
        bar = _Lines(label, total)
    _phases.append(bar)
    try:
        yield
    finally:
        _phases.pop().close()


def tick() -> None:
    """One item more of the phase that is under way, if one is, is done."""
    if _phases:
        _phases[-1].update()

"""How far a long phase is: a bar on a terminal, elsewhere a line every ten seconds."""

from __future__ import annotations

import sys
import time
from types import TracebackType

SECONDS = 10.0
_last_line = time.monotonic()  # of all phases, so that short ones add up


class Progress:
    """One phase, as a context. `update` after each of its `total` items."""

    def __init__(self, label: str, total: int) -> None:
        self.label = label
        self.total = total
        self.done = 0
        self.begun = time.monotonic()
        self.bar = None
        if sys.stderr.isatty():
            from tqdm import tqdm

            self.bar = tqdm(total=total, desc=label, file=sys.stderr)

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.bar is not None:
            self.bar.close()

    def update(self) -> None:
        self.done += 1
        if self.bar is not None:
            self.bar.update()
            return
        global _last_line
        now = time.monotonic()
        if now - _last_line >= SECONDS:
            _last_line = now
            left = (now - self.begun) / self.done * (self.total - self.done)
            print(
                f"{self.label}: {self.done} of {self.total}, about {left:.0f} s left",
                file=sys.stderr,
                flush=True,
            )

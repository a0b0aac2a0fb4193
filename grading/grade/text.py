"""Text that came from a submission, made safe to show."""

from __future__ import annotations

import unicodedata


def printable(text: str | bytes, limit: int = 200, *, lines: int = 1) -> str:
    """At most `limit` characters in at most `lines` lines; what a terminal, a page or a reader could take for
    something else (control characters, directions of writing, bytes that are no UTF-8) is escaped."""
    if isinstance(text, bytes):
        text = text.decode("utf-8", "backslashreplace")
    kept = text.split("\n")
    cut = len(kept) > lines and "".join(kept[lines:]).strip() != ""
    shown = "\n".join(escape(line) for line in kept[:lines]) if lines > 1 else escape(text)
    if len(shown) > limit:
        return shown[: limit - 1] + "…"
    return shown + "\n…" if cut and lines > 1 else shown


def escape(line: str) -> str:
    return "".join(char if is_plain(char) else escaped(char) for char in line)


def is_plain(char: str) -> bool:
    return " " <= char <= "~" or (char > "\x9f" and unicodedata.category(char)[0] in "LMNPS")


def escaped(char: str) -> str:
    code = ord(char)
    if 0xDC80 <= code <= 0xDCFF:  # a byte of a file name that is no UTF-8
        return f"\\x{code - 0xDC00:02x}"
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"

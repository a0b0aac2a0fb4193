"""A page for each student. One file, no script, nothing fetched; all that came from a submission is
escaped."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from html import escape
from pathlib import Path
from typing import Any

from .roster import Row
from .scratch import writing
from .steps import TITLES
from .text import printable

CSS = Path(__file__).with_name("report.css")
# Even if something slipped through, a browser loads and runs nothing.
CONTENT = "default-src 'none'; style-src 'unsafe-inline'"
STATES = {
    "not_compiled": "It did not compile; the compiler says:",
    "not_linked": "It could not be linked; the linker says:",
    "not_handed_in": "No .cpp file of this step was handed in.",
}


def text(value: object) -> str:
    """For HTML, whatever it holds."""
    return escape(printable(str(value), 6000, lines=60), quote=True)


def number(value: float) -> str:
    """With as many decimals as a point has units, so that nothing is rounded up to what it isn't."""
    return f"{value:.4f}".rstrip("0").rstrip(".")


def page(title: str, body: Iterable[str]) -> str:
    return "\n".join(
        [
            '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f'<meta http-equiv="Content-Security-Policy" content="{CONTENT}">',
            f"<title>{text(title)}</title>\n<style>\n{CSS.read_text()}</style>\n</head>\n<body>\n<main>",
            *body,
            "</main>\n</body>\n</html>\n",
        ]
    )


def write_page(path: Path, html: str) -> None:
    with writing(path) as file:
        file.write(html)


def student_page(row: Row, assignment: str) -> str:
    return page(f"{assignment}: {row.shown_name}", student_body(row, assignment))


def student_body(row: Row, assignment: str) -> Iterable[str]:
    yield f'<h1>{text(row.shown_name)}</h1>\n<p class="soft">{text(assignment)}</p>'
    result = row.result
    if result is None or result["status"] != "graded":
        yield '<div class="card"><p class="score wait">Not graded yet</p>'
        yield f"<p>{text(row.reason or 'Nothing was handed in.')}</p>"
        if row.entry is not None:
            yield '<p class="soft">This is no zero: your instructor looks at it.</p>'
        yield "</div>"
        return
    kind = "" if result["official"] else " (practice: this is no official grade)"
    yield f'<div class="card"><span class="score">{number(result["score"])}</span> '
    yield f"of {number(result['max_score'])} points{kind}</div>"
    if result["submission"]["left_out_count"]:
        names = ", ".join(result["submission"]["left_out"][:5])
        left_out = f"{result['submission']['left_out_count']} files, like {names}"
        yield f'<p class="soft">Not looked at: {text(left_out)}</p>'
    for step in result["steps"]:
        yield from step_section(step, [case for case in result["cases"] if case["step"] == step["step"]])


def step_section(step: dict[str, Any], cases: list[dict[str, Any]]) -> Iterable[str]:
    full = step["passed"] == step["cases"]
    colour = "good" if full else "wait" if step["passed"] else "bad"
    yield f'<h2>{TITLES[step["step"]]} · <span class="{colour}">{number(step["score"])}</span> '
    yield f"of {number(step['max_score'])} points</h2>"
    if step["state"] != "graded":
        yield f"<p>{STATES[step['state']]}</p>"
        if step["message"]:
            yield f"<pre>{text(step['message'])}</pre>"
        return
    yield f'<p class="soft">{step["passed"]} of {step["cases"]} cases passed{on_what(step)}.</p>'
    shown = [case for case in cases if case["visibility"] != "hidden"]
    failed = [case for case in shown if case["verdict"] != "passed"]
    for case in failed:
        if case["verdict"] != "not_written":
            yield failed_case(case)
    yield from not_written([case for case in failed if case["verdict"] == "not_written"])
    hidden = sum(case["verdict"] != "passed" for case in cases) - len(failed)
    if hidden:
        yield f'<p class="soft">{hidden} more failed; what they are about is not shown.</p>'
    passed = [case["name"] for case in shown if case["verdict"] == "passed"]
    if passed:
        yield f'<details><summary><span class="good">✓</span> {len(passed)} passed</summary>'
        yield f"<p>{text(', '.join(passed))}</p></details>"


def not_written(cases: list[dict[str, Any]]) -> Iterable[str]:
    """One box for all of them; one line for each function, as in the terminal."""
    if not cases:
        return
    points = number(sum(case["max_points"] for case in cases))
    head = (
        f'<span class="wait">○</span> <b>{len(cases)} cases wait for functions that are not written yet</b>'
    )
    yield f'<div class="card"><p>{head} <span class="soft">0 of {points} points</span></p>'
    told = Counter(case["message"] for case in cases if case["visibility"] == "full" and case["message"])
    if told:
        lines = (f"{message} ({count} case{'s' if count > 1 else ''})" for message, count in told.items())
        yield f"<pre>{text(chr(10).join(lines))}</pre>"
    yield f'<p class="soft">{text(", ".join(case["name"] for case in cases))}</p></div>'


def on_what(step: dict[str, Any]) -> str:
    """Whose earlier steps the cases ran on, where that made a difference."""
    if step["mix"] != "isolated":
        return ""
    own = step["passed_by_mix"].get("own")
    told = f" ({own} on your own)" if own is not None else ""
    return f" on the reference's earlier steps{told}"


def worth(case: dict[str, Any]) -> str:
    """Of a case that failed."""
    if case["max_points"]:
        return f"0 of {number(case['max_points'])} points"
    return "counts nothing"


def failed_case(case: dict[str, Any]) -> str:
    head = f'<span class="bad">✗</span> <b>{text(case["name"])}</b> '
    head += f'<span class="soft">{worth(case)}</span>'
    shown = case["visibility"] == "full" and case["message"]
    return (
        f'<div class="card"><p>{head}</p>'
        + (f"<pre>{text(case['message'])}</pre>" if shown else "")
        + "</div>"
    )

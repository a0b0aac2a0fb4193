"""The page about a class: what went well, what didn't, and which mistakes are common."""

from __future__ import annotations

import json
import statistics
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from .policy import Policy
from .report import number, page, text
from .roster import Row
from .steps import STEPS, TITLES

BINS = 10


def class_page(all_rows: Sequence[Row], links: dict[str, str], policy: Policy, data: Path, title: str) -> str:
    results = [row.result for row in all_rows if row.result and row.result["status"] == "graded"]
    body = [
        f"<h1>{text(title)}</h1>",
        *figures(all_rows, results, policy),
        *distribution(results, policy),
        *misconceptions(results, data, policy.language),
        *steps(results),
        *cases(results),
        *students(all_rows, links, policy),
        *board(all_rows, policy),
        *basis(results),
    ]
    return page(title, body)


def figures(all_rows: Sequence[Row], results: Sequence[dict[str, Any]], policy: Policy) -> Iterable[str]:
    scores = [result["score"] for result in results]
    others = Counter(row.status for row in all_rows if row.status != "graded")
    told = [(str(len(results)), "graded")]
    told += [(str(count), status) for status, count in sorted(others.items())]
    if scores:
        told.append((number(statistics.median(scores)), f"median score of {number(policy.max_score)}"))
        seconds = [result["times"]["wall_s"] for result in results]
        told.append((f"{statistics.median(seconds):.1f} s", f"median time; longest {max(seconds):.1f} s"))
    yield '<div class="figures">'
    yield from (
        f'<div class="card"><b>{text(value)}</b><span class="soft">{text(name)}</span></div>'
        for value, name in told
    )
    yield "</div>"


def distribution(results: Sequence[dict[str, Any]], policy: Policy) -> Iterable[str]:
    if not results or not policy.max_score:
        return
    counts = [0] * BINS
    for result in results:
        counts[min(BINS - 1, int(BINS * result["score"] / policy.max_score))] += 1
    highest = max(counts)
    yield '<h2>Scores</h2>\n<div class="card columns">'
    for index, count in enumerate(counts):
        label = f"{index * 100 // BINS}–{(index + 1) * 100 // BINS}%"
        yield f'<div>{count or ""}<i style="height:{100 * count // highest}%"></i>{label}</div>'
    yield "</div>"


def misconceptions(results: Sequence[dict[str, Any]], data: Path, language: str) -> Iterable[str]:
    students: Counter[str] = Counter()
    for result in results:
        students.update({each for case in result["cases"] for each in case["misconceptions"]})
    yield "<h2>Most common misconceptions</h2>"
    if not students:
        yield '<p class="soft">No known mistake was recognized.</p>'
        return
    known = sentences(data, language)
    yield table("#Students", "", "What they take for true")
    for name, count in students.most_common(20):
        sentence, where = known.get(name, (name, ""))
        yield f'<tr><td class="number">{count}</td><td>{bar(count / len(results))}</td>'
        yield f'<td>{text(sentence)} <span class="soft">{text(where)} · {text(name)}</span></td></tr>'
    yield "</table></div>"


def sentences(data: Path, language: str) -> dict[str, tuple[str, str]]:
    """Of each known mistake, what it is and where the handout explains it."""
    known = {}
    for step in STEPS:
        path = data / f"{step}_misconceptions.safetensors"
        if not path.exists():
            continue
        with path.open("rb") as file:
            header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
        for entry in json.loads(header["__metadata__"]["misconceptions"]):
            if "sentence" in entry:
                sentence = entry["sentence"].get(language, entry["sentence"]["en"])
                known[entry["id"]] = (sentence, f"{step}, section {entry.get('section', '?')}")
    return known


def steps(results: Sequence[dict[str, Any]]) -> Iterable[str]:
    yield "<h2>Steps</h2>"
    yield table("Step", "#All cases passed", "", "#Mean score", "#Did not compile", "#Not handed in")
    for name in STEPS:
        entries = [step for result in results for step in result["steps"] if step["step"] == name]
        if not entries:
            continue
        full = sum(step["passed"] == step["cases"] for step in entries)
        states = Counter(step["state"] for step in entries)
        mean = statistics.mean(step["score"] for step in entries)
        yield f'<tr><td>{TITLES[name]}</td><td class="number">{full} of {len(entries)}</td>'
        yield f"<td>{bar(full / len(entries))}</td>"
        yield f'<td class="number">{number(mean)} of {number(entries[0]["max_score"])}</td>'
        yield f'<td class="number">{states["not_compiled"] + states["not_linked"] or "–"}</td>'
        yield f'<td class="number">{states["not_handed_in"] or "–"}</td></tr>'
    yield "</table></div>"


def cases(results: Sequence[dict[str, Any]]) -> Iterable[str]:
    """Pass rates among those who wrote something that runs, the hardest case of a step first."""
    ran: Counter[tuple[str, str]] = Counter()
    passed: Counter[tuple[str, str]] = Counter()
    for result in results:
        for case in result["cases"]:
            key = (case["step"], case["name"])
            ran[key] += case["verdict"] not in ("not_run", "not_written")
            passed[key] += case["verdict"] == "passed"
    yield "<h2>Cases</h2>"
    for step in STEPS:
        keys = sorted(
            (key for key in ran if key[0] == step), key=lambda key: (passed[key] / max(1, ran[key]), key)
        )
        if not keys:
            continue
        yield f'<details class="card"><summary>{TITLES[step]}</summary><div class="scroll"><table>'
        for key in keys:
            rate = passed[key] / ran[key] if ran[key] else 0.0
            yield f'<tr><td class="name">{text(key[1])}</td><td>{bar(rate)}</td>'
            yield f'<td class="number">{passed[key]} of {ran[key]}</td></tr>'
        yield "</table></div></details>"


def students(all_rows: Sequence[Row], links: dict[str, str], policy: Policy) -> Iterable[str]:
    yield "<h2>Students</h2>" + table("Name", "#Score", "", "Steps", "#Processor")
    for row in all_rows:
        result, link = row.result, links.get(row.student.submission)
        name = f'<a href="{text(link)}">{text(row.shown_name)}</a>' if link else text(row.shown_name)
        if row.score is None or result is None:
            told = f"{row.status}: {row.reason}" if row.reason else row.status
            yield f'<tr><td class="name">{name}</td>'
            yield f'<td colspan="4" class="wait">{text(told)}</td></tr>'
            continue
        marks = " · ".join(f"{step['passed']}/{step['cases']}" for step in result["steps"])
        if killed := sum(case["killed"] for case in result["cases"]):
            marks += f' <span class="bad">{killed} killed from outside: grade again</span>'
        yield f'<tr><td class="name">{name}</td><td class="number">{number(row.score)}</td>'
        yield f"<td>{bar(row.score / policy.max_score if policy.max_score else 0)}</td>"
        yield f'<td>{marks}</td><td class="number">{result["times"]["cpu_s"]:.1f} s</td></tr>'
    yield "</table></div>"


def board(all_rows: Sequence[Row], policy: Policy) -> Iterable[str]:
    if not policy.speed_board:
        return
    timed = [
        (row.result["speed"]["cpu_s"], row.shown_name)
        for row in all_rows
        if row.result and row.result["speed"]
    ]
    yield "<h2>Speed</h2>" + table("Name", "#Processor time of step 2")
    for seconds, name in sorted(timed)[:20]:
        yield f'<tr><td class="name">{text(name)}</td><td class="number">{seconds:.2f} s</td></tr>'
    yield "</table></div>"


def basis(results: Sequence[dict[str, Any]]) -> Iterable[str]:
    tiers = Counter(result["sandbox"]["tier"] for result in results)
    kits = {result["provenance"]["kit"][:12] for result in results}
    data = {result["provenance"]["data"][:12] for result in results}
    if results:
        told = ", ".join(f"{count} in tier {tier}" for tier, count in tiers.items())
        basis_of_all = f"kit {', '.join(sorted(kits))}; data {', '.join(sorted(data))}"
        yield f'<p class="soft">Graded {text(told)}; {text(basis_of_all)}.</p>'


def table(*headings: str) -> str:
    """The beginning of one; a heading that begins with # stands over numbers."""
    cells = (
        f'<th class="number">{heading[1:]}</th>' if heading.startswith("#") else f"<th>{heading}</th>"
        for heading in headings
    )
    return f'<div class="card scroll"><table><tr>{"".join(cells)}</tr>'


def bar(share: float) -> str:
    return f'<span class="bar"><i style="width:{100 * share:.0f}%"></i></span>'

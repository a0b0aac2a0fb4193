"""Who handed in what, and the grades as tables that spreadsheets, Moodle and Canvas read."""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .classroom import Entry, matches
from .scratch import writing
from .steps import STEPS
from .text import printable

COLUMNS = ("submission", "name", "id", "email", "login", "section")


class RosterError(Exception):
    """The message is one line."""


@dataclass(frozen=True)
class Student:
    submission: str  # the folder's or the archive's name, without .zip or .tar.gz
    name: str = ""
    id: str = ""
    email: str = ""
    login: str = ""
    section: str = ""


@dataclass
class Row:
    student: Student
    entry: Entry | None  # none if nothing was handed in

    @property
    def shown_name(self) -> str:
        return printable(self.student.name or self.student.submission, 80)

    @property
    def result(self) -> dict[str, Any] | None:
        return self.entry.result if self.entry else None

    @property
    def status(self) -> str:
        if self.entry is None:
            return "not handed in"
        return str(self.result["status"]) if self.result else "ungraded"

    @property
    def reason(self) -> str:
        if self.entry is None:
            return ""
        return (self.result["reason"] or "") if self.result else f"the grader failed: {self.entry.failure}"

    @property
    def score(self) -> float | None:
        return self.result["score"] if self.result else None


def read(path: Path | None) -> dict[str, Student]:
    if path is None:
        return {}
    students: dict[str, Student] = {}
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.DictReader(file)
            if "submission" not in (reader.fieldnames or []):
                raise RosterError(
                    f"{path}: expected a column named submission; known are {', '.join(COLUMNS)}"
                )
            for line in reader:
                student = Student(**{name: (line.get(name) or "").strip() for name in COLUMNS})
                where = f"{path}:{reader.line_num}"
                if not student.submission:
                    raise RosterError(f"{where}: expected the submission's name, found an empty cell")
                if student.submission in students:
                    raise RosterError(f"{where}: {printable(student.submission)} stands there twice")
                students[student.submission] = student
    except UnicodeDecodeError as error:
        raise RosterError(f"{path}: expected UTF-8; save it as CSV UTF-8") from error
    except (OSError, csv.Error) as error:
        raise RosterError(f"{path}: {error}") from error
    return students


def rows(entries: Sequence[Entry], students: dict[str, Student]) -> list[Row]:
    """The roster's students and whoever handed in without standing in it, by name."""
    named = matches([entry.name for entry in entries], students)
    found = [Row(students.get(named.get(entry.name, ""), Student(entry.name)), entry) for entry in entries]
    handed_in = set(named.values())
    found += [Row(student, None) for name, student in students.items() if name not in handed_in]
    return sorted(found, key=lambda row: (row.shown_name.casefold(), row.student.submission))


def cell(value: object) -> object:
    """A spreadsheet takes what begins like this for a formula."""
    if not isinstance(value, str):
        return "" if value is None else value
    return ";".join(map(part_of_cell, printable(value, 300).split(";")))  # which separates in some countries


def part_of_cell(text: str) -> str:
    first = unicodedata.normalize("NFKC", text).lstrip()[:1]  # also where an East Asian keyboard made it wide
    return "'" + text if first and first in "=+-@|%" else text


def write(path: Path, lines: Iterable[Sequence[object]]) -> None:
    with writing(path, newline="") as file:
        writer = csv.writer(file)
        writer.writerows([cell(value) for value in line] for line in lines)


def write_tables(out: Path, all_rows: Sequence[Row], max_score: float, assignment: str) -> None:
    write(out / "grades.csv", grades(all_rows, max_score))
    write(out / "moodle.csv", moodle(all_rows, assignment))
    write(out / "canvas.csv", canvas(all_rows, max_score, assignment))


def grades(all_rows: Sequence[Row], max_score: float) -> Iterable[Sequence[object]]:
    yield [*COLUMNS, "status", "score", "max_score", *STEPS, "reason", "result"]
    for row in all_rows:
        student, result = row.student, row.result
        scores = {step["step"]: step["score"] for step in result["steps"]} if result else {}
        yield [
            *(getattr(student, name) for name in COLUMNS),
            row.status,
            row.score,
            max_score,
            *(scores.get(step) for step in STEPS),
            row.reason,
            row.entry.path.name if row.entry and row.entry.path and result else "",
        ]


def moodle(all_rows: Sequence[Row], assignment: str) -> Iterable[Sequence[object]]:
    """For Grades → Import → CSV file; students are matched by email address or by ID number. Nobody who is
    ungraded gets a grade, so none is overwritten."""
    yield ["ID number", "Email address", "Full name", assignment]
    for row in all_rows:
        if row.score is not None:
            yield [row.student.id, row.student.email, row.shown_name, row.score]


def canvas(all_rows: Sequence[Row], max_score: float, assignment: str) -> Iterable[Sequence[object]]:
    """For Grades → Import; an empty cell leaves a grade as it is."""
    yield ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", assignment]
    yield ["    Points Possible", "", "", "", "", max_score]
    for row in all_rows:
        if row.score is not None:
            student = row.student
            yield [row.shown_name, student.id, "", student.login, student.section, row.score]

"""The reference data that a grade rests on."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .steps import ROOT, STEPS

PUBLIC = ROOT / "reference_data"


class DataError(Exception):
    """The folder holds no reference data, or not those that its manifest tells of. The message is one
    line."""


@dataclass(frozen=True)
class ReferenceData:
    folder: Path
    digest: str
    is_public: bool  # one of its golden files is one that every student has
    public_cases: frozenset[str]  # of private data: whose answer everybody has, such as cases by hand


def golden_files() -> list[str]:
    return [f"{step}.safetensors" for step in STEPS]


def read_manifest(folder: Path) -> dict[str, Any]:
    try:
        manifest: dict[str, Any] = json.loads((folder / "manifest.json").read_text())
        manifest["files"].items()
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise DataError(f"{folder}: expected reference data with a manifest.json: {error}") from error
    return manifest


def hashes(folder: Path) -> dict[str, str]:
    """SHA-256 of each file that the manifest names, computed anew; a golden value that was edited is
    noticed."""
    told = read_manifest(folder)["files"]
    try:
        found = {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in sorted(told)}
    except OSError as error:
        raise DataError(f"{folder}: expected the files that manifest.json tells of: {error}") from error
    for name, digest in found.items():
        if told[name] != digest:
            raise DataError(
                f"{folder / name} is not the file that manifest.json tells of; make the data anew"
            )
    lacking = [name for name in golden_files() if name not in found]
    if lacking:
        raise DataError(f"{folder / 'manifest.json'} names no {lacking[0]}; make the data anew")
    return found


def check_format(folder: Path) -> None:
    """Data of another kit may hold what this one's tests don't read, or read otherwise."""
    expected, found = (read_manifest(each).get("format") for each in (PUBLIC, folder))
    if found != expected:
        raise DataError(
            f"{folder}: expected reference data of format {expected}, as this kit's own are, found "
            f"{'none' if found is None else repr(found)}; make them anew with ./lab grade seed --out DIR"
        )


def read(folder: Path) -> ReferenceData:
    folder = folder.resolve()
    check_format(folder)
    found = hashes(folder)
    public = {hashlib.sha256((PUBLIC / name).read_bytes()).hexdigest() for name in golden_files()}
    is_public = any(found[name] in public for name in golden_files())
    return ReferenceData(
        folder=folder,
        digest=hashlib.sha256(json.dumps(found, sort_keys=True).encode()).hexdigest(),
        is_public=is_public,
        public_cases=frozenset() if is_public else same_cases(folder, PUBLIC),
    )


def same_cases(folder: Path, other: Path) -> frozenset[str]:
    """Cases whose outcome is the same in both, whatever their inputs: one's answers are the other's. And
    those that end as they began, whose answer a function that does nothing has."""
    same = set()
    for name in golden_files():
        ours, theirs = outcomes(folder / name), outcomes(other / name)
        inputs = outcomes(folder / name, "before")
        same |= {
            case
            for case, content in ours.items()
            if theirs.get(case) == content or is_unchanged(content, inputs[case])
        }
    return frozenset(same)


Outcome = tuple[str, dict[str, bytes]]  # facts, and tensors' bytes by name


def is_unchanged(after: Outcome, before: Outcome) -> bool:
    facts, tensors = after
    return facts == "null" and all(before[1].get(name) == content for name, content in tensors.items())


def functions_of_cases(path: Path) -> dict[str, str]:
    """The contract function that each case of a file of golden cases is about."""
    with path.open("rb") as file:
        header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
    return {case["name"]: case["function"] for case in json.loads(header["__metadata__"]["cases"])}


def outcomes(path: Path, stage: str = "after") -> dict[str, Outcome]:
    """By case, what is expected, its tensors being named CASE/after/…; or `before`: what it begins with."""
    content = path.read_bytes()
    end = 8 + int.from_bytes(content[:8], "little")
    try:
        header = json.loads(content[8:end])
        told = json.loads(header.pop("__metadata__")["cases"])
        cases: dict[str, Outcome] = {}
        for case in told:
            cases[case["name"]] = (json.dumps(case.get("expect")), {})
        for name, tensor in header.items():
            begin, stop = tensor["data_offsets"]
            case_name, *rest = name.split("/")
            if case_name in cases and rest[:1] == [stage]:
                cases[case_name][1]["/".join(rest[1:])] = content[end + begin : end + stop]
    except (ValueError, KeyError, TypeError) as error:
        raise DataError(f"{path} is no file of golden cases: {error}") from error
    return cases

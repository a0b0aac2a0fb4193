"""A folder of reference data: read, compared with its manifest, written where it changed."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reference import manifest, stored
from reference.compare import Difference
from reference.merge import Change, Kind
from reference.stored import StepData


@dataclass(frozen=True)
class Origin:
    """What the data depend on besides the scripts."""

    seed: int
    bound_factor: float
    versions: Mapping[str, str]


def file_changes(folder: Path, recorded: Mapping[str, str], steps: Collection[str] | None) -> list[Change]:
    """The files against the hashes that stand in the manifest; only those of some `steps`, or all."""
    if steps is None:
        here = [folder / name for name in recorded if "/" not in name]
        present = manifest.hashes(folder, (path for path in here if path.is_file())) | manifest.folder_hashes(
            folder
        )
    else:
        names = [name for step in steps for name in step_files(step)]
        recorded = {name: recorded[name] for name in names if name in recorded}
        present = manifest.hashes(folder, (folder / name for name in recorded if (folder / name).is_file()))
    changes = []
    for name in sorted(recorded.keys() | present.keys()):
        if recorded.get(name) != present.get(name):
            what = "gone" if name not in present else "new" if name not in recorded else "changed"
            against = Difference(
                f"{manifest.NAME} {'lacks it' if what == 'new' else 'has another hash of it'}"
            )
            changes.append(Change(Kind.FILE, name, what, [] if what == "gone" else [against]))
    return changes


def step_files(step: str) -> tuple[str, str]:
    return manifest.case_file(step), manifest.misconceptions_file(step)


def composed(
    folder: Path,
    old: Mapping[str, Any] | None,
    steps: Sequence[str],
    made: Mapping[str, StepData],
    contents: Mapping[str, bytes],
    origin: Origin,
) -> dict[str, Any]:
    """The manifest of all `steps`, of which those in `made` are given and the others stay as in `old`.

    Versions stay as they are recorded unless a tool's that is pinned is another one.
    """
    others = old if old is not None and made.keys() < set(steps) else None
    files = dict(others["files"]) if others else manifest.folder_hashes(folder)
    files |= {name: manifest.sha256(content) for name, content in contents.items()}
    versions = dict(origin.versions)
    if old is not None and not manifest.pinned_tools_differ(old["versions"], versions):
        versions = old["versions"]
    cases = {step: _cases(made[step]) for step in made}
    mistakes = {step: _separations(made[step]) for step in made}
    if others:
        cases, mistakes = others["cases"] | cases, others["misconceptions"] | mistakes
    return {
        "format": manifest.FORMAT,
        "versions": versions,
        "seed": origin.seed,
        "bound_factor": origin.bound_factor,
        "files": {name: files[name] for name in sorted(files, key=lambda name: name.split("/"))},
        "cases": {step: cases[step] for step in steps},
        "misconceptions": {step: mistakes[step] for step in steps},
    }


def _cases(data: StepData) -> dict[str, Any]:
    return {name: {"noise": data.noise[name], "bounds": part.bounds} for name, part in data.cases.items()}


def _separations(data: StepData) -> dict[str, Any]:
    return {each.id: each.separation.entry() for each in data.mistakes.values() if each.separation}


def write(
    folder: Path,
    old: Mapping[str, Any] | None,
    steps: Sequence[str],
    made: Mapping[str, StepData],
    origin: Origin,
) -> list[str]:
    """Writes the files whose content changes, and removes those of steps that are gone. Gives their names."""
    contents: dict[str, bytes] = {}
    for step, data in made.items():
        contents |= stored.files(step, data)
    of_manifest = composed(folder, old, steps, made, contents, origin)
    written = []
    for name, content in {**contents, manifest.NAME: manifest.encode(of_manifest)}.items():
        path = folder / name
        if not path.is_file() or path.read_bytes() != content:
            path.write_bytes(content)
            written.append(name)
    for step in old["cases"] if old else ():
        if step not in steps:
            for name in step_files(step):
                (folder / name).unlink(missing_ok=True)
                written.append(name)
    return written

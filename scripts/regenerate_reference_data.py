"""Make the golden data in reference_data from Hugging Face transformers, or check the data that are there.

regenerate_reference_data.py                    makes everything anew and writes what changed
regenerate_reference_data.py --only step1       makes this step anew; all else stays as it is
regenerate_reference_data.py --check            writes nothing, says what would change
regenerate_reference_data.py --seed 7 --out DIR other inputs for the same cases, for hidden tests

What stands there already and is the same but for rounding stays as it is, byte for byte.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import reference  # noqa: F401 - before torch, whose kernels it pins
import steps
import torch
import transformers
from reference import folder, manifest, merge, misconceptions, progress, recipe, stored
from reference.account import account
from reference.case import Case
from reference.compare import Difference, differences
from reference.folder import Origin
from reference.merge import Change, Kind
from reference.misconceptions import NotSeparatedError
from reference.numerics import BOUND_FACTOR
from reference.redraw import ATTEMPTS
from reference.stored import StepData
from reference.variation import KIT_SEED
from safetensors import SafetensorError

DATA = steps.ROOT / "reference_data"


def make(name: str, seed: int, old: StepData) -> StepData:
    """A step's cases, and what known mistakes yield for them. What `old` has already is taken from there.

    An unlucky draw may hide a mistake. The kit's own seed must not have such; for another one, the cases of
    that function are drawn again.
    """
    step = recipe.definition(name, seed, DATA)
    known = misconceptions.read(steps.ROOT / "misconceptions" / name, steps.functions_of(name))
    with progress.phase(f"{name}, cases", sum(each.ticks for each in step.recipes)):
        cases = [settled(recipe.build(each, seed), old) for each in step.recipes]
    for attempt in range(1, ATTEMPTS + 1):
        try:
            with progress.phase(f"{name}, known mistakes", misconceptions.n_predictions(known, cases)):
                settled_on = old.diagnosing_cases()
                entries = misconceptions.entries(known, cases, step.models, step.predictors, settled_on)
            break
        except NotSeparatedError as error:
            if seed == KIT_SEED or attempt == ATTEMPTS:
                raise
            cases = [
                settled(recipe.build(each, seed, attempt), old) if case.function in error.functions else case
                for each, case in zip(step.recipes, cases, strict=True)
            ]
    mistakes = [entry.mistake() for entry in entries]
    return StepData(
        {case.name: case.part() for case in cases},
        {case.name: case.noise for case in cases},
        {model: weights.part() for model, weights in step.models.items()},
        {mistake.name: mistake for mistake in mistakes},
    )


def settled(case: Case, old: StepData) -> Case:
    """The case as it stands in `old`, if that is the same but for rounding."""
    part = old.cases.get(case.name)
    if part is None or differences(part, case.part()):
        return case
    return case.kept(part, old.noise[case.name])


def remade(
    old: Mapping[str, Any] | None, seed: int, only: Sequence[str], data: Path
) -> tuple[dict[str, StepData], dict[str, list[Change]]]:
    """The steps of `only`, merged with what stands in `data`, whose manifest is `old`; and what changes."""
    made, changes = {}, {}
    for name in only:
        there = stored.read(data, name, old) if old else StepData()
        made[name], changes[name] = merge.merged(there, make(name, seed, there))
    return made, changes


def other_factor(old: Mapping[str, Any]) -> str:
    return f"the bound factor was {old['bound_factor']}, is {BOUND_FACTOR}; --anew makes all data with it"


def compared(old: Mapping[str, Any], data: Path, only: Sequence[str]) -> list[Change]:
    """What else differs from the manifest `old`: files, and steps that are gone."""
    whole = len(only) == len(steps.STEPS)
    found = folder.file_changes(data, old["files"], None if whole else only)
    if whole:
        gone = [step for step in old["cases"] if step not in only]
        found += [Change(Kind.FILE, f"all data of {step}", "gone") for step in gone]
    if old["bound_factor"] != BOUND_FACTOR:
        found.append(Change(Kind.FILE, manifest.NAME, "changed", [Difference(other_factor(old))]))
    return found


def say(changes: Mapping[str, Sequence[Change]]) -> bool:
    """Prints the account. True if anything changed."""
    lines = account(changes)
    print("\n".join(lines) if lines else "No change.")
    return bool(lines)


def check(only: Sequence[str]) -> int:
    """Says what differs between the data in the repository and what is made today."""
    old = manifest.read(DATA)
    made_with, installed = old["versions"], manifest.installed()
    for tool in manifest.pinned_tools_differ(made_with, installed):
        print(f"note: {tool} is {installed[tool]}; the data were made with {made_with.get(tool)}")
    files = compared(old, DATA, only)
    _, changes = remade(old, old["seed"], only, DATA)
    if say({DATA.name: files} | changes):
        print("The reference data are not what transformers gives.")
        return 1
    print("The reference data are what transformers gives.")
    return 0


def regenerate(out: Path, seed: int, only: Sequence[str], anew: bool) -> None:
    """Writes the files of the steps in `only`, and the manifest, into `out`, where they change."""
    there = (out / manifest.NAME).is_file() and not anew
    old = manifest.read(out) if there else None
    origin = Origin(seed, BOUND_FACTOR, manifest.installed())
    check_origin(out, old, origin, only)
    files = compared(old, out, only) if old else []
    made, changes = remade(old, seed, only, out)
    written = folder.write(out, old, steps.STEPS, made, origin)
    if old:
        say({DATA.name: files} | changes)
    print(f"Wrote {', '.join(written)} in {out}." if written else "Wrote nothing.")


def check_origin(out: Path, old: Mapping[str, Any] | None, origin: Origin, only: Sequence[str]) -> None:
    """Raises ValueError where what is made now can't stand beside what `out` holds."""
    if old is not None and old["seed"] != origin.seed:
        raise ValueError(f"{out} holds the data of another seed; give these a folder of their own")
    if old is not None and old["bound_factor"] != origin.bound_factor:
        raise ValueError(other_factor(old))
    if len(only) < len(steps.STEPS):
        if old is None:
            raise ValueError(f"--only needs the other steps' data, and {out} has none")
        if tools := manifest.pinned_tools_differ(old["versions"], origin.versions):
            raise ValueError(f"--only: the other steps' data were made with another {', '.join(tools)}")


def copy_folders(out: Path) -> None:
    """What doesn't depend on the seed but belongs to the data that tests need."""
    for name in manifest.FOLDERS:
        if (DATA / name).is_dir():
            shutil.copytree(DATA / name, out / name, dirs_exist_ok=True)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--check", action="store_true", help="compare, write nothing, exit 1 on a difference")
    parser.add_argument(
        "--only",
        action="append",
        choices=steps.STEPS,
        metavar="STEP",
        help=f"this step, which may be given several times: {', '.join(steps.STEPS)}",
    )
    parser.add_argument("--anew", action="store_true", help="keep nothing of what is there")
    parser.add_argument(
        "--seed", type=int, help=f"draw other inputs (needs --out; the kit's own: {KIT_SEED})"
    )
    parser.add_argument("--out", type=Path, help="folder to write everything that tests need into")
    options = parser.parse_args()
    if options.check and (options.seed is not None or options.out or options.anew):
        parser.error("--check compares the repository's data; it goes with none of --seed, --out and --anew")
    if options.seed is not None and not options.out:
        parser.error("--seed makes other data than the repository's: say with --out where it goes")
    if options.only and options.anew:
        parser.error("--anew makes all steps; it doesn't go with --only")

    torch.set_num_threads(1)  # the same order of every sum, and the same bytes
    transformers.utils.logging.disable_progress_bar()
    only = [step for step in steps.STEPS if not options.only or step in options.only]
    try:
        if options.check:
            return check(only)
        out = options.out or DATA
        if out.resolve() != DATA:
            out.mkdir(parents=True, exist_ok=True)
            copy_folders(out)
        regenerate(out, KIT_SEED if options.seed is None else options.seed, only, options.anew)
    except (OSError, ValueError, RuntimeError, SafetensorError) as error:
        print(f"{Path(sys.argv[0]).name}: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

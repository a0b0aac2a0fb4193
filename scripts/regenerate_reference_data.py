"""Make the golden data in reference_data from Hugging Face transformers, or check the data that is there.

regenerate_reference_data.py                    writes reference_data anew
regenerate_reference_data.py --check            regenerates in a temporary folder and says what differs
regenerate_reference_data.py --seed 7 --out DIR other inputs for the same cases, for hidden tests
"""

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

import torch
import transformers
from reference import case as golden
from reference import manifest, misconceptions, recipe, step0, step1, step2, step3
from reference.case import Case
from reference.compare import differences
from reference.misconceptions import Entry, NotSeparatedError
from reference.recipe import Step
from reference.redraw import ATTEMPTS
from safetensors import SafetensorError
from tqdm import tqdm

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / "reference_data"
SEED = 2026
STEPS = {"step0": step0, "step1": step1, "step2": step2, "step3": step3}


def regenerate(out: Path, seed: int) -> None:
    """Writes the steps' files and the manifest into `out`, which already has models/ and tokenizers/."""
    steps, mistakes = {}, {}
    for name, module in STEPS.items():
        step = module.step(seed, DATA)
        steps[name], mistakes[name] = build(name, step, seed)
        golden.write(out / manifest.case_file(name), steps[name], step.models)
        misconceptions.write(out / manifest.misconceptions_file(name), mistakes[name])
    manifest.write(out, manifest.compose(out, seed, steps, mistakes))


def build(name: str, step: Step, seed: int) -> tuple[list[Case], list[Entry]]:
    """The cases of a step, and what known mistakes yield for them.

    An unlucky draw may hide a mistake. The kit's own seed must not have such; for another one, the cases of
    that function are drawn again.
    """
    known = misconceptions.read(ROOT / "misconceptions" / name)
    recipes = tqdm(step.recipes, desc=name, unit="case", file=sys.stderr)
    cases = [recipe.build(each, seed) for each in recipes]
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return cases, misconceptions.entries(known, cases, step.models, step.predictors)
        except NotSeparatedError as error:
            if seed == SEED or attempt == ATTEMPTS:
                raise
            cases = [
                recipe.build(each, seed, attempt) if case.function in error.functions else case
                for each, case in zip(step.recipes, cases, strict=True)
            ]
    raise AssertionError("unreachable")


def copy_folders(out: Path) -> None:
    """What doesn't depend on the seed but belongs to the data that tests need."""
    for folder in manifest.FOLDERS:
        if (DATA / folder).is_dir():
            shutil.copytree(DATA / folder, out / folder, dirs_exist_ok=True)


def check() -> int:
    """Prints what differs between the data in the repository and what is made today."""
    committed = manifest.read(DATA)
    with tempfile.TemporaryDirectory() as folder:
        fresh = Path(folder)
        copy_folders(fresh)
        regenerate(fresh, committed["seed"])
        found, notes = differences(DATA, fresh)
    for line in notes:
        print(f"note: {line}")
    for line in found:
        print(line)
    if found:
        print(f"{len(found)} difference{'s' if len(found) > 1 else ''} from what transformers gives")
    else:
        print("The reference data is what transformers gives.")
    return 1 if found else 0


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--check", action="store_true", help="compare, write nothing, exit 1 on a difference")
    parser.add_argument("--seed", type=int, help=f"draw other inputs (needs --out; the kit's own: {SEED})")
    parser.add_argument("--out", type=Path, help="folder to write everything that tests need into")
    options = parser.parse_args()
    if options.check and (options.seed is not None or options.out):
        parser.error("--check compares the repository's data; it goes with neither --seed nor --out")
    if options.seed is not None and not options.out:
        parser.error("--seed makes other data than the repository's: say with --out where it goes")

    torch.set_num_threads(1)  # the same order of every sum, and the same bytes
    transformers.utils.logging.disable_progress_bar()
    try:
        if options.check:
            return check()
        out = options.out or DATA
        if out.resolve() != DATA:
            out.mkdir(parents=True, exist_ok=True)
            copy_folders(out)
        regenerate(out, SEED if options.seed is None else options.seed)
    except (OSError, ValueError, RuntimeError, SafetensorError) as error:
        print(f"{Path(sys.argv[0]).name}: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

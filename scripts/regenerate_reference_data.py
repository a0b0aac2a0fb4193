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
from reference import manifest, recipe, step0, step1, step2, step3
from reference.compare import differences
from safetensors import SafetensorError
from tqdm import tqdm

DATA = Path(__file__).resolve().parent.parent / "reference_data"
SEED = 2026
STEPS = {"step0": step0, "step1": step1, "step2": step2, "step3": step3}


def regenerate(out: Path, seed: int) -> None:
    """Writes the steps' files and the manifest into `out`, which already has models/ and tokenizers/."""
    steps = {}
    for name, module in STEPS.items():
        step = module.step(seed, DATA)
        recipes = tqdm(step.recipes, desc=name, unit="case", file=sys.stderr)
        steps[name] = [recipe.build(each, seed) for each in recipes]
        golden.write(out / f"{name}.safetensors", steps[name], step.models)
    manifest.write(out, manifest.compose(out, seed, steps))


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
    print(f"{len(found)} differences" if found else "The reference data is what transformers gives.")
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

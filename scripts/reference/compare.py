"""What differs between two folders of reference data, told so that a person sees what changed."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor

from reference import manifest

# Inputs and weights are drawn anew: another machine may round their last digit differently.
INPUT_TOLERANCE = 1e-6
# Noise depends on the machine's vector width, and so do facts such as margins.
SAME_BOUND = 2.0
SAME_FACT = 1e-3


def differences(committed: Path, fresh: Path) -> tuple[list[str], list[str]]:
    """Differences, and notes about what may explain them but is none."""
    old, new = manifest.read(committed), manifest.read(fresh)
    notes = [
        f"{tool} is {new['versions'].get(tool)}; the data was made with {made_with}"
        for tool, made_with in old["versions"].items()
        if new["versions"].get(tool) != made_with
    ]
    found = _hashes(committed, old)
    if old["bound_factor"] != new["bound_factor"]:
        found.append(f"the bound factor was {old['bound_factor']}, is {new['bound_factor']}")
    for step in dict.fromkeys([*old["cases"], *new["cases"]]):
        for name, compare in (
            (manifest.case_file(step), _step),
            (manifest.misconceptions_file(step), _misconceptions),
        ):
            if not (committed / name).is_file() or not (fresh / name).is_file():
                found.append(f"{name}: {'is new' if (fresh / name).is_file() else 'is gone'}")
                continue
            try:
                found += [f"{Path(name).stem}: {line}" for line in compare(committed / name, fresh / name)]
            except (SafetensorError, KeyError) as error:
                found.append(f"{name}: can't be read: {error}")
    return found, notes


def _hashes(committed: Path, old: Mapping[str, Any]) -> list[str]:
    """The committed files against their own manifest."""
    recorded = old["files"]
    present = manifest.hashes(committed, [n for n in recorded if "/" not in n and (committed / n).is_file()])
    lines = []
    for name in sorted(recorded.keys() | present.keys()):
        if name not in present:
            lines.append(f"{name}: stands in {manifest.NAME} but is missing")
        elif name not in recorded:
            lines.append(f"{name}: does not stand in {manifest.NAME}")
        elif recorded[name] != present[name]:
            lines.append(f"{name}: is not the file whose hash stands in {manifest.NAME}")
    return lines


def _step(committed: Path, fresh: Path) -> list[str]:
    old_tensors, old_metadata = _read(committed)
    new_tensors, new_metadata = _read(fresh)
    old = {case["name"]: case for case in json.loads(old_metadata["cases"])}
    new = {case["name"]: case for case in json.loads(new_metadata["cases"])}
    lines = [f"{name}: this case is gone" for name in old if name not in new]
    lines += [f"{name}: this case is new" for name in new if name not in old]
    both = [name for name in old if name in new]
    for name in both:
        lines += [f"{name}: {line}" for line in _description(old[name], new[name])]
    if json.loads(old_metadata["models"]) != json.loads(new_metadata["models"]):
        lines.append("the models' configurations have changed")
    bounds = {
        f"{name}/after/{parameter}": value
        for name in both
        for parameter, value in old[name].get("bounds", {}).items()
    }
    of_both = {f"{name}/" for name in both}
    for key in sorted(old_tensors.keys() | new_tensors.keys()):
        if key.startswith("model.") or key[: key.index("/") + 1] in of_both:
            lines += _tensor(key, old_tensors.get(key), new_tensors.get(key), bounds)
    return lines


def _misconceptions(committed: Path, fresh: Path) -> list[str]:
    old_tensors, old_metadata = _read(committed)
    new_tensors, new_metadata = _read(fresh)
    old = {entry["id"]: entry for entry in json.loads(old_metadata["misconceptions"])}
    new = {entry["id"]: entry for entry in json.loads(new_metadata["misconceptions"])}
    lines = [f"{id}: is gone" for id in old if id not in new] + [
        f"{id}: is new" for id in new if id not in old
    ]
    bounds = {}
    for id in old.keys() & new.keys():
        before, after = dict(old[id]), dict(new[id])
        cases, new_cases = before.pop("cases"), after.pop("cases")
        if before != after:
            lines.append(f"{id}: was {json.dumps(before)}, is {json.dumps(after)}")
        for case in sorted(cases.keys() | new_cases.keys()):
            if case not in cases or case not in new_cases:
                lines.append(f"{id}: {case} shows it {'no more' if case in cases else 'now'}")
                continue
            lines += [f"{id}: {case}: {line}" for line in _description(cases[case], new_cases[case])]
            for storage, bound in cases[case].get("bounds", {}).items():
                bounds[f"{id}/{case}/{storage}"] = bound
    for key in sorted(bounds.keys() & new_tensors.keys()):
        lines += _tensor(key, old_tensors.get(key), new_tensors.get(key), bounds)
    return sorted(lines)


def _read(path: Path) -> tuple[dict[str, Tensor], dict[str, str]]:
    with safe_open(path, framework="pt") as file:
        metadata: dict[str, str] = file.metadata()
        return {key: file.get_tensor(key) for key in file.keys()}, metadata  # noqa: SIM118


def _tensor(key: str, old: Tensor | None, new: Tensor | None, bounds: Mapping[str, float]) -> list[str]:
    if old is None or new is None:
        return [f"{key}: this tensor is {'gone' if new is None else 'new'}"]
    if old.shape != new.shape:
        return [f"{key}: shape was {tuple(old.shape)}, is {tuple(new.shape)}"]
    tolerance = bounds.get(key)
    if tolerance is None:
        tolerance = INPUT_TOLERANCE * max(1.0, float(old.nan_to_num().abs().max()) if old.numel() else 0.0)
    close = torch.isclose(old, new, rtol=0, atol=tolerance, equal_nan=True)
    if close.all():
        return []
    where = tuple(torch.nonzero(~close)[0].tolist())
    return [
        f"{key}: {int((~close).sum())} of {old.numel()} elements differ by more than {tolerance:.3g}; "
        f"the first at {where}: was {float(old[where]):.9g}, is {float(new[where]):.9g}"
    ]


def _description(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    lines = []
    for part in dict.fromkeys([*old, *new]):
        before, after = old.get(part), new.get(part)
        if part == "bounds" and before is not None and after is not None:
            same = before.keys() == after.keys() and all(
                before[name] <= SAME_BOUND * after[name] and after[name] <= SAME_BOUND * before[name]
                for name in before
            )
        elif part == "expect":
            same = _same_fact(before, after)
        else:
            same = before == after
        if not same:
            lines.append(f"{part} was {json.dumps(before)}, is {json.dumps(after)}")
    return lines


def _same_fact(old: object, new: object) -> bool:
    """Tokens and transcripts are the same exactly; fractions, such as margins, nearly."""
    if isinstance(old, float) and isinstance(new, float):
        return math.isclose(old, new, rel_tol=SAME_FACT, abs_tol=SAME_FACT**2)
    if isinstance(old, dict) and isinstance(new, dict):
        return old.keys() == new.keys() and all(_same_fact(old[key], new[key]) for key in old)
    if isinstance(old, list) and isinstance(new, list):
        return len(old) == len(new) and all(map(_same_fact, old, new))
    return old == new

"""A folder of reference data: what is written, what the manifest says, and which formats are refused."""

from __future__ import annotations

import json
import tempfile
import unittest
from pathlib import Path
from typing import Any

import steps
from reference import folder, manifest, stored
from reference.folder import Origin
from reference.stored import Separation, StepData
from reference.tensor_file import decode, encode
from sample_data import BY_HAND, WIDE, case, mistake, pair, step, wrong

DATA = steps.ROOT / "reference_data"
VERSIONS = {"python": "3.11.7", **dict.fromkeys(manifest.TOOLS, "1.0")}
ORIGIN = Origin(2026, 8.0, VERSIONS)
TWO = ("step0", "step1")


def sample(out: float = 1.0) -> StepData:
    mistakes = [mistake("rms_norm_a", {BY_HAND: wrong(5, 6)}), mistake("rms_norm_b", {BY_HAND: wrong(6, 6)})]
    return step(
        [case(out=(out, 2.0)), case(WIDE)], [*mistakes, pair("rms_norm_a", "rms_norm_b", 0, wrong(7, 7))]
    )


class InAFolder(unittest.TestCase):
    def setUp(self) -> None:
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = Path(temporary.name)
        (self.folder / "models").mkdir()
        (self.folder / "models" / "config.json").write_text("{}")
        folder.write(self.folder, None, TWO, {name: sample() for name in TWO}, ORIGIN)

    def read(self) -> dict[str, Any]:
        return manifest.read(self.folder)

    def content(self) -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in self.folder.iterdir() if path.is_file()}


class Written(InAFolder):
    def test_is_read_back_as_it_was(self) -> None:
        self.assertEqual(stored.read(self.folder, "step0", self.read()), sample())
        self.assertEqual(stored.read(self.folder, "step2", self.read()), StepData())

    def test_the_same_again_writes_nothing_whatever_python_makes_it(self) -> None:
        before = self.content()
        later = Origin(2026, 8.0, {**VERSIONS, "python": "3.13.2"})
        self.assertEqual(folder.write(self.folder, self.read(), TWO, {n: sample() for n in TWO}, later), [])
        self.assertEqual(self.content(), before)

    def test_another_version_of_a_tool_is_recorded(self) -> None:
        later = Origin(2026, 8.0, {**VERSIONS, "python": "3.13.2", "torch": "2.0"})
        written = folder.write(self.folder, self.read(), TWO, {n: sample() for n in TWO}, later)
        self.assertEqual(written, [manifest.NAME])
        self.assertEqual(self.read()["versions"], later.versions)

    def test_one_step_alone_leaves_the_other_and_its_hashes(self) -> None:
        old = self.read()
        (self.folder / "step1.safetensors").write_bytes(b"edited")
        (self.folder / "models" / "config.json").write_text("[]")
        written = folder.write(self.folder, old, TWO, {"step0": sample(out=1.5)}, ORIGIN)
        self.assertEqual(written, ["step0.safetensors", manifest.NAME])
        new = self.read()
        changed = {name for name in new["files"] if new["files"][name] != old["files"][name]}
        self.assertEqual(changed, {"step0.safetensors"})
        self.assertEqual(list(new["cases"]), list(TWO))
        self.assertEqual(new["cases"]["step1"], old["cases"]["step1"])
        self.assertEqual(new["misconceptions"], old["misconceptions"])

    def test_the_data_of_a_step_that_is_gone_go_too(self) -> None:
        folder.write(self.folder, self.read(), ["step0"], {"step0": sample()}, ORIGIN)
        self.assertEqual(
            set(self.content()), {"step0.safetensors", "step0_misconceptions.safetensors", manifest.NAME}
        )
        self.assertEqual(list(self.read()["cases"]), ["step0"])

    def test_files_that_arent_what_the_manifest_says(self) -> None:
        recorded = self.read()["files"]
        self.assertEqual(folder.file_changes(self.folder, recorded, None), [])
        (self.folder / "step1.safetensors").write_bytes(b"edited")
        (self.folder / "step0.safetensors").unlink()
        (self.folder / "models" / "new.json").write_text("{}")
        found = [(each.name, each.what) for each in folder.file_changes(self.folder, recorded, None)]
        self.assertEqual(
            found,
            [("models/new.json", "new"), ("step0.safetensors", "gone"), ("step1.safetensors", "changed")],
        )
        found = [(each.name, each.what) for each in folder.file_changes(self.folder, recorded, ["step1"])]
        self.assertEqual(found, [("step1.safetensors", "changed")])

    def test_what_the_manifest_says(self) -> None:
        found = self.read()
        self.assertEqual(next(iter(found)), "format")
        self.assertEqual(
            (found["format"], found["seed"], found["bound_factor"]), (manifest.FORMAT, 2026, 8.0)
        )
        self.assertEqual(found["cases"]["step0"][BY_HAND], {"noise": {"out": 1e-4}, "bounds": {"out": 1e-3}})
        self.assertEqual(found["misconceptions"]["step0"]["rms_norm_a"], {"case": BY_HAND, "bounds": 100.0})
        self.assertEqual(list(found["misconceptions"]["step0"]), ["rms_norm_a", "rms_norm_b"])  # no pairs
        self.assertIn("models/config.json", found["files"])

    def test_where_nothing_may_be_is_null(self) -> None:
        entry = Separation(BY_HAND, float("inf")).entry()
        self.assertEqual(entry, {"case": BY_HAND, "bounds": None})
        self.assertEqual(Separation.of(entry), Separation(BY_HAND, float("inf")))


class Formats(InAFolder):
    def test_a_manifest_of_another_format_or_none_is_refused_in_a_line(self) -> None:
        entry = self.read()
        for given, told in ((None, "none"), (1, "1"), (3, "3")):
            entry["format"] = given
            if given is None:
                del entry["format"]
            (self.folder / manifest.NAME).write_text(json.dumps(entry))
            with self.assertRaises(ValueError) as caught:
                manifest.read(self.folder)
            message = str(caught.exception)
            self.assertIn(
                f"has format {told}; this kit reads format {manifest.FORMAT}; make the data anew", message
            )
            self.assertNotIn("\n", message)

    def test_a_file_of_another_format_or_none_is_refused(self) -> None:
        for name in folder.step_files("step0"):
            content = (self.folder / name).read_bytes()
            tensors, metadata = decode(content)
            for other in ({"format": "1"}, {}):
                rest = {key: value for key, value in metadata.items() if key != "format"}
                (self.folder / name).write_bytes(encode(tensors, rest | other))
                with self.assertRaisesRegex(
                    ValueError, f"{name} has format {other.get('format', 'none')}; this kit"
                ):
                    stored.read(self.folder, "step0", self.read())
            (self.folder / name).write_bytes(content)

    def test_no_safetensors_file(self) -> None:
        (self.folder / "step0.safetensors").write_bytes(b"no such thing")
        with self.assertRaisesRegex(ValueError, "step0.safetensors: no safetensors file"):
            stored.read(self.folder, "step0", self.read())


class Committed(unittest.TestCase):
    """The data in the repository, which were made with the safetensors library."""

    def test_are_read_and_written_without_a_change(self) -> None:
        recorded = manifest.read(DATA)
        made = {name: stored.read(DATA, name, recorded) for name in steps.STEPS}
        contents: dict[str, bytes] = {}
        for name, data in made.items():
            contents |= stored.files(name, data)
        for name, content in contents.items():
            self.assertEqual(content, (DATA / name).read_bytes(), name)
        origin = Origin(recorded["seed"], recorded["bound_factor"], recorded["versions"])
        again = folder.composed(DATA, recorded, steps.STEPS, made, contents, origin)
        self.assertEqual(manifest.encode(again), (DATA / manifest.NAME).read_bytes())

    def test_hold_cases_of_the_steps_functions_only(self) -> None:
        recorded = manifest.read(DATA)
        for name in steps.STEPS:
            cases = stored.read(DATA, name, recorded).cases.values()
            self.assertEqual({part.description["function"] for part in cases}, set(steps.functions_of(name)))


if __name__ == "__main__":
    unittest.main()

"""Which reference data are public, and what of private data every student has, too."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
import unittest
import unittest.mock
from pathlib import Path

import fixtures
from grade import data
from grade.data import DataError

PUBLIC = fixtures.ROOT / "reference_data"


class Data(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        for name in data.golden_files():
            shutil.copyfile(PUBLIC / name, self.folder / name)
        self.write_manifest()

    def write_manifest(self) -> None:
        names = data.golden_files()
        files = {name: hashlib.sha256((self.folder / name).read_bytes()).hexdigest() for name in names}
        own = json.loads((PUBLIC / "manifest.json").read_text())
        told = {key: own[key] for key in ("format",) if key in own}
        (self.folder / "manifest.json").write_text(json.dumps({**told, "files": files}))

    def change_an_answer(self, name: str) -> str:
        """The case that it belongs to."""
        content = bytearray((self.folder / name).read_bytes())
        start = 8 + int.from_bytes(content[:8], "little")
        header = json.loads(content[8:start])
        tensor = next(each for each in sorted(header, reverse=True) if "/after/" in each)
        content[start + header[tensor]["data_offsets"][0]] ^= 1
        (self.folder / name).write_bytes(content)
        return str(tensor).split("/")[0]

    def test_a_copy_is_public(self) -> None:
        self.assertTrue(data.read(self.folder).is_public)
        self.change_an_answer("step0.safetensors")
        self.write_manifest()
        self.assertTrue(data.read(self.folder).is_public)  # the other steps still are

    def test_cases_that_are_the_same_are_known(self) -> None:
        changed = {self.change_an_answer(name) for name in data.golden_files()}
        self.write_manifest()
        read = data.read(self.folder)
        self.assertFalse(read.is_public)
        self.assertIn("RmsNorm.ByHand", read.public_cases)
        self.assertTrue(changed.isdisjoint(read.public_cases))

    def test_so_are_cases_that_end_as_they_began(self) -> None:
        public, private = data.outcomes(PUBLIC / "step0.safetensors"), self.folder / "step0.safetensors"
        content = private.read_bytes()
        for name in ("Rope.PositionZero", "Rope.FarOut"):
            old = public[name][1]["x"]
            content = content.replace(old, bytes(byte ^ 1 for byte in old))
        private.write_bytes(content)  # also what PositionZero begins with, which is the same
        self.write_manifest()
        same = data.same_cases(self.folder, PUBLIC)
        self.assertIn("Rope.PositionZero", same)
        self.assertNotIn("Rope.FarOut", same)

    def test_data_of_another_format_are_refused(self) -> None:
        path = self.folder / "manifest.json"
        manifest = json.loads(path.read_text())
        public = self.folder / "public"
        public.mkdir()
        (public / "manifest.json").write_text(json.dumps(manifest | {"format": 7}))
        for told, found in (({"format": 6}, "6"), ({"format": "7"}, "'7'"), ({"format": None}, "none")):
            path.write_text(json.dumps(manifest | told))
            with (
                self.subTest(told),
                unittest.mock.patch.object(data, "PUBLIC", public),
                self.assertRaises(DataError) as raised,
            ):
                data.read(self.folder)
            self.assertRegex(
                str(raised.exception),
                rf"expected .* format 7.* found {found}; .* ./lab grade seed --out DIR$",
            )

    def test_a_file_that_the_manifest_does_not_tell_of(self) -> None:
        self.change_an_answer("step1.safetensors")
        with self.assertRaises(DataError):
            data.read(self.folder)
        (self.folder / "manifest.json").unlink()
        with self.assertRaises(DataError):
            data.read(self.folder)


if __name__ == "__main__":
    unittest.main()

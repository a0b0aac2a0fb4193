"""What a kit's digest is of, and what of the kit a submission's compiler sees."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import unittest
import unittest.mock
from pathlib import Path

import fixtures
from grade import kit
from grade.steps import FOLDERS


class Copy(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)


class Digest(Copy):
    def setUp(self) -> None:
        super().setUp()
        for name in (*kit.SOURCES, "labs"):
            source = fixtures.ROOT / name
            if source.is_dir():
                shutil.copytree(source, self.folder / name, ignore=shutil.ignore_patterns("corpus"))
            else:
                shutil.copyfile(source, self.folder / name)
        patch = unittest.mock.patch.object(kit, "ROOT", self.folder)
        patch.start()
        self.addCleanup(patch.stop)

    def is_changed_by(self, path: str) -> bool:
        before = kit.digest_of(kit.source_files(), "")
        with (self.folder / path).open("a") as file:
            file.write("\n")
        return kit.digest_of(kit.source_files(), "") != before

    def test_is_of_all_that_decides_a_grade(self) -> None:
        for path in (
            *(f"labs/{folder}/step.json" for folder in FOLDERS.values()),
            *map(str, kit.contracts()),
            "testing/golden/case.h",
            "testing/diagnosis/mismatch.cpp",
            "testing/stubs/step0_operators/operators.cpp",
            "testing/CMakeLists.txt",
            "cmake/lab_steps.cmake",
            "kit/checkpoint/json.h",
            "grading/calls/step0/stand_in.cpp",
            "grading/sandbox/seccomp.cpp",
            "solutions/step0_operators/operators.cpp",
            "tests/step0_operators_test.cpp",
        ):
            with self.subTest(path):
                self.assertTrue(self.is_changed_by(path))

    def test_is_not_of_what_does_not(self) -> None:
        for path in (
            "labs/step0_operators/README.md",
            "labs/step0_operators/operators.cpp",
            "grading/grade/report.py",
            "tests/kit/tensor_test.cpp",
        ):
            with self.subTest(path):
                self.assertFalse(self.is_changed_by(path))


class Linking(Copy):
    def test_files_of_one_name_stay_apart(self) -> None:
        tree, cache = self.folder / "build", self.folder / "cache"
        for name in ("a.dir/worker.cpp.o", "b.dir/worker.cpp.o", "solutions_step0_worker.dir/link.txt"):
            path = tree / "CMakeFiles" / name
            path.parent.mkdir(parents=True)
            path.write_text(name)
        objects = "CMakeFiles/a.dir/worker.cpp.o CMakeFiles/b.dir/worker.cpp.o"
        path.write_text(f"c++ -g {objects} -o worker libsolutions_step0.a\n")
        words = kit.link_recipe(tree, cache, "step0")
        self.assertEqual(words[3:6], ["-o", "{out}", "{step0}"])
        self.assertEqual(
            [Path(word).read_text() for word in words[1:3]], ["a.dir/worker.cpp.o", "b.dir/worker.cpp.o"]
        )
        self.assertTrue(all(Path(word).is_relative_to(cache / "lib") for word in words[1:3]))


class Headers(Copy):
    def test_the_compiler_sees_the_kit_and_the_contracts(self) -> None:
        kit.copy_headers(self.folder)
        seen = {path.relative_to(self.folder) for path in self.folder.rglob("*") if path.is_file()}
        headers = {path.relative_to(fixtures.ROOT) for path in (fixtures.ROOT / "kit").rglob("*.h")}
        self.assertEqual(seen, headers | set(kit.contracts()))

    def test_and_nothing_of_the_test_framework(self) -> None:
        kit.copy_headers(self.folder)
        for header, found in (
            ("labs/step0_operators/operators.h", True),
            ("testing/golden/case.h", False),
            ("testing/steps.h", False),
            ("labs/step0_operators/step.json", False),
            ("testing/stubs/step0_operators/operators.cpp", False),
        ):
            command = ["c++", "-std=c++20", "-E", f"-I{self.folder}", "-x", "c++", "-", "-o", "/dev/null"]
            done = subprocess.run(
                command, input=f'#include "{header}"\n', capture_output=True, text=True, cwd=self.folder
            )
            self.assertEqual(done.returncode == 0, found, done.stderr)


if __name__ == "__main__":
    unittest.main()

"""What the compiler's failures are taken for, and who may look at what it leaves."""

from __future__ import annotations

import os
import stat
import tempfile
import unittest
import unittest.mock
from collections.abc import Sequence
from pathlib import Path

import fixtures  # noqa: F401
from grade import compile as compiling
from grade import policy, trusted
from grade.compile import Workshop
from grade.kit import Kit
from grade.sandbox import Ended, KilledError, Limits, Sandbox, SandboxError, group

KIT = Kit(Path("/kit"), "", "c++ 12", ("c++",), {}, has_sandbox=True)


class Compiler(Sandbox):
    """Ends as it is told."""

    ended: Ended

    def run(self, command: Sequence[str], **_: object) -> Ended:
        return self.ended


class Writing(Sandbox):
    """Leaves an object file of 300 KiB, and what it was started with."""

    def run(self, command: Sequence[str], *, limits: Limits, **_: object) -> Ended:
        Path(command[command.index("-o") + 1]).write_bytes(bytes(300 << 10))
        object.__setattr__(self, "limits", limits)
        return Ended("exit", 0, 1, b"", b"")


class Failures(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.sandbox = Compiler(None, "none")
        self.shop = Workshop(Path(folder.name), KIT, self.sandbox, policy.read(None))

    def compile(self, errors: bytes, cpu_s: float = 1, kernel_kills: int = 0) -> str:
        ended = Ended("exit", 1, cpu_s, b"", errors, kernel_kills)
        with unittest.mock.patch.object(Compiler, "ended", ended, create=True):
            folder = self.shop.folder
            return compiling.run_tool(self.shop, ["c++"], read=[], out=folder, folder=folder, cpu_limit_s=40)[
                1
            ]

    def test_an_error_is_the_students(self) -> None:
        self.assertEqual(self.compile(b"a.cpp:1: error: x"), "a.cpp:1: error: x")

    def test_so_is_a_file_that_takes_too_long(self) -> None:
        self.assertIn(
            "Killed", self.compile(b"c++: fatal error: Killed signal terminated program cc1plus", 39.5)
        )

    def test_what_the_compiler_is_made_to_say_is_no_excuse(self) -> None:
        said = b"a.cpp:1: error: #error Killed signal terminated program cc1plus"
        self.assertIn("#error", self.compile(said))

    def test_a_machine_without_memory_or_room_is_not(self) -> None:
        with self.assertRaisesRegex(KilledError, "want of memory"):
            self.compile(b"c++: fatal error: Killed signal terminated program cc1plus", kernel_kills=1)
        full = unittest.mock.Mock(free=1 << 20)
        with (
            unittest.mock.patch("shutil.disk_usage", lambda _: full),
            self.assertRaisesRegex(SandboxError, "are free"),
        ):
            self.compile(b"No space left on device")


class Whole(unittest.TestCase):
    """What a submission may use in all, however many files and steps it has."""

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        rules = policy.read(None)
        rules.limits.update(submission_s=100, objects_mb=1)
        self.shop = Workshop(Path(folder.name), KIT, Writing(None, "none"), rules)
        self.files = dict.fromkeys((f"labs/step0_operators/x{i}.cpp" for i in range(12)), b"")

    def test_object_files_are_counted_together(self) -> None:
        compiling.compile_steps(self.shop, dict(list(self.files.items())[:3]))
        self.assertEqual(self.shop.errors, {})
        compiling.compile_steps(self.shop, self.files)
        self.assertRegex(self.shop.errors["step0"], r"x\d+.cpp: .* larger than 1 MiB together \(objects_mb\)")
        self.assertFalse((self.shop.folder / "objects" / "step0").exists())

    def test_time_is_counted_from_the_first_file_to_the_last_case(self) -> None:
        self.shop.began -= 99.5
        compiling.compile_steps(self.shop, self.files)
        told = r"the whole submission \(100 seconds, submission_s\) was used up before "
        self.assertRegex(self.shop.errors["step0"], told + "labs/step0_operators/x0.cpp")
        verdicts, _ = trusted.run_step(self.shop, "step0", Path("worker"), Path("data"), ["A.B", "A.C"])
        self.assertEqual([verdict.passed for verdict in verdicts.values()], [False, False])
        self.assertRegex(verdicts["A.C"].message, told + "this case")

    def test_no_single_run_may_take_more_than_what_is_left(self) -> None:
        self.shop.began -= 90
        compiling.compile_steps(self.shop, self.files)
        self.assertLessEqual(self.shop.sandbox.limits.wall_s, 10)  # type: ignore[attr-defined]


class Neighbours(unittest.TestCase):
    @unittest.skipIf(os.geteuid() != 0, "only root can give a folder away")
    def test_no_other_submission_can_enter_the_folder(self) -> None:
        with tempfile.TemporaryDirectory() as name:
            shop = Workshop(Path(name), KIT, Sandbox(Path("lab_sandbox"), "uid"), policy.read(None))
            compiling.write_tree(shop, {})
            status = shop.folder.stat()
            self.assertEqual(stat.S_IMODE(status.st_mode) & 0o007, 0)
            self.assertEqual(status.st_gid, group())
            words = shop.sandbox.prefix(shop.policy.working())
            self.assertEqual(words[words.index("--group") + 1], str(group()))


if __name__ == "__main__":
    unittest.main()

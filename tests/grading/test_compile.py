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
from grade import policy
from grade.compile import Workshop
from grade.kit import Kit
from grade.sandbox import Ended, KilledError, Sandbox, SandboxError, group

KIT = Kit(Path("/kit"), "", "c++ 12", ("c++",), {}, has_sandbox=True)


class Compiler(Sandbox):
    """Ends as it is told."""

    ended: Ended

    def run(self, command: Sequence[str], **_: object) -> Ended:
        return self.ended


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

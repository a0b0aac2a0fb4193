"""What is taken out of a submission, and what makes it one that is not graded."""

from __future__ import annotations

import io
import os
import stat
import tarfile
import tempfile
import unicodedata
import unittest
import unittest.mock
import zipfile
from collections.abc import Callable
from pathlib import Path

from fixtures import OPERATORS
from grade import intake, unpack
from grade.intake import Submission
from grade.sandbox import Sandbox

UNCONFINED = Sandbox(None, "none")  # what is looked at here is our own code, not the sandbox


class Intake(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def take(self, source: Path) -> Submission:
        submission = intake.identify(source)
        intake.take(submission, UNCONFINED)
        return submission

    def take_here(self, archive: Path) -> Submission:
        """Without a process of its own, so that what is patched holds."""
        selection = unpack.unpack(archive, intake.own_sources())
        return Submission("", "", selection.settle(), left_out=selection.left_out)

    def write(self, path: str, content: bytes = b"int x;") -> Path:
        target = self.folder / "sub" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
        return self.folder / "sub"

    def zip(self, fill: Callable[[zipfile.ZipFile], None]) -> Path:
        path = self.folder / "sub.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            fill(archive)
        return path

    def tar(self, fill: Callable[[tarfile.TarFile], None]) -> Path:
        path = self.folder / "sub.tar.gz"
        with tarfile.open(path, "w:gz", compresslevel=1) as archive:
            fill(archive)
        return path


class RawName(zipfile.ZipInfo):
    """An entry whose name is written in an encoding that the archive doesn't tell."""

    def __init__(self, name: str, encoding: str, index: int) -> None:
        super().__init__(str(index))
        self.bytes = name.encode(encoding)

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:  # noqa: N802 as zipfile calls it
        return self.bytes, 0


def add(archive: tarfile.TarFile, name: str, content: bytes = b"", **changes: object) -> None:
    info = tarfile.TarInfo(name)
    info.size = len(content)
    for key, value in changes.items():
        setattr(info, key, value)
    archive.addfile(info, io.BytesIO(content))


class WhatIsTaken(Intake):
    def test_sources_of_a_folder_and_nothing_else(self) -> None:
        taken = {
            OPERATORS,
            "labs/step0_operators/mine.h",
            "labs/step0_operators/my parts.hpp",
            "labs/step0_operators/deep/x.inl",
            "labs/step0_operators/工具.hh",
            "labs/step1_self_attention/a-b.c_1.cpp",
        }
        for path in taken:
            source = self.write(path)
        for path in (
            "CMakeLists.txt",
            "kit/tensor.cpp",
            "labs/step0_operators/deep/er/x.h",
            "labs/step0_operators/kit/tensor.h",
            "labs/step0_operators/x.s",
            "labs/step0_operators/-x.cpp",
            "labs/step0_operators/.x.cpp",
            "labs/step0_operators/@x.cpp",
            "labs/step0_operators/ x.cpp",
            "labs/step0_operators/x .cpp ",
            "labs/step0_operators/x\n.cpp",
            "labs/step4_more/x.cpp",
        ):
            self.write(path)
        submission = self.take(source)
        self.assertIsNone(submission.problem)
        self.assertEqual(set(submission.files), taken)
        self.assertEqual(submission.left_out_count, 12)
        self.assertIn("labs/step0_operators/x\\x0a.cpp", submission.left_out)

    def test_zip_tar_and_folder_hold_the_same(self) -> None:
        from_zip = self.take(self.zip(lambda archive: archive.writestr(OPERATORS, "int x;")))
        from_tar = self.take(self.tar(lambda archive: add(archive, OPERATORS, b"int x;")))
        self.assertEqual(from_zip.files, {OPERATORS: b"int x;"})
        self.assertEqual(from_tar.files, from_zip.files)
        self.assertEqual(self.take(self.write(OPERATORS)).files, from_zip.files)

    def test_two_folders_around_labs_are_tolerated(self) -> None:
        self.assertEqual(list(self.take(self.write("alice_12/alice-main/" + OPERATORS)).files), [OPERATORS])
        fill = lambda archive: add(archive, "./" + OPERATORS, b"int x;")  # noqa: E731
        self.assertEqual(list(self.take(self.tar(fill)).files), [OPERATORS])

    def test_archives_as_windows_and_macos_make_them(self) -> None:
        def fill(archive: zipfile.ZipFile) -> None:
            archive.writestr("alice\\labs\\step0_operators\\operators.cpp", "int x;")
            archive.writestr("alice\\labs\\", "")

        self.assertEqual(self.take(self.zip(fill)).files, {OPERATORS: b"int x;"})

        def fill_on_mac(archive: zipfile.ZipFile) -> None:
            archive.writestr("alice/" + OPERATORS, "int x;")
            archive.writestr("__MACOSX/alice/" + OPERATORS.replace("operators.cpp", "._operators.cpp"), "x")
            archive.writestr("alice/.DS_Store", "x")

        submission = self.take(self.zip(fill_on_mac))
        self.assertEqual(submission.files, {OPERATORS: b"int x;"})
        self.assertEqual(submission.left_out_count, 2)

    def test_the_content_of_labs_without_labs(self) -> None:
        inner = OPERATORS.removeprefix("labs/")
        self.assertEqual(list(self.take(self.write(inner)).files), [OPERATORS])
        fill = lambda archive: archive.writestr("a/b/" + inner, "int x;")  # noqa: E731
        self.assertEqual(list(self.take(self.zip(fill)).files), [OPERATORS])

    def test_flat_sources_by_their_names(self) -> None:
        self.write("forward.cpp")
        self.write("helper.h")
        submission = self.take(self.write("operators.cpp"))
        self.assertEqual(set(submission.files), {OPERATORS, "labs/step2_forward/forward.cpp"})
        self.assertEqual(submission.left_out, ["helper.h"])

    def test_labs_goes_before_what_lies_around_it(self) -> None:
        self.write(OPERATORS)
        self.write("operators.cpp", b"old")
        submission = self.take(self.write("testing/stubs/step0_operators/operators.cpp", b"stub"))
        self.assertEqual(submission.files, {OPERATORS: b"int x;"})
        self.assertEqual(submission.left_out_count, 2)

    def test_two_copies_are_not_chosen_from(self) -> None:
        self.write("operators.cpp", b"old")
        self.assertIn("twice", self.take(self.write("step0_operators/operators.cpp")).problem or "")

    def test_a_folder_with_an_archive_in_it(self) -> None:
        inner = self.zip(lambda archive: archive.writestr("a/b/" + OPERATORS, "int x;"))
        source = self.write("lab.zip", inner.read_bytes())
        submission = self.take(source)
        self.assertEqual(submission.files, {OPERATORS: b"int x;"})
        self.write("readme.txt")
        self.assertEqual(self.take(source).files, {OPERATORS: b"int x;"})
        self.write("old.zip", inner.read_bytes())
        self.assertIn("2 archives", self.take(source).problem or "")
        (source / "old.zip").unlink()
        self.write(OPERATORS)
        self.assertIn("both sources and lab.zip", self.take(source).problem or "")

    def test_an_archive_in_an_archive_is_not_unpacked(self) -> None:
        inner = self.zip(lambda archive: archive.writestr(OPERATORS, "int x;")).read_bytes()
        outer = self.zip(lambda archive: archive.writestr("lab.zip", inner))
        self.assertIn("not unpacked", self.take(outer).problem or "")

    def test_every_kind_of_tar(self) -> None:
        for kind in ("", "gz", "bz2", "xz"):
            path = self.folder / f"sub.tar.{kind}"
            with tarfile.open(path, f"w:{kind}") as archive:  # type: ignore[call-overload]
                add(archive, OPERATORS, b"int x;")
            self.assertEqual(self.take(path).files, {OPERATORS: b"int x;"}, kind)

    def test_names_in_a_zip_that_says_nothing_of_their_encoding(self) -> None:
        for encoding, top, helper in (
            ("big5", "作業一", "許功蓋"),  # whose second bytes are backslashes
            ("cp932", "提出物", "表示ソﾎﾟ"),
            ("gbk", "张三_作业", "工具"),
            ("utf-8", "José", "工具"),
        ):
            for separator in "/\\":
                header = f"labs/step0_operators/{helper}.h"
                source = f'#include "{helper}.h"'.encode()
                files = {f"{top}/{OPERATORS}": source, f"{top}/{header}": b"int x;"}
                path = self.folder / "sub.zip"
                with zipfile.ZipFile(path, "w") as archive:
                    for index, (name, content) in enumerate(files.items()):
                        info = RawName(name.replace("/", separator), encoding, index)
                        archive.writestr(info, content)
                found = self.take(path)
                wanted = {OPERATORS: source, unicodedata.normalize("NFC", header): b"int x;"}
                self.assertEqual(found.files, wanted, (encoding, separator))

    def test_what_a_build_or_an_editor_leaves_is_not_counted(self) -> None:
        names = [f"{top}/{i}.h" for top in ("build", "a/.venv/lib", "cmake-build-debug") for i in range(3)]

        def fill(archive: zipfile.ZipFile) -> None:
            for name in names:
                archive.writestr(name, "x")
            archive.writestr("a/" + OPERATORS, "int x;")

        with unittest.mock.patch.object(unpack, "MAX_ENTRIES", 8):
            for name in names:
                source = self.write(name)
            self.write("a/" + OPERATORS)
            for submission in (self.take(source), self.take_here(self.zip(fill))):
                self.assertEqual(submission.files, {OPERATORS: b"int x;"})
                self.assertEqual(set(submission.left_out), {"build/", "a/.venv/", "cmake-build-debug/"})

    def test_one_name_in_two_normal_forms_stands_twice(self) -> None:
        self.write("labs/step0_operators/e\u0301.h")
        source = self.write(OPERATORS)
        self.assertIn("labs/step0_operators/é.h", self.take(source).files)
        self.assertIn("twice", self.take(self.write("labs/step0_operators/é.h")).problem or "")

    def test_two_folders_that_hold_labs_are_not(self) -> None:
        self.write("old/" + OPERATORS)
        self.assertIn("more than one folder", self.take(self.write("new/" + OPERATORS)).problem or "")


class Hostile(Intake):
    def refused(self, source: Path, word: str) -> None:
        submission = self.take(source)
        self.assertIn(word, submission.problem or "nothing was refused")
        self.assertEqual(submission.files, {})

    def test_nothing_at_all(self) -> None:
        self.refused(self.write("README.md"), "no file named labs/")
        self.refused(self.zip(lambda archive: None), "no file named labs/")

    def test_paths_that_lead_outside(self) -> None:
        names = ["../" + OPERATORS, "/" + OPERATORS, "labs/step0_operators/../../x.cpp"]
        names += ["a/b/c/" + OPERATORS, "../operators.cpp", "/operators.cpp", "step0_operators/../x.cpp"]

        def fill_zip(archive: zipfile.ZipFile) -> None:
            for name in names:
                archive.writestr(name, "x")

        def fill_tar(archive: tarfile.TarFile) -> None:
            for name in names:
                add(archive, name, b"x")

        self.refused(self.zip(fill_zip), "no file named labs/")
        self.refused(self.tar(fill_tar), "no file named labs/")
        self.assertEqual({path.name for path in self.folder.iterdir()}, {"sub.zip", "sub.tar.gz"})

    def test_links_in_archives(self) -> None:
        def link_in_zip(archive: zipfile.ZipFile) -> None:
            info = zipfile.ZipInfo(OPERATORS)
            info.external_attr = (stat.S_IFLNK | 0o777) << 16
            archive.writestr(info, "/etc/passwd")

        self.refused(self.zip(link_in_zip), "not a regular file")
        for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE):
            fill = lambda archive, kind=kind: add(archive, OPERATORS, type=kind, linkname="/etc/passwd")  # noqa: E731
            self.refused(self.tar(fill), "not a regular file")

    def test_links_and_pipes_in_folders(self) -> None:
        target = self.write("labs/step0_operators/x.h") / OPERATORS
        target.symlink_to("/etc/passwd")
        self.refused(self.folder / "sub", "not a regular file")
        target.unlink()
        os.mkfifo(target)
        self.refused(self.folder / "sub", "not a regular file")

    def test_a_folder_that_is_a_link_is_not_entered(self) -> None:
        elsewhere = self.write(OPERATORS).rename(self.folder / "elsewhere")
        (self.folder / "sub").mkdir()
        (self.folder / "sub" / "labs").symlink_to(elsewhere / "labs")
        self.refused(self.folder / "sub", "no file named labs/")
        (self.folder / "link").symlink_to(elsewhere)
        self.refused(self.folder / "link", "a link")

    def test_what_stands_twice(self) -> None:
        def fill(archive: tarfile.TarFile) -> None:
            add(archive, OPERATORS, b"x")
            add(archive, "./" + OPERATORS, b"y")

        self.refused(self.tar(fill), "twice")

    def test_sizes_are_those_of_the_bytes_and_not_of_the_header(self) -> None:
        path = self.zip(lambda archive: archive.writestr(OPERATORS, b" " * (unpack.MAX_FILE_BYTES + 1)))
        content = bytearray(path.read_bytes())
        at = content.index(b"PK\x01\x02")
        content[at + 24 : at + 28] = (5).to_bytes(4, "little")  # the uncompressed size, as it claims
        path.write_bytes(content)
        self.assertIsNotNone(self.take(path).problem)
        self.refused(self.write(OPERATORS, b" " * (unpack.MAX_FILE_BYTES + 1)), "larger than")

    def test_too_many_files(self) -> None:
        for i in range(unpack.MAX_FILES + 1):
            source = self.write(f"labs/step0_operators/x{i}.h")
        self.refused(source, "source files")

    def test_a_bomb_in_a_file_that_is_not_taken(self) -> None:
        def fill(archive: tarfile.TarFile) -> None:
            info = tarfile.TarInfo("bomb")
            info.size = unpack.MAX_UNPACKED_BYTES + 1
            archive.addfile(info, Zeros(info.size))  # type: ignore[arg-type]
            add(archive, OPERATORS, b"x")

        self.refused(self.tar(fill), "MiB")

    def test_damaged_archives(self) -> None:
        for name, content in (
            ("a.zip", b"PK\x03\x04" + b"\xff" * 100),
            ("b.tar.gz", b"\x1f\x8b" + b"\xff" * 100),
            ("c.zip", b""),
            ("d.zip", b"Rar!"),
        ):
            path = self.folder / name
            path.write_bytes(content)
            submission = self.take(path)
            self.assertIsNotNone(submission.problem, name)

    def test_names_are_shown_escaped(self) -> None:
        self.write(OPERATORS)
        source = self.write("\x1b[31mred\u202etxt")
        self.assertIn("\\x1b[31mred\\u202etxt", self.take(source).left_out)


class Zeros:
    def __init__(self, size: int) -> None:
        self.left = size

    def read(self, size: int) -> bytes:
        count = min(size, self.left)
        self.left -= count
        return bytes(count)


class Identity(Intake):
    def test_what_is_graded_is_what_was_hashed(self) -> None:
        source = self.zip(lambda archive: archive.writestr(OPERATORS, "int x;"))
        submission = intake.identify(source)
        self.zip(lambda archive: archive.writestr(OPERATORS, "int y;"))
        intake.take(submission, UNCONFINED)
        self.assertEqual(submission.files, {OPERATORS: b"int x;"})
        source.unlink()
        source.mkdir()
        submission.files = {}
        intake.take(submission, UNCONFINED)
        self.assertEqual(submission.files, {OPERATORS: b"int x;"})

    def test_depends_on_content_and_names(self) -> None:
        source = self.write(OPERATORS)
        first = intake.identify(source).digest
        self.assertEqual(intake.identify(source).digest, first)
        self.write(OPERATORS, b"int y;")
        second = intake.identify(source).digest
        self.assertNotEqual(second, first)
        self.write("labs/step0_operators/more.h")
        self.assertNotEqual(intake.identify(source).digest, second)


if __name__ == "__main__":
    unittest.main()

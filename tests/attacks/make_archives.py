"""Archives and folders that no honest student hands in; each holds an honest step 0 beside what it tries.

make(NAME, FOLDER, OPERATORS) writes one and returns its path.
"""

from __future__ import annotations

import io
import os
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

SOURCE = "labs/step0_operators/operators.cpp"


def zipped(path: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def tarred(path: Path, operators: bytes, *others: tarfile.TarInfo) -> Path:
    with tarfile.open(path, "w:gz") as archive:
        for other in others:
            archive.addfile(other)
        honest = tarfile.TarInfo(SOURCE)
        honest.size = len(operators)
        archive.addfile(honest, io.BytesIO(operators))
    return path


def entry(name: str, kind: bytes, target: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname, info.mode = kind, target, 0o777
    return info


def zip_slip(folder: Path, operators: bytes) -> Path:
    evil = {f"{'../' * depth}tmp/lab_attack_slip": b"x" for depth in (1, 4, 12)}
    evil |= {"/tmp/lab_attack_absolute": b"x", "labs/step0_operators/../../../lab_attack.cpp": b"x"}
    return zipped(folder / "slip.zip", {**evil, SOURCE: operators})


def zip_bomb(folder: Path, operators: bytes) -> Path:
    return zipped(folder / "bomb.zip", {"zeros": bytes(512 << 20), SOURCE: operators})


def zip_bomb_inside(folder: Path, operators: bytes) -> Path:
    return zipped(
        folder / "bomb2.zip", {"labs/step0_operators/big.cpp": b" " * (64 << 20), SOURCE: operators}
    )


def many_files(folder: Path, operators: bytes) -> Path:
    files = {f"labs/step0_operators/f{i}.cpp": b"" for i in range(30_000)}
    return zipped(folder / "many.zip", {**files, SOURCE: operators})


def twice(folder: Path, operators: bytes) -> Path:
    path = folder / "twice.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(SOURCE, operators)
        archive.writestr("./" + SOURCE, b"#error the other one\n")
    return path


def names(folder: Path, operators: bytes) -> Path:
    strange = [
        "new\nline.cpp",
        "\x1b]0;lab_attack\x07.cpp",
        "<script>alert(1)</script>.cpp",
        "=cmd|'x'!A1.cpp",
        "\u202eppc.cpp",
    ]
    files = {f"labs/step0_operators/{name}": b"#error it was taken\n" for name in strange}
    return zipped(folder / "=cmd|' C calc'!A1 <b>bold<!-- \x1b[31m\n.zip", {**files, SOURCE: operators})


def options(folder: Path, operators: bytes) -> Path:
    strange = ["-fplugin=evil.so", "@response", "a;touch lab_attack", "$(touch lab_attack)", "-o.cpp", "%s%n"]
    files = {f"labs/step0_operators/{name}.cpp": b"#error it was taken\n" for name in strange}
    return zipped(folder / "options.zip", {**files, SOURCE: operators})


def build_files(folder: Path, operators: bytes) -> Path:
    evil = b"file(WRITE /tmp/lab_attack_cmake x)\nexecute_process(COMMAND touch /tmp/lab_attack_cmake)\n"
    places = (
        "CMakeLists.txt",
        "labs/CMakeLists.txt",
        "labs/step0_operators/CMakeLists.txt",
        "CMakePresets.json",
    )
    return zipped(folder / "build.zip", {**{place: evil for place in places}, SOURCE: operators})


def tar_link(folder: Path, operators: bytes) -> Path:
    return tarred(
        folder / "link.tar.gz",
        operators,
        entry("labs/step0_operators/passwd.h", tarfile.SYMTYPE, "/etc/passwd"),
    )


def tar_link_to_folder(folder: Path, operators: bytes) -> Path:
    return tarred(folder / "link2.tar.gz", operators, entry("labs", tarfile.SYMTYPE, "/tmp"))


def tar_hard_link(folder: Path, operators: bytes) -> Path:
    return tarred(
        folder / "hard.tar.gz", operators, entry("labs/step0_operators/p.h", tarfile.LNKTYPE, "/etc/passwd")
    )


def tar_device(folder: Path, operators: bytes) -> Path:
    device = entry("labs/step0_operators/device.cpp", tarfile.BLKTYPE)
    return tarred(folder / "device.tar.gz", operators, device, entry("lab_attack_pipe", tarfile.FIFOTYPE))


def tar_bomb(folder: Path, operators: bytes) -> Path:
    path = folder / "bomb.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        zeros = tarfile.TarInfo("zeros")
        zeros.size = 512 << 20
        archive.addfile(zeros, io.BytesIO(bytes(zeros.size)))
        honest = tarfile.TarInfo(SOURCE)
        honest.size = len(operators)
        archive.addfile(honest, io.BytesIO(operators))
    return path


def folder_with_links(folder: Path, operators: bytes) -> Path:
    path = folder / "links"
    (path / SOURCE).parent.mkdir(parents=True)
    (path / SOURCE).write_bytes(operators)
    (path / "labs/step0_operators/passwd.h").symlink_to("/etc/passwd")
    (path / "labs/step1_self_attention").symlink_to("/")
    os.mkfifo(path / "labs/step0_operators/pipe.cpp")
    return path


def damaged(folder: Path, operators: bytes) -> Path:
    path = zipped(folder / "damaged.zip", {SOURCE: operators})
    path.write_bytes(path.read_bytes()[:-40])
    return path


ARCHIVES: dict[str, tuple[str, Callable[[Path, bytes], Path]]] = {
    "zip_slip": ("names that lead out of the folder", zip_slip),
    "zip_bomb": ("half a gigabyte in an archive of half a megabyte", zip_bomb),
    "zip_bomb_inside": ("a source file that grows when it is unpacked", zip_bomb_inside),
    "many_files": ("thirty thousand source files", many_files),
    "twice": ("the same file twice, for one check and one use", twice),
    "names": ("names with newlines, control characters, markup and formulas", names),
    "options": ("names that are options or commands", options),
    "build_files": ("build scripts of its own", build_files),
    "tar_link": ("a link to a file outside", tar_link),
    "tar_link_to_folder": ("a link to a folder outside, through which files are written", tar_link_to_folder),
    "tar_hard_link": ("a hard link to a file outside", tar_hard_link),
    "tar_device": ("a disk and a pipe", tar_device),
    "tar_bomb": ("half a gigabyte, packed", tar_bomb),
    "folder_with_links": ("links and a pipe in a folder that is read where it is", folder_with_links),
    "damaged": ("an archive whose end is missing", damaged),
}

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


def bomb(archive: tarfile.TarFile, operators: bytes) -> Path:
    """Half a gigabyte of zeros, which hardly take space, before the honest file."""
    with archive:
        zeros = tarfile.TarInfo("zeros")
        zeros.size = 512 << 20
        archive.addfile(zeros, io.BytesIO(bytes(zeros.size)))
        honest = tarfile.TarInfo(SOURCE)
        honest.size = len(operators)
        archive.addfile(honest, io.BytesIO(operators))
    return Path(str(archive.name))


def tar_bomb(folder: Path, operators: bytes) -> Path:
    return bomb(tarfile.open(folder / "bomb.tar.gz", "w:gz"), operators)


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


def shadowing_headers(folder: Path, operators: bytes) -> Path:
    evil = b"#error it was included\n"
    beside = ("tensor.h", "vector.h", "string.h", "operators.h", "operators.h.gch", "kit/tensor.h")
    names = [f"labs/step0_operators/{name}" for name in beside]
    names += ["kit/tensor.h", "kit/error.h", "vector", "labs/kit/tensor.h", "include/kit/tensor.h"]
    return zipped(folder / "shadows.zip", {**dict.fromkeys(names, evil), SOURCE: operators})


def ten_thousand_headers(folder: Path, operators: bytes) -> Path:
    headers = {f"labs/step0_operators/h{i}.h": f'#include "h{i + 1}.h"\n'.encode() for i in range(10_000)}
    return zipped(folder / "headers.zip", {**headers, SOURCE: operators})


def null_in_a_name(folder: Path, operators: bytes) -> Path:
    path = zipped(folder / "null.zip", {SOURCE: operators, SOURCE + "_.cpp": b"#error it was taken\n"})
    path.write_bytes(path.read_bytes().replace((SOURCE + "_.cpp").encode(), (SOURCE + "\0.cpp").encode()))
    return path


def changed(path: Path, mark: bytes, offset: int, content: bytes) -> Path:
    """With `content` at an offset from each `mark`."""
    data = bytearray(path.read_bytes())
    at = data.find(mark)
    while at >= 0:
        data[at + offset : at + offset + len(content)] = content
        at = data.find(mark, at + 1)
    path.write_bytes(data)
    return path


def encrypted(folder: Path, operators: bytes) -> Path:
    path = zipped(folder / "encrypted.zip", {SOURCE: operators})
    return changed(changed(path, b"PK\x03\x04", 6, b"\1"), b"PK\x01\x02", 8, b"\1")


def sizes_of_64_bits(folder: Path, operators: bytes) -> Path:
    path = zipped(folder / "sizes.zip", {SOURCE: operators})
    return changed(path, b"PK\x01\x02", 20, b"\xff" * 8)


def overlapping_entries(folder: Path, operators: bytes) -> Path:
    files = {f"labs/step0_operators/h{i}.h": b" " * (200 << 10) for i in range(60)}
    path = zipped(folder / "overlap.zip", {**files, SOURCE: operators})
    return changed(path, b"PK\x01\x02", 42, bytes(4))  # each entry's bytes are the first one's


def tar_sizes(folder: Path, operators: bytes) -> Path:
    header = entry("labs/step0_operators/more.h", tarfile.REGTYPE)
    header.pax_headers = {"size": str(1 << 62), "GNU.sparse.major": "1", "GNU.sparse.realsize": str(1 << 62)}
    return tarred(folder / "sizes.tar.gz", operators, header)


def tar_long_names(folder: Path, operators: bytes) -> Path:
    long = entry("././@LongLink", tarfile.GNUTYPE_LONGNAME)
    return tarred(folder / "long.tar.gz", operators, *[long] * 5000)


def tar_modes(folder: Path, operators: bytes) -> Path:
    path = folder / "modes.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        honest = tarfile.TarInfo(SOURCE)
        honest.size, honest.mode, honest.uname = len(operators), 0o6000, "root"
        archive.addfile(honest, io.BytesIO(operators))
        archive.addfile(entry("labs/step0_operators", tarfile.DIRTYPE))
    return path


def two_in_one(folder: Path, operators: bytes) -> Path:
    path = tarred(folder / "two.tar.gz", operators)
    other = zipped(folder / "other", {SOURCE: b"#error the other one\n"})
    path.write_bytes(path.read_bytes() + other.read_bytes())
    return path


def odd_folder(folder: Path, operators: bytes) -> Path:
    path = folder / "-rf *"
    (path / SOURCE).parent.mkdir(parents=True)
    (path / SOURCE).write_bytes(operators)
    beside = [
        "-rf",
        " ",
        "...",
        "operators.cpp ",
        "n" * 250 + ".txt",
        "OPERATORS.CPP",
    ]
    for name in beside:
        (path / "labs/step0_operators" / name).write_text("#error it was taken\n")
    (path / "labs/step0_operators" / ("n" * 251 + ".cpp")).write_text("")
    (path / "LABS/step0_operators").mkdir(parents=True)
    (path / "LABS/step0_operators/operators.cpp").write_text("#error it was taken\n")
    deep = path
    for _ in range(100):
        deep = deep / "deep"
    deep.mkdir(parents=True)
    return path


def one_name_twice(folder: Path, operators: bytes) -> Path:
    beside = {f"labs/step0_operators/{name}.h": b"#error\n" for name in ("e\u0301", "\u00e9")}
    return zipped(folder / "forms.zip", {**beside, SOURCE: operators})


def copies_in_other_layouts(folder: Path, operators: bytes) -> Path:
    wrong = b"#error the other one\n"
    places = ("operators.cpp", "step0_operators/operators.cpp", "a/step0_operators/x.cpp", "b/operators.cpp")
    return zipped(folder / "layouts.zip", {**dict.fromkeys(places, wrong), SOURCE: operators})


def archive_in_an_archive(folder: Path, operators: bytes) -> Path:
    inner = zipped(folder / "inner", {SOURCE: operators}).read_bytes()
    return zipped(folder / "outer.zip", {"lab.zip": inner, "labs/step0_operators/lab.zip": inner})


def folder_of_archives(folder: Path, operators: bytes) -> Path:
    path = folder / "archives"
    path.mkdir()
    zipped(path / "a.zip", {SOURCE: operators})
    (path / "b.zip").symlink_to("/etc/passwd")
    os.mkfifo(path / "c.tar.xz")
    return path


def xz_bomb(folder: Path, operators: bytes) -> Path:
    return bomb(tarfile.open(folder / "bomb.tar.xz", "w:xz", preset=0), operators)


def odd_sources(folder: Path, operators: bytes) -> Path:
    step1, step2 = "labs/step1_self_attention/", "labs/step2_forward/"
    odd = {
        step1 + "self_attention.cpp": "\ufeffint wide;\n".encode("utf-16"),
        step2 + "forward.cpp": b'int\\\n x; ??/\n%:define y\0\xff\xfe\r\n#include "forward.cpp"\n',
        "labs/step3_generate/generate.cpp": b'const char* text = "' + b"x" * (200 << 10) + b'";\n',
    }
    return zipped(folder / "sources.zip", {**odd, SOURCE: operators})


def from_windows(folder: Path, operators: bytes) -> Path:
    text = b"\xef\xbb\xbf" + operators.replace(b"\n", b"\r\n")
    path = folder / "windows.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("llama-lab\\" + SOURCE.replace("/", "\\"), text)
        archive.writestr("llama-lab\\labs\\Thumbs.db", b"x")
    return path


def from_macos(folder: Path, operators: bytes) -> Path:
    beside = ("__MACOSX/labs-main/labs/step0_operators/._operators.cpp", "labs-main/.DS_Store")
    return zipped(
        folder / "macos.zip", {**dict.fromkeys(beside, b"\0\5\x16\7"), "labs-main/" + SOURCE: operators}
    )


def whole_copy(folder: Path, operators: bytes) -> Path:
    files = {
        f"llama-lab/{name}": b"x" for name in ("lab", "kit/tensor.h", "tests/x_test.cpp", "build/labs/a.o")
    }
    return zipped(folder / "copy.zip", {**files, "llama-lab/" + SOURCE: operators})


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
    "shadowing_headers": ("headers that stand before the kit's and the system's", shadowing_headers),
    "ten_thousand_headers": ("ten thousand headers, each of which includes the next", ten_thousand_headers),
    "null_in_a_name": ("two names that are one up to a zero byte", null_in_a_name),
    "encrypted": ("a file that can't be read without a password", encrypted),
    "sizes_of_64_bits": ("sizes that the archive doesn't have", sizes_of_64_bits),
    "overlapping_entries": ("sixty files in the same bytes", overlapping_entries),
    "tar_sizes": ("a file of 2^62 bytes, and sparse", tar_sizes),
    "tar_long_names": ("five thousand names for one file, each about the next", tar_long_names),
    "tar_modes": ("files that nobody may read, and that run as root", tar_modes),
    "two_in_one": ("an archive behind the end of another", two_in_one),
    "odd_folder": (
        "names that are options, blanks, too long, too deep or the same in another case",
        odd_folder,
    ),
    "one_name_twice": ("two names that are one in another normal form", one_name_twice),
    "copies_in_other_layouts": ("copies around labs/ that must not count", copies_in_other_layouts),
    "archive_in_an_archive": ("an archive in an archive, which nobody unpacks", archive_in_an_archive),
    "folder_of_archives": ("a folder of archives, one of which is a link and one a pipe", folder_of_archives),
    "xz_bomb": ("half a gigabyte, packed better", xz_bomb),
    "odd_sources": ("other steps in UTF-16, with zero bytes, and in one line", odd_sources),
    "from_windows": ("honest: backslashes, CRLF and a byte order mark", from_windows),
    "from_macos": ("honest: a Mac's own files beside it", from_macos),
    "whole_copy": ("honest: the whole kit around it", whole_copy),
}
# In these a grader may find nothing wrong.
MUST_BE_GRADED = (
    "shadowing_headers", "tar_modes", "two_in_one", "odd_folder", "odd_sources", "from_windows",
    "from_macos", "whole_copy", "options", "names", "build_files", "copies_in_other_layouts",
)  # fmt: skip

"""What all submissions share, built once for each version of the kit and compiler, and kept in a cache:

cache/HASH/include   the kit's headers and the contracts: all that a submission's compiler sees of the kit
cache/HASH/lib       what a worker is linked with, stubs included
cache/HASH/reference the reference solutions, for steps that stand under the graded one; for us alone
cache/HASH/bin       lab_sandbox and the trusted programs
cache/HASH/recipe.json  how a submission is compiled and linked: the very commands of the kit's own build
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .steps import FOLDERS, ROOT, STEPS

SOURCES = ("CMakeLists.txt", "cmake", "kit", "testing", "grading", "solutions", "tests")
# Of this package, what a grade depends on; a new style of the reports must not make all grades anew.
GRADER = ("steps", "unpack", "intake", "compile", "trusted", "score", "one", "sandbox", "data", "text")
PRECOMPILED = "lab_precompiled_contracts.dir"  # made for the kit's own build, and gone with it
SHOWN_FLAGS = ("-w", "-g0", "-fdiagnostics-color=never", "-fmax-errors=5")


class KitError(Exception):
    """The kit can't be built, or can't grade here. The message says what to do."""


@dataclass(frozen=True)
class Kit:
    folder: Path
    digest: str  # of its sources, the compiler and the grader
    compiler: str  # its version
    compile_words: tuple[str, ...]  # without source and object
    link_words: dict[str, tuple[str, ...]]  # by step; "{step0}" … stand for the steps, "{out}" for the worker
    has_sandbox: bool

    @property
    def include(self) -> Path:
        return self.folder / "include"

    @property
    def sandbox(self) -> Path | None:
        return self.folder / "bin" / "lab_sandbox" if self.has_sandbox else None

    def tests(self, step: str) -> Path:
        return self.folder / "bin" / f"graded_{step}_tests"

    def stub(self, step: str) -> Path:
        return self.folder / "lib" / f"libstubs_{step}.a"

    def solution(self, step: str) -> Path:
        return self.folder / "reference" / f"libsolutions_{step}.a"


def contracts() -> list[Path]:
    """The headers of labs/, which the kit's own always stand in for."""
    lines = (ROOT / "labs" / "contracts.sha256").read_text().splitlines()
    return [Path("labs") / line.split()[1] for line in lines]


def source_files() -> Iterator[Path]:
    for name in SOURCES:
        path = ROOT / name
        files = [path] if path.is_file() else sorted(path.rglob("*"))
        for file in files:
            if name == "tests" and file.parent != path:
                continue  # its folders test something else than steps
            if file.suffix in (".cpp", ".h", ".inc", ".cmake", ".txt", ".sh") and file.is_file():
                yield file.relative_to(ROOT)
    yield from contracts()
    yield from (Path("labs") / folder / "step.json" for folder in FOLDERS.values())
    yield Path("grading/grade/kit.py")


def version_of_compiler() -> str:
    compiler = shlex.split(os.environ.get("CXX", "c++"))
    done = subprocess.run([*compiler, "--version"], capture_output=True, text=True)
    if done.returncode != 0:
        raise KitError("no C++ compiler was found; ./lab setup installs one")
    return done.stdout.splitlines()[0]


def digest_of(files: Iterator[Path], first: str) -> str:
    digest = hashlib.sha256(first.encode())
    for path in files:
        content = (ROOT / path).read_bytes()
        digest.update(f"{path}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()


def prepare(cache: Path, *, say: bool = True) -> Kit:
    """The kit as it is now; builds it if the cache lacks it. Several graders may ask at once."""
    compiler = version_of_compiler()
    digest = digest_of(source_files(), f"{compiler}\0{os.environ.get('CXXFLAGS', '')}\0")
    folder = cache.resolve() / digest[:16]
    if not (folder / "recipe.json").exists():
        cache.mkdir(parents=True, exist_ok=True)
        with (cache / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not (folder / "recipe.json").exists():
                if say:
                    print("Building the kit for grading, once (minutes) …", file=sys.stderr)
                build(folder, digest, compiler)
    return load(folder)


def load(folder: Path) -> Kit:
    recipe = json.loads((folder / "recipe.json").read_text())
    return Kit(
        folder=folder,
        digest=digest_of((Path("grading/grade") / f"{name}.py" for name in GRADER), recipe["digest"]),
        compiler=recipe["compiler"],
        compile_words=tuple(recipe["compile"]),
        link_words={step: tuple(words) for step, words in recipe["link"].items()},
        has_sandbox=recipe["has_sandbox"],
    )


def build(folder: Path, digest: str, compiler: str) -> None:
    if not (ROOT / "solutions").is_dir():
        raise KitError("this copy has no solutions/, which grading needs")
    tree = folder / "build"  # kept until it is complete, so that a build that was cut off goes on
    run(["cmake", "-S", str(ROOT), "-B", str(tree), "-G", "Unix Makefiles", "-DCMAKE_BUILD_TYPE=Debug"])
    targets = [f"{each}_{step}{end}" for step in STEPS for each, end in PROGRAMS]
    known = run(["cmake", "--build", str(tree), "--target", "help"])
    has_sandbox = re.search(r"\blab_sandbox\b", known) is not None
    if has_sandbox:
        targets.append("lab_sandbox")
    run(["cmake", "--build", str(tree), "--parallel", str(os.cpu_count() or 1), "--target", *targets])
    recipe = {
        "digest": digest,
        "compiler": compiler,
        "compile": compile_recipe(tree, folder),
        "link": {step: link_recipe(tree, folder, step) for step in STEPS},
        "has_sandbox": has_sandbox,
    }
    collect(tree, folder, has_sandbox)
    copy_headers(folder / "include")
    write = folder / "recipe.json.new"
    write.write_text(json.dumps(recipe, indent=1))
    write.replace(folder / "recipe.json")
    shutil.rmtree(tree)


PROGRAMS = (("graded", "_tests"), ("solutions", "_worker"), ("stubs", "_worker"))


def run(command: Sequence[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        raise KitError("the kit doesn't build:\n" + (done.stdout + done.stderr)[-3000:])
    return done.stdout


def compile_recipe(tree: Path, folder: Path) -> list[str]:
    """How the kit's build compiles a reference solution, but for its source, its object and the contracts
    that are precompiled in the tree."""
    commands: list[dict[str, Any]] = json.loads((tree / "compile_commands.json").read_text())
    folder_of_first = str(ROOT / "solutions" / FOLDERS[STEPS[0]])
    command = next(
        entry["command"] for entry in commands if str(Path(entry["file"]).parent) == folder_of_first
    )
    words = shlex.split(command)
    kept = [program_of(words[0])]
    rest = iter(words[1:])
    for word in rest:
        if word in ("-o", "-c"):
            next(rest)
        elif word == f"-I{ROOT}":
            kept.append(f"-I{folder / 'include'}")
        elif word == "-isystem":
            kept += [word, str(visible_headers(Path(next(rest)), tree, folder))]
        elif word.startswith(f"-I{tree}"):
            if PRECOMPILED not in word:
                kept.append(f"-I{visible_headers(Path(word[2:]), tree, folder)}")
        elif not word.startswith(("-W", "-g")):
            kept.append(word)
    return [*kept, *SHOWN_FLAGS]


def program_of(word: str) -> str:
    """The compiler's own file, behind links and ccache, which the sandbox has not."""
    name = Path(word).name
    folders = [str(Path(word).parent), *os.environ.get("PATH", "").split(os.pathsep), "/usr/bin"]
    for folder in folders:
        found = shutil.which(name, path=folder)
        if found and "ccache" not in Path(found).resolve().name:
            return str(Path(found).resolve())
    raise KitError(f"no compiler named {name} was found, but ccache's")


def visible_headers(path: Path, tree: Path, folder: Path) -> Path:
    """Headers of a library that the build fetched are kept where the compiler's sandbox may look."""
    if not path.is_relative_to(tree):
        return path
    kept = folder / "include" / "_fetched" / hashlib.sha256(str(path).encode()).hexdigest()[:8]
    shutil.copytree(path, kept, dirs_exist_ok=True)
    return kept


def link_recipe(tree: Path, folder: Path, step: str) -> list[str]:
    """How the kit's build links the reference's worker; its files are kept in the cache."""
    found = list(tree.rglob(f"solutions_{step}_worker.dir/link.txt"))
    if len(found) != 1:
        raise KitError(f"expected one link command of solutions_{step}_worker, found {len(found)}")
    where = found[0].parent.parent.parent
    lines = found[0].read_text().splitlines()
    words = shlex.split(lines[-1])
    kept: list[str] = []
    for word in words:
        path = where / word
        library = re.fullmatch(r"libsolutions_(step[0-9])\.a", path.name)
        if library:
            kept.append("{" + library[1] + "}")
        elif kept and kept[-1] == "-o":
            kept.append("{out}")
        elif path.suffix in (".a", ".o") and path.is_file() and path.resolve().is_relative_to(tree.resolve()):
            inside = path.resolve().relative_to(tree.resolve())  # files of two folders may have one name
            kept.append(str(keep(path, folder / "lib" / inside.parent)))
        elif not word.startswith("-g"):
            kept.append(word)
    kept[0] = program_of(kept[0])
    return [*kept, "-Wl,--strip-debug", "-fdiagnostics-color=never"]


def keep(path: Path, folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / path.name
    shutil.copy2(path, target)
    return target


def collect(tree: Path, folder: Path, has_sandbox: bool) -> None:
    def only(name: str) -> Path:
        found = [path for path in tree.rglob(name) if path.is_file()]
        if len(found) != 1:
            raise KitError(f"expected one {name} in the kit's build, found {len(found)}")
        return found[0]

    for step in STEPS:
        keep(only(f"graded_{step}_tests"), folder / "bin")
        keep(only(f"libstubs_{step}.a"), folder / "lib")
        keep(only(f"libsolutions_{step}.a"), folder / "reference")
    if has_sandbox:
        keep(only("lab_sandbox"), folder / "bin")
    for name in ("bin", "reference"):
        (folder / name).chmod(0o700)


def copy_headers(include: Path) -> None:
    headers = [path.relative_to(ROOT) for path in (ROOT / "kit").rglob("*.h")]
    for header in [*headers, *contracts()]:
        target = include / header
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / header, target)

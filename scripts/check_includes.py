"""Check who includes whom: the layers of ARCHITECTURE.md, no cycle, and a header for each source.

check_includes.py [ROOT]   prints FILE:LINE and what to do for each breach, and exits 1 if there is one

X.h and X.cpp in one folder are one component. It depends on what they include and on the sources that define
what X.h declares: a function declared here and defined there hides a cycle from who looks at includes alone.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path, PurePosixPath

CONTRACT = r"labs/step\d_\w+/\w+\.h"
# A file of the first pattern may include, beside its own folder, what the second one fits.
LAYERS = (
    (r"\w+(/stubs)?/step\d_\w+/", rf"kit/|{CONTRACT}", "the kit, contracts and its own folder"),
    (r"kit/", r"kit/", "the kit"),
    (r"testing/", r"kit/|testing/", "the kit and testing/"),
    (r"apps/", rf"kit/|testing/|{CONTRACT}", "the kit, testing/ and contracts"),
    (r"grading/", rf"kit/|testing/|{CONTRACT}|grading/", "the kit, testing/, contracts and grading/"),
)
# Each source there has a header, but for mains and for what a step's folder holds: it defines contracts.
HEADERS = r"(kit|testing|grading)/(?!.*\bstep\d\w*/)"
# What runs in a student's process, and all of the test framework that may do so.
WORKER, SHARED = r"grading/.*\bworker$", "testing/running/pipe"

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*"([^"]+)"', re.MULTILINE)
FUNCTION = re.compile(r"^(?:[\w:<>,*&]+ +)+(?:\w+::)*(\w+)\((?=[^;{]*([;{]))", re.MULTILINE)

# Functions in there are no other file's; clang-format ends it with that comment.
UNNAMED = re.compile(r"^namespace \{$.*?^\}  // namespace$", re.MULTILINE | re.DOTALL)

Edges = dict[str, dict[str, str]]  # from a component to those it depends on, and where that is written


def component(path: str) -> str:
    return path.rpartition(".")[0]


def line(text: str, at: int) -> int:
    return text.count("\n", 0, at) + 1


def functions(text: str, end: str) -> dict[str, int]:
    """The functions that are declared (end is ;) or defined ({) in a text, and in which line."""
    return {match[1]: line(text, match.start()) for match in FUNCTION.finditer(text) if match[2] == end}


def includes(path: str, files: Mapping[str, str]) -> Iterator[tuple[str, int]]:
    """What a file includes, from the root or else from its own folder, and in which line.

    A name without a folder that isn't beside it is a header that the build makes.
    """
    for match in INCLUDE.finditer(files[path]):
        beside = str(PurePosixPath(path).parent / match[1])
        if beside in files or "/" in match[1]:
            yield beside if beside in files else match[1], line(files[path], match.start())


def layer_breaches(files: Mapping[str, str]) -> Iterator[str]:
    for path in files:
        layer = next((each for each in LAYERS if re.match(each[0], path)), None)
        for target, at in includes(path, files) if layer else ():
            own = PurePosixPath(path).parent == PurePosixPath(target).parent
            if layer and not own and not re.match(layer[1], target):
                yield f"{path}:{at}: includes {target}, but may include only {layer[2]}: move it there"
            own_step, other = (re.search(r"/step(\d)", each) for each in (path, target))
            if layer and own_step and other and other[1] > own_step[1]:
                yield f"{path}:{at}: includes {target} of a later step, which a step never needs"


def missing_headers(files: Mapping[str, str]) -> Iterator[str]:
    for path in files:
        header, is_program = component(path) + ".h", "main" in functions(files[path], "{")
        if header not in files and not is_program and re.match(HEADERS, path):
            yield f"{path}:1: has no header: declare in {header} what others use of it"


def dependencies(files: Mapping[str, str]) -> Edges:
    edges: Edges = {component(path): {} for path in files}
    for path, text in files.items():
        source = component(path)
        for target, at in includes(path, files):
            header = component(target)
            if target not in files or header == source:
                continue
            edges[source].setdefault(header, f"{path}:{at}")
            if path.endswith(".cpp") and not re.match(CONTRACT, target):
                declared, defined = functions(files[target], ";"), functions(UNNAMED.sub("", text), "{")
                its_own = functions(files.get(f"{source}.h", ""), ";")
                for name in sorted(declared.keys() & defined.keys() - its_own.keys()):
                    edges[header].setdefault(source, f"{target}:{declared[name]}")
    return edges


def cycles(edges: Edges) -> Iterator[str]:
    rest = {source: dict(targets) for source, targets in edges.items()}
    while True:
        try:
            TopologicalSorter(rest).prepare()
            return
        except CycleError as error:
            cycle = error.args[1][::-1]  # it lists each after what it depends on
        where = rest[cycle[0]].pop(cycle[1])
        yield f"{where}: cycle {' → '.join(cycle)}: move what both need into a file of its own"


def in_worker(edges: Edges) -> Iterator[str]:
    """What of the test framework a worker is made of."""
    reached = [each for each in edges if re.match(WORKER, each)]
    for source in reached:
        for target, where in edges[source].items():
            if target.startswith("testing/") and target != SHARED:
                yield f"{where}: takes {target} into a student's process; of testing/ only {SHARED} may"
            elif target not in reached:
                reached.append(target)


def main() -> int:
    root = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parent.parent)
    command = ["git", "ls-files", "*.cpp", "*.h", ":!tests/attacks"]  # which are there to break rules
    listed = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True).stdout.split()
    files = {path: (root / path).read_text() for path in listed if (root / path).exists()}
    edges = dependencies(files)
    found = [*layer_breaches(files), *missing_headers(files), *cycles(edges), *in_worker(edges)]
    for breach in sorted(set(found)):
        print(breach)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())

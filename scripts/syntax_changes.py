"""All changes of one operator, comparison, constant, loop bound or index in a C++ file.

Where they stand is read off Clang's syntax tree.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

from mutants import ROOT, BadInputError

Node = dict[str, Any]

ARITHMETIC = {"+": "-*", "-": "+*", "*": "/+", "/": "*+", "%": "/*"}
COMPARISONS = {
    "<": ("<=", ">"),
    "<=": ("<", ">"),
    ">": (">=", "<"),
    ">=": (">", "<"),
    "==": ("!=", "<=", ">="),
    "!=": ("==",),
}
OPERATORS: dict[str, tuple[str, ...]] = {
    **{op: tuple(others) for op, others in ARITHMETIC.items()},
    **{op + "=": tuple(other + "=" for other in others) for op, others in ARITHMETIC.items()},
    **COMPARISONS,
    "&&": ("||",),
    "||": ("&&",),
}
INTEGERS = {"int", "unsigned int", "long", "unsigned long"}
CALLS = {"CallExpr", "CXXMemberCallExpr", "CXXOperatorCallExpr"}


class Change(NamedTuple):
    begin: int  # of `old` in the file, in bytes
    old: str
    new: str
    kind: str
    function: str  # in which it is made, a helper or one of the contract


def syntax_trees(file: Path) -> list[Node]:
    """What the file itself declares in namespace lab."""
    command = ["clang++-14", "-std=c++20", "-fsyntax-only", f"-I{ROOT}", "-DLAB_CHECKED", str(ROOT / file)]
    options = ["ast-dump=json", "ast-dump-filter=lab::"]
    words = [word for option in options for word in ("-Xclang", f"-{option}")]
    done = subprocess.run([*command, *words], capture_output=True, text=True)
    if done.returncode != 0:
        raise BadInputError(f"clang++-14 doesn't parse {file}: {done.stderr.strip()[:500]}")
    current = ""

    def with_file(node: Node) -> Node:
        """Clang names the file of a place only where it differs from that of the place before."""
        nonlocal current
        if "offset" in node:
            node["file"] = current = node.get("file", current)
        return node

    decoder = json.JSONDecoder(object_hook=with_file)
    trees: list[Node] = []
    at = 0
    while at < len(done.stdout.rstrip()):
        tree, at = decoder.raw_decode(done.stdout, at)
        at += len(done.stdout[at:]) - len(done.stdout[at:].lstrip())
        trees += tree["inner"] if tree["kind"] == "NamespaceDecl" else [tree]  # one without a name
    return [tree for tree in trees if tree["loc"].get("file") == str(ROOT / file)]


def walk(node: Node) -> Iterator[Node]:
    yield node
    for child in filter(
        None, node.get("inner", [])
    ):  # {} is a part that a statement may have, and this lacks
        yield from walk(child)


def span(node: Node) -> tuple[int, int]:
    """Where the node stands in the text; nowhere for what the compiler has added."""
    places = node.get("range", {})
    begin, end = places.get("begin", {}), places.get("end", {})
    return begin.get("offset", 0), end.get("offset", 0) + end.get("tokLen", 0)


class Changes:
    """`found`: all changes of one file, each once."""

    def __init__(self, file: Path) -> None:
        self.text = (ROOT / file).read_bytes()
        self.found: dict[tuple[int, str, str], Change] = {}
        for tree in syntax_trees(file):
            self.function = tree.get("name", "")
            for node in walk(tree):
                self.look_at(node)

    def change(self, kind: str, begin: int, end: int, *replacements: str) -> None:
        old = self.text[begin:end].decode()
        for new in replacements:
            self.found.setdefault((begin, old, new), Change(begin, old, new, kind, self.function))

    def plus_and_minus_one(self, kind: str, node: Node) -> None:
        begin, end = span(node)
        text = self.text[begin:end].decode()
        self.change(kind, begin, end, f"({text} + 1)", f"({text} - 1)")

    def operator(self, node: Node) -> str:
        """The operator between the last two operands, whoever implements it, and its change."""
        (_, begin), (end, _) = (span(operand) for operand in node["inner"][-2:])
        between = self.text[begin:end].decode() if begin < end else ""
        name = between.strip()
        if name in OPERATORS:
            at = begin + between.index(name)
            kind = "comparison" if name in COMPARISONS else "operator"
            self.change(kind, at, at + len(name), *OPERATORS[name])
        return name

    def bounds(self, condition: Node) -> None:
        for node in walk(condition):
            if node["kind"] == "BinaryOperator" and self.operator(node) in COMPARISONS:
                self.plus_and_minus_one("loop bound", node["inner"][1])

    def look_at(self, node: Node) -> None:
        kind, inner = node["kind"], node.get("inner", [])
        begin, end = span(node)
        text = self.text[begin:end].decode()
        if kind in ("BinaryOperator", "CompoundAssignOperator") or (kind in CALLS and len(inner) == 3):
            self.operator(node)
        if kind == "UnaryOperator" and text.startswith("-"):
            self.change("operator", begin, begin + 1, "+")
        if kind == "UnaryOperator" and text.startswith("++"):
            self.change("operator", begin, end, f"--{text[2:]}", f"{text[2:]} += 2")
        if kind in ("IntegerLiteral", "FloatingLiteral") and text[:1].isdigit():
            self.change("constant", begin, end, f"({text} + 1)", f"({text} - 1)")
        if kind == "ForStmt":
            self.bounds(inner[2])
        if kind == "WhileStmt":
            self.bounds(inner[0])
        if kind == "CXXForRangeStmt":
            begin, end = span(next(child for child in inner if child)["inner"][0]["inner"][0])
            whole = f"std::span({self.text[begin:end].decode()})"
            self.change("loop bound", begin, end, f"{whole}.subspan(1)", f"{whole}.first({whole}.size() - 1)")
        if kind in CALLS:
            self.indices(inner[1:])

    def indices(self, arguments: Sequence[Node]) -> None:
        def is_index(node: Node) -> bool:
            names = node.get("type", {})
            name = names.get("desugaredQualType", names.get("qualType", ""))
            return name.removeprefix("const ") in INTEGERS and span(node)[0] > 0

        for node in filter(is_index, arguments):
            if not all(part["kind"].endswith(("Literal", "CastExpr")) for part in walk(node)):
                self.plus_and_minus_one("index", node)
        for a, b in pairwise(arguments):
            if is_index(a) and is_index(b):
                (begin, middle), (start, end) = span(a), span(b)
                first, second = self.text[begin:middle].decode(), self.text[start:end].decode()
                if first != second:
                    self.change("index", begin, end, f"{second}, {first}")

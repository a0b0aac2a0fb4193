"""Draw changes that are in no list of mistakes and see whether a failing test leads to them.

locate_mutants.py --draw 30 --seed 1

Each is a generic mutant (generic_mutants.py) that its step's tests kill. Two things are compared with
where the change was made: the function of the first case that fails; and, for a change of an index or of
a loop over one, the axis that the failing cases of that function name most often. A known mistake that is
named is printed, to be judged: it is right only if the change amounts to that mistake.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import mutants
from generic_mutants import GenericMutant, find_mutants, prepare, run_limited
from mutants import ROOT, BadInputError
from steps import STEPS
from syntax_changes import CALLS, Node, span, syntax_trees, walk

Axis = tuple[str, int]  # a tensor, and which of its dimensions; -1 is the last


def variables(node: Node) -> list[str]:
    """Names of the variables that the expression uses, in order."""
    used = (part["referencedDecl"] for part in walk(node) if part["kind"] == "DeclRefExpr")
    return [decl["name"] for decl in used if decl["kind"] in ("VarDecl", "ParmVarDecl")]


class Function:
    """What a function indexes by what."""

    def __init__(self, tree: Node) -> None:
        self.name = tree.get("name", "")
        self.kind = tree["kind"]
        used = (part["referencedDecl"] for part in walk(tree) if part["kind"] == "DeclRefExpr")
        self.uses = {(decl["kind"], decl["name"]) for decl in used}
        self.tensors: dict[str, str] = {}  # a variable, and the tensor whose part it is
        self.indices: list[tuple[int, int, set[str]]] = []  # from, to, variables
        self.axes: dict[str, set[Axis]] = defaultdict(set)  # of a variable
        for node in walk(tree):
            is_view = re.search("View|span", node.get("type", {}).get("qualType", ""))
            if node["kind"] == "VarDecl" and is_view and (parts := variables(node)):
                self.tensors[node["name"]] = self.tensors.get(parts[0], parts[0])
            if node["kind"] == "ForStmt":
                (begin, _), (end, _) = span(node), span(node["inner"][-1])
                self.indices.append((begin, end, set(variables(node["inner"][2])[:1])))
            if node["kind"] in CALLS:
                self.look_at_call(node)

    def look_at_call(self, call: Node) -> None:
        callee, *arguments = call["inner"]
        name = callee.get("name") or next((n for n in map(operator_name, walk(callee)) if n), "")
        base = callee
        if call["kind"] == "CXXOperatorCallExpr":
            base, *arguments = arguments
        if not (parts := variables(base)):
            return
        tensor = self.tensors.get(parts[0], parts[0])
        if name in ("row", "operator()"):
            places = list(enumerate(arguments))
        elif name in ("select", "slice"):
            dims = [int(part["value"]) for part in walk(arguments[0]) if part["kind"] == "IntegerLiteral"]
            places = [(dim, argument) for dim in dims for argument in arguments[1:]]
        elif name == "operator[]":
            places = [(-1, arguments[0])]
        else:
            return
        for axis, argument in places:
            self.indices.append((*span(argument), set(variables(argument))))
            for variable in variables(argument):
                self.axes[variable].add((tensor, axis))

    def axes_at(self, position: int) -> set[Axis]:
        """The axes along which runs what is indexed, or looped over, at this place of the text."""
        around = [(end - begin, names) for begin, end, names in self.indices if begin <= position < end]
        names = min(around, key=lambda each: each[0])[1] if around else set()
        return set().union(*(self.axes[name] for name in names))


def operator_name(node: Node) -> str:
    return str(node.get("referencedDecl", {}).get("name", ""))


class Solution:
    def __init__(self, file: Path) -> None:
        self.functions = {function.name: function for function in map(Function, syntax_trees(file))}
        header = (ROOT / "labs" / file.parent.name / file.name).with_suffix(".h").read_text()
        declared = re.findall(r"^(?!///).*?(\w+)\(", header, re.MULTILINE)
        self.contract = self.functions.keys() & set(declared)

    def callers(self, name: str) -> set[str]:
        """The contract functions in which the change of `name` shows; that is itself if it is one."""
        if name in self.contract:
            return {name}
        use = (self.functions[name].kind, name)
        users = {user for user, function in self.functions.items() if use in function.uses and user != name}
        return set().union(*(self.callers(user) for user in users))


# What a view says when it is asked for an index, or a slice, that it lacks (kit/tensor.cpp).
OUTSIDE = re.compile(
    r"^(?P<tensor>\S+)(?: of layer \d+)? has shape \((?P<shape>.*?)\); (?:index |row)\((?P<index>.*?)\)"
)
SLICED = re.compile(
    r"^(?P<tensor>\S+)(?: of layer \d+)? of shape \((?P<shape>.*?)\): (?:slice|select)\((?P<dim>\d+),"
)


def numbers(text: str) -> list[int]:
    return [int(number) for number in re.findall(r"-?\d+", text)]


def named_axes(case: dict[str, Any]) -> list[tuple[str, int, int]]:
    """The axes that the verdict on a case names, of a pattern or of an index that is outside, each with its
    tensor's rank."""
    axes = [(axis["tensor"], axis["axis"], axis["rank"]) for axis in case["axes"]]
    if found := OUTSIDE.match(case["thrown"]):
        sizes, at = numbers(found["shape"]), numbers(found["index"])
        for axis, (size, index) in enumerate(zip(sizes, at, strict=False)):
            if not 0 <= index < size:
                axes.append((found["tensor"], axis, len(sizes)))
    if found := SLICED.match(case["thrown"]):
        axes.append((found["tensor"], int(found["dim"]), len(numbers(found["shape"]))))
    return [
        (tensor.partition(".")[0], axis, rank) for tensor, axis, rank in axes
    ]  # cache.k is a part of cache


def report_on(mutant: GenericMutant, commands: Sequence[dict[str, str]]) -> list[dict[str, Any]]:
    """The cases that fail, as the step's report has them; none if the change is not C++."""
    try:
        program = mutants.build_mutant(mutant, mutants.tests_of(mutant.step), commands)
    except BadInputError:
        return []
    report = program.with_suffix(".json")
    report.unlink(missing_ok=True)
    run_limited(program, "--brief", f"--report={report}", hints="name")
    program.unlink()
    return [case for case in mutants.read_report(report) if case["end"] != "passed"]


def judge(
    mutant: GenericMutant, solution: Solution, failed: Sequence[dict[str, Any]]
) -> tuple[str, str, str]:
    """Whether the function is "right" or "wrong"; whether the axis is, or "silent" if no axis is named, or ""
    if the change has none; and on what that rests."""
    wanted = solution.callers(mutant.change.function)
    first = failed[0]["function"]
    found = [axis for case in failed if case["function"] == first for axis in named_axes(case)]
    named = Counter((tensor, axis) for tensor, axis, _ in found)
    ranks = {tensor: rank for tensor, _, rank in found}
    most = {axis for axis, count in named.items() if count == max(named.values())}
    axes: set[Axis] = set()
    if mutant.change.function in solution.contract:
        for tensor, axis in solution.functions[mutant.change.function].axes_at(mutant.change.begin):
            axes.add((tensor, axis % ranks.get(tensor, 1) if axis < 0 else axis))
    told = f"{first} fails first; indexes {sorted(axes)}; named {sorted(named.items())}"
    verdict = "" if not axes else "right" if most & axes else "wrong" if most else "silent"
    return "right" if first in wanted else "wrong", verdict, told


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--draw", type=int, default=30, metavar="N")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    try:
        found = find_mutants(STEPS)
        commands, _ = prepare(found)
        solutions = {file: Solution(file) for file in {mutant.file for mutant in found}}
        judged: Counter[str] = Counter()
        for mutant in random.Random(options.seed).sample(found, len(found)):
            if judged["mutants"] == options.draw:
                break
            failed = report_on(mutant, commands)
            if not failed:
                continue
            function, axis, told = judge(mutant, solutions[mutant.file], failed)
            judged.update(["mutants", f"function {function}", f"axis {axis}"])
            print(f"{mutant}\n  function {function}, axis {axis or 'none'}: {told}", flush=True)
            for id in sorted({id for case in failed for id in case["misconceptions"]}):
                judged["names"] += 1
                print(f"  named: {id}", flush=True)
    except (BadInputError, OSError, ValueError) as error:
        print(f"locate_mutants.py: {error}", file=sys.stderr)
        return 1
    print(
        f"seed {options.seed}: function right in {judged['function right']} of {judged['mutants']}, "
        f"axis right in {judged['axis right']}, wrong in {judged['axis wrong']}, not named in "
        f"{judged['axis silent']}, none to name in {judged['axis ']}; {judged['names']} names given"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())

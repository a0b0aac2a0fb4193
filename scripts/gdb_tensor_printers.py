"""Prints the kit's tensors and views readably in gdb: `source` this file, or start gdb with ./lab debug.

(gdb) print x
x: (2, 3), strides (6, 1)
  [0]   0.25      -1.5       3
  [1]   1e-06      0.75      2
"""

import itertools
import math
from collections.abc import Iterator, Sequence

import gdb
import gdb.printing

MAX_RANK = 4
MAX_ROWS = 12
MAX_COLUMNS = 8


def parts(value: gdb.Value, code: int) -> Iterator[gdb.Value]:
    """All pointers or arrays inside a value, whatever the standard library calls the members around them."""
    kind = value.type.strip_typedefs()
    if kind.code == code:
        yield value
    elif kind.code == gdb.TYPE_CODE_STRUCT:
        for field in kind.fields():
            if hasattr(field, "bitpos"):  # not a static member
                yield from parts(value[field], code)


def first_part(value: gdb.Value, code: int) -> gdb.Value:
    return next(parts(value, code))


def sizes(shape: gdb.Value) -> list[int]:
    rank = int(shape["rank_"])
    if rank > MAX_RANK:
        raise ValueError("not initialized yet")
    array = first_part(shape["sizes_"], gdb.TYPE_CODE_ARRAY)
    return [int(array[dim]) for dim in range(rank)]


def row_major(shape: Sequence[int]) -> list[int]:
    strides = [1]
    for size in reversed(shape[1:]):
        strides.insert(0, strides[0] * size)
    return strides[: len(shape)]


def tuple_text(numbers: Sequence[int]) -> str:
    return "(" + ", ".join(map(str, numbers)) + ")"


def row_text(data: gdb.Value, start: int, length: int, stride: int) -> str:
    shown: list[int | None] = list(range(length))
    if length > MAX_COLUMNS:
        shown[MAX_COLUMNS - 2 : length - 1] = [None]
    cells = ["…" if i is None else format(float(data[start + i * stride]), ".5g") for i in shown]
    return " ".join(cell.rjust(11) if cell != "…" else cell for cell in cells)


def rows_text(data: gdb.Value, shape: Sequence[int], strides: Sequence[int]) -> Iterator[str]:
    outer = list(itertools.islice(itertools.product(*map(range, shape[:-1])), MAX_ROWS))
    labels = [str(list(index)) if index else "" for index in outer]
    width = max(map(len, labels))
    for index, label in zip(outer, labels, strict=True):
        start = sum(i * stride for i, stride in zip(index, strides))  # noqa: B905 # outer dimensions only
        yield f"  {label:<{width}} {row_text(data, start, shape[-1], strides[-1])}"
    left = math.prod(shape[:-1]) - len(outer)
    if left > 0:
        yield f"  … {left} more {'row' if left == 1 else 'rows'}"


def is_contiguous(shape: Sequence[int], strides: Sequence[int]) -> bool:
    pairs = zip(shape, strides, row_major(shape), strict=True)
    return all(stride == wanted for size, stride, wanted in pairs if size != 1)


def in_one_line() -> bool:
    """Whether gdb prints a frame's arguments, where rows would bury the frame."""
    return bool(hasattr(gdb, "print_options") and gdb.print_options().get("summary"))


def text(head: str, data: gdb.Value, shape: Sequence[int], strides: Sequence[int]) -> str:
    if not int(data):
        return f"{head} empty".strip()
    head = f"{head} {tuple_text(shape)}".strip()
    if not is_contiguous(shape, strides):
        head += f", strides {tuple_text(strides)}"
    if in_one_line() or not shape or 0 in shape:
        return head
    try:
        return "\n".join([head, *rows_text(data, shape, strides)])
    except gdb.MemoryError:
        return f"{head}, but its memory can't be read"


class Printer:
    """Turns what can go wrong with a value that isn't constructed yet into a word."""

    def __init__(self, value: gdb.Value) -> None:
        self.value = value

    def to_string(self) -> str:
        try:
            return self.describe()
        except (ValueError, StopIteration, gdb.error) as error:
            return f"<{error}>"

    def describe(self) -> str:
        raise NotImplementedError


class ShapePrinter(Printer):
    def describe(self) -> str:
        return tuple_text(sizes(self.value))


class ViewPrinter(Printer):
    def describe(self) -> str:
        shape = sizes(self.value["shape_"])
        array = first_part(self.value["strides_"], gdb.TYPE_CODE_ARRAY)
        strides = [int(array[dim]) for dim in range(len(shape))]
        name = self.value["name_"].string() if int(self.value["name_"]) else ""
        return text(f"{name}:", self.value["data_"], shape, strides)


class TensorPrinter(Printer):
    def describe(self) -> str:
        name = first_part(self.value["name_"], gdb.TYPE_CODE_PTR)
        if not int(name):
            return "empty"
        shape = sizes(self.value["shape_"])
        data = first_part(self.value["values_"], gdb.TYPE_CODE_PTR)
        return text(f"{name.string()}:", data, shape, row_major(shape))


class SpanPrinter(Printer):
    def describe(self) -> str:
        data = first_part(self.value, gdb.TYPE_CODE_PTR)
        size = next(
            self.value[field]
            for field in self.value.type.strip_typedefs().fields()
            if field.name in ("_M_extent", "__size_", "__size")
        )
        while size.type.strip_typedefs().code == gdb.TYPE_CODE_STRUCT:
            size = size[size.type.strip_typedefs().fields()[0]]
        return text("span", data, [int(size)], [1])


def build_printers() -> gdb.printing.RegexpCollectionPrettyPrinter:
    printers = gdb.printing.RegexpCollectionPrettyPrinter("llama_lab")
    printers.add_printer("Shape", "^lab::Shape$", ShapePrinter)
    printers.add_printer("View", "^lab::BasicView<.*>$", ViewPrinter)
    printers.add_printer("Tensor", "^lab::Tensor$", TensorPrinter)
    # Only the dynamic extent, which is the largest number; libstdc++ 12 and newer print spans themselves.
    floats = "(const float|float( const)?)"
    printers.add_printer("span", rf"^std::.*span<{floats}, 18446744073709551615(ul)?>$", SpanPrinter)
    return printers


gdb.printing.register_pretty_printer(None, build_printers(), replace=True)

"""A case that is one call of a contract function: its golden tensors, bounds, storages and views."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from reference.case import Case, Model, View
from reference.memory import Memory, laid_out, stored
from reference.numerics import Numerics, measure
from reference.precision import float64
from reference.recipe import Recipe
from reference.switches import OFF, Predicted, Predictor, Switches

Tensors = Mapping[str, Tensor]
Args = Mapping[str, Any]


@dataclass(frozen=True)
class Function:
    """A contract function: what transformers, or PyTorch's own operator, yields for it, and our model of it.

    Both take the parameters by name and the arguments that are no tensors, and give what `outputs` names. The
    model takes switches too, and sees the parameters as they lie in memory.
    """

    name: str
    outputs: Sequence[str]
    reference: Callable[[Tensors, Args], dict[str, Tensor]]
    model: Callable[[Numerics, Tensors, Args, Switches], dict[str, Tensor]]
    is_copy: bool = False


@dataclass(frozen=True)
class Call:
    """Parameters in the contract's order, each a view of its storage or the whole of it, and arguments."""

    parameters: dict[str, Tensor]
    args: dict[str, Any]


Draw = Callable[[torch.Generator], Call]


class OneCall(Recipe):
    """The recipe of a case that is one call."""


def recipe(name: str, purpose: str, function: Function, draw: Draw) -> OneCall:
    return OneCall(name, lambda gen: make_case(name, purpose, function, draw(gen)))


def predictors(functions: Sequence[Function]) -> dict[str, Predictor]:
    return {function.name: _predictor(function) for function in functions}


def _predictor(function: Function) -> Predictor:
    """What a case of `function` yields with switches."""

    def predict(case: Case, _: Mapping[str, Model], switches: Switches, numerics: Numerics) -> Predicted:
        memory = Memory(case)
        seen = {name: laid_out(name, view, switches) for name, view in memory.parameters.items()}
        results = function.model(numerics, seen, case.args, switches)
        for name, result in results.items():
            rows = stored(numerics, name, seen[name], result, switches)
            for to, row in zip(seen[name], rows, strict=True):  # one by one: with wrong strides they overlap
                to.copy_(row)
        return Predicted({name: memory.storage(name) for name in case.after})

    return predict


def make_case(name: str, purpose: str, function: Function, call: Call) -> Case:
    parameters, args = call.parameters, call.args
    golden = function.reference(parameters, args)
    with float64():
        truth = function.reference({key: value.double() for key, value in parameters.items()}, args)
    measured = measure(lambda numerics: function.model(numerics, parameters, args, OFF), golden, truth)
    case = Case(name, function.name, purpose, args=args)
    roots: dict[int, str] = {}
    for parameter, tensor in parameters.items():
        root = _root(tensor)
        owner = roots.setdefault(id(root), parameter)
        if owner == parameter:
            case.before[owner] = root
        if owner != parameter or tensor is not root:
            case.views[parameter] = View.of(tensor, owner)
        if parameter in function.outputs:
            after = case.after.setdefault(owner, root.clone())
            after.as_strided(tensor.shape, tensor.stride(), tensor.storage_offset()).copy_(golden[parameter])
            case.noise[owner] = measured.noise[parameter]
            case.bounds[owner] = 0.0 if function.is_copy else measured.bounds[parameter]
    return case


def _root(tensor: Tensor) -> Tensor:
    """The tensor that holds a view's storage."""
    root = tensor if tensor._base is None else tensor._base
    if not root.is_contiguous() or root.storage_offset() != 0:
        raise ValueError("a storage must be whole and contiguous")
    return root

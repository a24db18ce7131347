"""Infer the kind of every local variable, and which call each call is."""

from __future__ import annotations

import inspect
import math
import types
from collections.abc import Callable, Mapping
from typing import Any

import gast
import numpy as np

from srcad import runtime as rt
from srcad.analysis.kinds import (
    ANY,
    BOOL,
    FLOAT,
    INT,
    NONE,
    NUMBER,
    STR,
    Kind,
    array,
    container,
    is_scalar,
    join,
    kind_of,
)
from srcad.lang.function import Function
from srcad.rules import registry

__all__ = ["ARRAY_METHODS", "BINARY", "UNARY", "Kinds", "infer", "kind_of_operation"]

Kinds = dict[str, Kind]

BINARY: dict[type, Any] = {
    gast.Add: np.add,
    gast.Sub: np.subtract,
    gast.Mult: np.multiply,
    gast.Div: np.true_divide,
    gast.Pow: np.power,
    gast.Mod: np.mod,
    gast.FloorDiv: np.floor_divide,
    gast.MatMult: np.matmul,
}
UNARY: dict[type, Any] = {gast.USub: np.negative, gast.UAdd: np.positive}

ARRAY_METHODS: dict[str, Any] = {
    name: getattr(np, name)
    for name in (
        "sum mean prod max min var std dot reshape ravel transpose squeeze swapaxes cumsum cumprod clip "
        "trace diagonal take repeat argmax argmin any all round nonzero argsort copy conj searchsorted sort"
    ).split()
    if name != "sort"
}
ARRAY_METHODS["astype"] = np.ndarray.astype
ARRAY_METHODS["flatten"] = np.ravel

_REDUCTIONS = {np.sum, np.mean, np.prod, np.max, np.min, np.var, np.std, np.linalg.norm, np.any, np.all}
_SAME_RANK = {np.cumsum, np.cumprod, np.clip, np.sort, np.flip, np.roll, np.tril, np.triu, np.copy,
              np.zeros_like, np.ones_like, np.full_like, np.linalg.inv, np.linalg.cholesky, np.conj}  # fmt: skip
_INTEGER = {
    len,
    int,
    round,
    np.argmax,
    np.argmin,
    np.ndim,
    np.size,
    np.linalg.matrix_rank,
    math.floor,
    math.ceil,
}


def infer(fn: Function, parameters: Mapping[str, Kind], returns: Callable[[Any, list[Kind]], Kind]) -> Kinds:
    """Return the kinds of all locals of ``fn``, whose parameters have the given kinds.

    ``returns(callee, kinds)`` tells the kind that a user's function returns.  The result does not
    depend on the order of statements: each variable gets the join over its assignments.
    """
    kinds: Kinds = {}
    visitor = _Inference(fn, kinds, returns)
    for _ in range(20):
        before = dict(kinds)
        for name, kind in parameters.items():
            kinds[name] = join(kinds.get(name), kind)
        visitor.block(fn.tree.body)
        if kinds == before:
            break
    return kinds


class _Inference:
    def __init__(self, fn: Function, kinds: Kinds, returns: Callable[[Any, list[Kind]], Kind]) -> None:
        self.fn, self.kinds, self.returns = fn, kinds, returns

    def block(self, body: list[gast.stmt]) -> None:
        for stmt in body:
            if isinstance(stmt, gast.Assign):
                self.assign(stmt.targets[0], stmt.value)
            elif isinstance(stmt, gast.AugAssign) and isinstance(stmt.target, gast.Name):
                value = gast.BinOp(stmt.target, stmt.op, stmt.value)
                self.bind(stmt.target.id, kind_of_operation(value, self.kinds, self.fn, self.returns))
            elif isinstance(stmt, gast.For):
                self.bind(stmt.target.id, INT)
            elif isinstance(stmt, gast.With):
                for item in stmt.items:
                    if item.optional_vars is not None:
                        self.bind(item.optional_vars.id, ANY)
            for field in ("body", "orelse", "finalbody"):
                self.block(getattr(stmt, field, []) or [])

    def bind(self, name: str, kind: Kind) -> None:
        self.kinds[name] = join(self.kinds.get(name), kind)

    def assign(self, target: gast.AST, value: gast.AST) -> None:
        if isinstance(target, gast.Name):
            self.bind(target.id, kind_of_operation(value, self.kinds, self.fn, self.returns))
        elif isinstance(target, gast.Tuple):
            kind = kind_of_operation(value, self.kinds, self.fn, self.returns)
            for position, element in enumerate(target.elts):
                self.bind(element.id, _element(kind, position))


def _element(kind: Kind, key: Any) -> Kind:
    """The kind of ``value[key]`` for a constant key."""
    if kind.name == "array":
        return array(kind.ndim - 1, kind.inexact) if kind.ndim else (NUMBER if kind.inexact else ANY)
    if kind.items is None:
        return ANY
    if kind.name == "tuple" and isinstance(key, int) and -len(kind.items) <= key < len(kind.items):
        return kind.items[key]
    if kind.name == "list" and isinstance(key, int):
        return kind.items[0]
    if kind.name in ("dict", "object"):
        return dict(kind.items).get(key, ANY)
    return ANY


def kind_of_operation(
    node: gast.AST, kinds: Kinds, fn: Function, returns: Callable[[Any, list[Kind]], Kind] = lambda f, k: ANY
) -> Kind:
    """Return the kind of an operation of the normal form."""
    if isinstance(node, gast.Constant):
        return kind_of(node.value)
    if isinstance(node, gast.Name):
        if node.id in fn.scope.statics:
            return kind_of(fn.scope.statics[node.id])
        return kinds.get(node.id, ANY)
    recurse = lambda n: kind_of_operation(n, kinds, fn, returns)  # noqa: E731
    if isinstance(node, gast.BinOp):
        return _binary(type(node.op), recurse(node.left), recurse(node.right))
    if isinstance(node, gast.UnaryOp):
        return BOOL if isinstance(node.op, gast.Not) else recurse(node.operand)
    if isinstance(node, gast.Compare):
        return _comparison(node, recurse(node.left), recurse(node.comparators[0]))
    if isinstance(node, (gast.Tuple, gast.List)):
        return _display(node, [recurse(n) for n in node.elts])
    if isinstance(node, gast.Dict):
        if all(isinstance(key, gast.Constant) for key in node.keys):
            return container("dict", tuple((k.value, recurse(v)) for k, v in zip(node.keys, node.values)))
        return container("dict")
    if isinstance(node, gast.JoinedStr):
        return STR
    if isinstance(node, gast.Subscript):
        return _subscript(recurse(node.value), node.slice, recurse)
    if isinstance(node, gast.Attribute):
        return _attribute(recurse(node.value), node.attr)
    if isinstance(node, gast.Call):
        return _call(node, recurse, fn, returns)
    return ANY


def _binary(op: type, left: Kind, right: Kind) -> Kind:
    if is_scalar(left) and is_scalar(right):
        return FLOAT if op is gast.Div or "float" in (left.name, right.name) else INT
    numeric = ("float", "int", "bool", "array", "number")
    if left.name not in numeric or right.name not in numeric:
        if left.name == right.name and left.name in ("tuple", "list", "str") and op is gast.Add:
            return container(left.name) if left.name != "str" else STR
        return NUMBER if {left.name, right.name} & {"array", "float"} else ANY
    if op is gast.MatMult:
        return _matmul(left, right)
    return _broadcast([left, right], op is gast.Div)


def _broadcast(operands: list[Kind], divides: bool = False) -> Kind:
    inexact = divides or any(
        k.name == "float" or (k.name in ("array", "number") and k.inexact) for k in operands
    )
    if all(is_scalar(k) for k in operands):
        return FLOAT if inexact else INT
    if any(k.name not in ("array", "float", "int", "bool") for k in operands):
        return NUMBER
    ranks = [0 if is_scalar(k) else k.ndim for k in operands]
    return array(None if None in ranks else max(r for r in ranks if r is not None), inexact)


def _matmul(left: Kind, right: Kind) -> Kind:
    if left.ndim is None or right.ndim is None:
        return NUMBER
    inexact = left.inexact or right.inexact
    if left.ndim == 1 or right.ndim == 1:
        return array(max(left.ndim + right.ndim - 2, 0), inexact)
    return array(max(left.ndim, right.ndim), inexact)


def _comparison(node: gast.Compare, left: Kind, right: Kind) -> Kind:
    if isinstance(node.ops[0], (gast.Is, gast.IsNot, gast.In, gast.NotIn)):
        return BOOL
    if is_scalar(left) and is_scalar(right) or left.name == "str":
        return BOOL
    kind = _broadcast([left, right])
    return array(kind.ndim, False) if kind.name == "array" else ANY


def _display(node: gast.AST, elements: list[Kind]) -> Kind:
    if any(isinstance(n, gast.Starred) for n in node.elts):
        return container("tuple" if isinstance(node, gast.Tuple) else "list")
    if isinstance(node, gast.Tuple):
        return container("tuple", tuple(elements))
    return container("list")


def _subscript(kind: Kind, index: gast.AST, recurse: Callable[[gast.AST], Kind]) -> Kind:
    if kind.name != "array":
        if isinstance(index, gast.Constant):
            return _element(kind, index.value)
        if isinstance(index, gast.Slice):
            return container(kind.name) if kind.name in ("tuple", "list") else ANY
        if kind.name == "list" and kind.items is not None:
            return kind.items[0]
        if kind.name == "tuple" and kind.items:
            result = kind.items[0]
            for item in kind.items[1:]:
                result = join(result, item)
            return result
        return ANY
    if kind.ndim is None:
        return NUMBER if kind.inexact else ANY
    rank, fancy = kind.ndim, None
    for part in index.elts if isinstance(index, gast.Tuple) else [index]:
        part_kind = recurse(part) if not isinstance(part, gast.Slice) else ANY
        if isinstance(part, gast.Slice) or (isinstance(part, gast.Constant) and part.value is Ellipsis):
            continue
        if part_kind == NONE:
            rank += 1
        elif part_kind == INT:
            rank -= 1
        elif (
            part_kind.name == "array"
            and part_kind.ndim is not None
            and fancy is None
            and not part_kind.inexact
        ):
            fancy = part_kind
            return NUMBER if isinstance(index, gast.Tuple) else Kind("array", None, kind.inexact)
        else:
            return NUMBER
    return array(max(rank, 0), kind.inexact)


def _attribute(kind: Kind, name: str) -> Kind:
    if kind.name == "array" or kind.name == "number":
        if name in ("T", "real", "imag", "mT"):
            return kind
        if name in ("ndim", "size"):
            return INT
        if name == "shape":
            return container("tuple", None if kind.ndim is None else (INT,) * kind.ndim)
        return ANY
    fields = getattr(kind.value, "_fields", ()) if kind.name == "tuple" else ()
    if name in fields and kind.items is not None:
        return kind.items[fields.index(name)]
    if kind.name == "object" and kind.items is not None:
        return dict(kind.items).get(name, ANY)
    if kind.name == "function" and isinstance(kind.value, types.ModuleType):
        value = getattr(kind.value, name, None)
        found = kind_of(value)
        return found if found.name in ("float", "int", "bool", "str", "function", "array") else ANY
    return ANY


def _literal(node: gast.AST | None) -> Any:
    """The value of a constant argument; a marker where it is not constant."""
    if isinstance(node, gast.Constant):
        return node.value
    if isinstance(node, gast.UnaryOp) and isinstance(node.operand, gast.Constant):
        return -node.operand.value
    return _literal


def _call(
    node: gast.Call,
    recurse: Callable[[gast.AST], Kind],
    fn: Function,
    returns: Callable[[Any, list[Kind]], Kind],
) -> Kind:
    arguments = [recurse(n) for n in node.args]
    if isinstance(node.func, gast.Attribute):
        receiver = recurse(node.func.value)
        if receiver.name in ("array", "number", "float") and node.func.attr in ARRAY_METHODS:
            return _numpy_call(ARRAY_METHODS[node.func.attr], node, [receiver, *arguments], [node.func.value])
        return INT if node.func.attr == "index" else ANY
    callee = recurse(node.func)
    if callee.name != "function":
        return ANY
    if callee.value is rt.zeros_like and arguments[0].name in ("list", "tuple"):
        return container("list")
    if callee.value is rt.sequence:
        return arguments[0] if arguments[0].name in ("list", "tuple", "array", "str") else ANY
    if isinstance(callee.value, types.FunctionType) and registry.find(callee.value) is None:
        if not registry.is_constant(callee.value) and callee.value.__module__.split(".")[0] != "numpy":
            return returns(callee.value, arguments) if not _starred(node) else ANY
    if _starred(node):
        return ANY
    return _numpy_call(callee.value, node, arguments, [])


def _starred(node: gast.Call) -> bool:
    return any(isinstance(a, gast.Starred) for a in node.args) or any(k.arg is None for k in node.keywords)


def _numpy_call(callee: Any, node: gast.Call, arguments: list[Kind], before: list[gast.AST]) -> Kind:
    if (
        callee in (len, int, np.ndim, np.size)
        or callee in _INTEGER
        and len(arguments) == 1
        and not node.keywords
    ):
        return INT if arguments[:1] != [ANY] or callee is len else ANY
    if callee in (float, abs) and arguments:
        return FLOAT if callee is float else arguments[0]
    if getattr(callee, "__module__", None) == "math" or callee is math.sqrt:
        return FLOAT
    rule = registry.find(callee)
    if isinstance(callee, np.ufunc) and callee.nout == 1 and not node.keywords:
        if callee is np.matmul and len(arguments) == 2:
            return _matmul(*arguments)
        kind = _broadcast(arguments) if all(a.name != "any" for a in arguments) else NUMBER
        if registry.is_constant(callee):
            return array(kind.ndim, False) if kind.name == "array" else ANY
        return FLOAT if kind == INT else (array(kind.ndim) if kind.name == "array" else kind)
    if callee in _REDUCTIONS and arguments:
        return _reduction(callee, node, arguments, len(before))
    if callee in _SAME_RANK and arguments and arguments[0].name == "array":
        return array(arguments[0].ndim, arguments[0].inexact) if not node.keywords else NUMBER
    if callee in (np.zeros, np.ones, np.empty, np.full) and "dtype" not in {k.arg for k in node.keywords}:
        return _filled(arguments)
    if callee in (np.dot, np.matmul) and len(arguments) == 2:
        return (
            arguments[1]
            if is_scalar(arguments[0])
            else (
                _matmul(*arguments)
                if all(a.name == "array" and (a.ndim or 9) <= 2 for a in arguments)
                else NUMBER
            )
        )
    if callee is np.transpose and arguments[0].name == "array":
        return arguments[0]
    if callee in (np.shape, range, tuple):
        return container("tuple")
    if callee in (list, sorted):
        return container("list")
    if rule is not None and getattr(callee, "__module__", "").startswith("numpy"):
        return NUMBER if callee not in _TUPLES else ANY
    if callee in (isinstance, callable, hasattr, bool):
        return BOOL
    if callee in (str, repr, format):
        return STR
    return NONE if callee is print else ANY


_TUPLES = {np.split, np.array_split, np.hsplit, np.vsplit, np.linalg.slogdet, np.linalg.qr, np.linalg.eigh,
           np.linalg.svd, np.linalg.eig, np.meshgrid, np.broadcast_arrays, np.divmod, np.modf, np.frexp}  # fmt: skip


def _filled(arguments: list[Kind]) -> Kind:
    shape = arguments[0] if arguments else ANY
    if shape == INT:
        return array(1)
    if shape.name == "tuple" and shape.items is not None:
        return array(len(shape.items))
    return NUMBER


def _reduction(callee: Any, node: gast.Call, arguments: list[Kind], offset: int) -> Kind:
    options = {k.arg: _literal(k.value) for k in node.keywords}
    inexact = arguments[0].inexact if arguments[0].name == "array" else True
    if callee in (np.any, np.all):
        return BOOL if not options and len(arguments) == 1 else ANY
    position = 2 if callee is np.linalg.norm else 1
    if len(arguments) > position:
        options["axis"] = _literal(node.args[position - offset])
    if len(arguments) > position + 1 or set(options) - {"axis", "keepdims", "ddof", "ord"}:
        return NUMBER
    axis, keepdims = options.get("axis"), options.get("keepdims", False)
    if keepdims is not False:
        return arguments[0] if keepdims is True and arguments[0].name == "array" else NUMBER
    if axis is None:
        return FLOAT if inexact or callee in (np.mean, np.var, np.std) else INT
    if isinstance(axis, int) and arguments[0].name == "array" and arguments[0].ndim is not None:
        return array(arguments[0].ndim - 1, inexact or callee in (np.mean, np.var, np.std))
    return NUMBER


def bound_parameters(callee: Any) -> inspect.Signature | None:
    """Return the signature of ``callee`` where Python knows it."""
    try:
        return inspect.signature(callee)
    except (TypeError, ValueError):
        return None

"""The kinds of terms: what is known of primal variables, carried over to gradients and temporaries."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import gast
import numpy as np

from srcad import runtime as rt
from srcad.analysis.kinds import ANY, Kind, is_scalar
from srcad.analysis.results.calls import result_of
from srcad.analysis.results.elementwise import binary, unary
from srcad.analysis.results.indexing import attribute, subscript
from srcad.analysis.results.shaped import Call
from srcad.optimize.program import Program, expression, statements
from srcad.optimize.terms import Term

__all__ = ["TermKinds"]

_FIRST_COUNTS = frozenset(
    "amax amin conj copy cumsum empty_like expand_dims full_like imag max mean min ones_like real reshape "
    "squeeze sum swapaxes transpose zeros_like".split()
)
_ARRAYS = frozenset(["broadcast_to", "dot", "einsum", "empty", "matmul", "outer", "tensordot"])
_OF_MATRICES = (np.linalg.cholesky, np.linalg.inv, np.linalg.pinv, np.linalg.solve)
_LIKE_FIRST = frozenset(["extreme_share", "share", "sign", "zeros_like"])
_LIKE_SECOND = frozenset(["fitted", "owned", "unbroadcast"])


_LONG = 100


class TermKinds:
    """Infers the kinds of terms.

    A gradient has the dimensions of its variable unless it may be the number 0.0, which stands for a zero gradient
    of any shape; so it must be seen of each of its definitions that it is no such number.
    """

    def __init__(self, program: Program) -> None:
        self.context = program.context
        self.terms = program.terms
        self.definitions: dict[str, list[Term | None]] = {}
        for stmt in statements(program.body):
            for name in stmt.writes if stmt.kind is not gast.AugAssign else ():
                plain = stmt.value if stmt.target == name else None
                self.definitions.setdefault(name, []).append(plain)
        _look_into_histories(program, self.definitions)
        self._memo: dict[Term, Kind] = {}
        self._pending: set[str] = set()
        self._whole = self._whole_names(program)
        self.meets_complex = self.context.meets_complex or any(
            term.may_be_of_complex for made in self.definitions.values() for term in made if term is not None
        )
        if len(self.definitions) > _LONG:
            for name in self.definitions:  # in the program's order, where no chain of definitions gets deep
                self.of(self.terms.load(name))

    # ---- kinds ------------------------------------------------------------------------------

    def of(self, term: Term) -> Kind:
        """Return the kind of a term."""
        found = self._memo.get(term)
        if found is None:
            found = self._of_name(term.name) if term.kind is gast.Name else self._of_operation(term)
            if not self._pending:
                self._memo[term] = found
        return found

    def _of_name(self, name: str) -> Kind:
        found = self.context.ranks.get(name)
        if found is not None:
            return found
        primal = self.context.ranks.get(self.context.like.get(name, name))
        if primal is not None and (is_scalar(primal) or name in self._whole):
            return primal
        definitions = self.definitions.get(name, [])
        if len(definitions) != 1 or definitions[0] is None or name in self._pending:
            return ANY
        self._pending.add(name)
        found = self.of(definitions[0])
        self._pending.discard(name)
        return found

    def _of_operation(self, term: Term) -> Kind:
        kind = term.kind
        if kind is gast.Constant:
            return _kind_of_constant(term.parts[0])
        if kind is gast.BinOp:
            left, op, right = term.parts
            return binary(op, self.of(left), self.of(right))
        if kind is gast.UnaryOp:
            return unary(term.parts[0], self.of(term.parts[1]))
        if kind is gast.Attribute:
            return attribute(self.of(term.parts[0]), term.parts[1])
        if kind is gast.Subscript:
            return subscript(self.of(term.parts[0]), expression(term.parts[1]), self._of_node)
        if kind is gast.Tuple:
            return Kind("tuple", items=tuple(map(self.of, term.children)))
        return self._of_call(term) if kind is gast.Call and term.callee is not None else ANY

    def _of_node(self, node: gast.expr) -> Kind:
        return self.of(self.terms.of(node))

    def _of_call(self, term: Term) -> Kind:
        _, args, keywords = term.parts
        if any(arg.kind is gast.Starred for arg in args) or any(k.parts[0] is None for k in keywords):
            return ANY
        if _runtime_name(term.callee) in _LIKE_SECOND and len(args) == 2:
            return self.of(args[1])
        if term.callee is rt.sign:
            return self.of(args[0])
        if term.callee is rt.quotient and len(args) == 2:
            return binary(gast.Div, self.of(args[0]), self.of(args[1]))
        if term.callee is rt.extreme_share:
            return replace(self.of(args[0]), dtype=None)  # truth values where there are no ties
        texts: dict[int | str, str] = {
            place: arg.parts[0]
            for place, arg in enumerate(args)
            if arg.kind is gast.Constant and isinstance(arg.parts[0], str)
        }
        texts |= {
            k.parts[0]: k.parts[1].parts[0]
            for k in keywords
            if k.parts[1].kind is gast.Constant and isinstance(k.parts[1].parts[0], str)
        }
        named = {k.parts[0]: self.of(k.parts[1]) for k in keywords}
        return result_of(term.callee, Call([self.of(arg) for arg in args], named, texts))

    def may_be_complex(self, term: Term) -> bool:
        """Tell whether a value is complex, or not known to be real in a program with complex numbers."""
        dtype = self.of(term).dtype
        return dtype in ("complex", "mixed") or dtype is None and self.meets_complex

    # ---- stand-ins --------------------------------------------------------------------------

    def is_whole(self, term: Term) -> bool:
        """Tell whether a value surely has its full shape, and is no number that stands for zeros."""
        return self._is_whole(term, self._whole)

    def _whole_names(self, program: Program) -> set[str]:
        excluded = program.parameters | self.context.ranks.keys()
        candidates = [name for name in self.definitions if name not in excluded]
        found = set(candidates)
        before = -1
        while len(found) != before:
            before = len(found)
            for name in candidates:
                if name in found and not self._all_whole(name, found):
                    found.remove(name)
        return found

    def _all_whole(self, name: str, names: set[str]) -> bool:
        definitions = self.definitions[name]
        for value in definitions:
            if value is None or not self._is_whole(value, names):
                return False
        return bool(definitions)

    def _is_whole(self, term: Term, names: set[str]) -> bool:
        kind = term.kind
        if kind is gast.Name:
            known = self.context.ranks.get(term.name)
            return term.name in names or (known is not None and known.name == "array")
        if kind is gast.BinOp:
            left, op, right = term.parts
            return op is gast.MatMult or self._is_whole(left, names) or self._is_whole(right, names)
        if kind is gast.UnaryOp:
            return self._is_whole(term.parts[1], names)
        if kind in (gast.Subscript, gast.Attribute):
            return self._is_whole(term.parts[0], names)
        if kind is not gast.Call or term.callee is None or not term.parts[1]:
            return False
        return self._is_whole_call(term.callee, term.parts[1], names)

    def _is_whole_call(self, callee: Any, args: tuple[Term, ...], names: set[str]) -> bool:
        if isinstance(callee, np.ufunc) or callee is rt.quotient:
            return any(self._is_whole(arg, names) for arg in args)
        runtime = _runtime_name(callee)
        if runtime in _LIKE_SECOND and len(args) == 2:
            target = args[1]
            known = self.context.ranks.get(target.name) if target.kind is gast.Name else None
            return (known is not None and known.name == "array") or self._is_whole(args[0], names)
        if runtime:
            return runtime in _LIKE_FIRST and self._is_whole(args[0], names)
        if callee in _OF_MATRICES:
            return True
        name = getattr(callee, "__name__", "")
        if getattr(np, name, None) is not callee:
            return False
        return name in _ARRAYS or (name in _FIRST_COUNTS and self._is_whole(args[0], names))


def _look_into_histories(program: Program, definitions: dict[str, list[Term | None]]) -> None:
    """Let what is taken out of a history be defined by all that is put into it."""
    kept: dict[str, list[Term]] = {}
    for stmt in statements(program.body):
        if stmt.stack is not None and stmt.stack[0] == "append" and stmt.value is not None:
            kept.setdefault(stmt.stack[1], []).append(stmt.value.parts[1][0])
    popped: dict[str, list[Term]] = {}
    for stmt in statements(program.body) if kept else ():
        if stmt.stack is not None and stmt.stack[0] == "pop" and len(stmt.targets) == 1:
            found = kept.get(stmt.stack[1], [])
            if stmt.target is not None:
                popped[stmt.target] = found
        elif stmt.kind is gast.Assign and stmt.value is not None and stmt.value.kind is gast.Name:
            found = popped.get(stmt.value.name, [])
        else:
            continue
        target = stmt.targets[0]
        if target.kind is gast.Name and stmt.stack is not None:
            _define(definitions, target.name, stmt.value, found)
        elif target.kind is gast.Tuple:
            rows = [_elements(term, definitions, len(target.children)) for term in found]
            for place, part in enumerate(target.children):
                if part.kind is gast.Name and rows and None not in rows:
                    _define(definitions, part.name, None, [row[place] for row in rows if row is not None])


def _define(
    definitions: dict[str, list[Term | None]], name: str, unknown: Term | None, found: list[Term]
) -> None:
    """Put what is known in the place of one definition that tells nothing."""
    own = definitions.get(name, [])
    if found and unknown in own:
        own.remove(unknown)
        own += [term for term in found if term.kind is not gast.Name or term.name != name]


def _elements(term: Term, definitions: dict[str, list[Term | None]], length: int) -> tuple[Term, ...] | None:
    """Return the elements of a tuple that is put into a history."""
    if term.kind is gast.Name:
        known = definitions.get(term.name, [])
        if len(known) != 1 or known[0] is None:
            return None
        term = known[0]
    return term.children if term.kind is gast.Tuple and len(term.children) == length else None


def _kind_of_constant(value: Any) -> Kind:
    if isinstance(value, (bool, int)):
        return Kind("bool" if isinstance(value, bool) else "int", value=value, dtype="int")
    if isinstance(value, float):
        return Kind("float", dtype="float64")
    if isinstance(value, complex):
        return Kind("number", dtype="complex")
    if isinstance(value, tuple):
        return Kind("tuple", items=tuple(map(_kind_of_constant, value)))
    return Kind("none") if value is None else ANY


def _runtime_name(callee: Any) -> str:
    module = getattr(callee, "__module__", "") or ""
    return str(getattr(callee, "__name__", "")) if module.startswith("srcad.runtime") else ""

"""Which values have the same shape: lengths of axes as symbols that come from variables."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, ClassVar, NamedTuple

import gast
import numpy as np

from srcad.optimize.forward import Known
from srcad.optimize.kinds import TermKinds
from srcad.optimize.program import Program, Statement, statements
from srcad.optimize.slices import cut
from srcad.optimize.terms import Term

__all__ = ["Axis", "Shape", "Shapes", "is_elementwise"]

_LIKE = frozenset(
    ["zeros_like", "ones_like", "empty_like", "full_like", "copy", "real", "imag", "clip", "array"]
)
_AS_FIRST = (np.linalg.inv, np.linalg.cholesky)
_FILLED = frozenset(["zeros", "ones", "empty", "full"])
_REDUCTIONS = frozenset(["amax", "amin", "max", "mean", "min", "prod", "sum"])
_DEPTH = 24


class Axis(NamedTuple):
    """The length of an axis; equal symbols are equal lengths."""

    symbol: Any
    is_long: bool = False
    """Whether the length is surely not one."""


ONE = Axis(1)

Shape = Any
"""A tuple of axes where the rank is known, else the name of the variable that the shape comes from."""


class Shapes:
    """Compares shapes by the variables that they come from, as they are at one point of the program.

    Operands that broadcast without one of them being of length one have equal lengths, since NumPy would have
    raised.
    """

    def __init__(self, program: Program, kinds: TermKinds) -> None:
        self.context = program.context
        self.terms = program.terms
        self.kinds = kinds
        self.restored: set[str] = set()
        self.settled = _set_once(program, self.restored)
        self.inside = {name for stmt in program.body for inner in _below(stmt) for name in inner.writes}
        self._memo: dict[Term, Shape] = {}
        self._known: Known | None = None

    def same(self, first: Term, second: Term, known: Known | None) -> bool:
        """Tell whether two values are proven to have the same shape; without ``known`` by what is set only once."""
        self._memo, self._known = {}, known
        shape = self.of(first, _DEPTH)
        return shape is not None and _symbols(shape) == _symbols(self.of(second, _DEPTH))

    def witness(self, target: Term, known: Known) -> Term | None:
        """Return a part of an array that is there anyway, with the shape of a value that a history gives back.

        It depends on nothing that is set inside of a loop, which may have another value by then.
        """
        if target.kind is not gast.Name or target.name not in self.restored:
            return None
        for part in self._parts(target.name, _DEPTH):
            if part.reads <= self.settled.keys() - self.inside and self.same(part, target, known):
                return part
        return None

    def _parts(self, name: str, depth: int) -> Iterator[Term]:
        """Yield the arrays and parts of arrays that the elementwise definition of a variable is made of."""
        value = self.settled.get(name)
        pending = [] if value is None else [value]
        while pending and depth:
            depth -= 1
            term = pending.pop()
            if term.kind is gast.Subscript:
                yield term
            elif term.kind is gast.Name:
                definition = self.settled.get(term.name)
                pending += [] if definition is None else [definition]
            elif is_elementwise(term) or term.kind is gast.UnaryOp:
                pending += reversed(term.children)

    def of(self, term: Term, depth: int) -> Shape:
        """Return the shape of a term, or None where nothing is known."""
        if term in self._memo:
            return self._memo[term]
        found = self._computed(term, depth - 1) if depth else None
        self._memo[term] = found
        return found

    def _computed(self, term: Term, depth: int) -> Shape:
        kind = term.kind
        if kind is gast.Constant:
            return () if isinstance(term.parts[0], (int, float, complex)) else None
        if kind is gast.Name:
            return self._of_name(term.name, depth)
        if kind is gast.UnaryOp and term.parts[0] is not gast.Not:
            return self.of(term.parts[1], depth)
        if is_elementwise(term):
            return _joined([self.of(term.parts[0], depth), self.of(term.parts[2], depth)])
        if kind is gast.Compare:
            return _joined([self.of(operand, depth) for operand in (term.parts[0], *term.parts[2])])
        if kind is gast.BinOp:
            return _product(self.of(term.parts[0], depth), self.of(term.parts[2], depth))
        if kind is gast.Subscript:
            base = self.of(term.parts[0], depth)
            return cut(base, term.parts[1], self._is_integer, self._is_fixed) if type(base) is tuple else None
        if kind is gast.Attribute and term.parts[1] == "T":
            base = self.of(term.parts[0], depth)
            return base[::-1] if type(base) is tuple else None
        return self._of_call(term, depth) if kind is gast.Call else None

    # ---- variables --------------------------------------------------------------------------

    def _of_name(self, name: str, depth: int) -> Shape:
        if self.context.is_scalar(name):
            return ()
        primal = self.context.like.get(name)
        if (
            primal is not None
            and primal != name
            and primal in self.settled
            and self.kinds.is_whole(self._name(name))
        ):
            return self.of(self._name(primal), depth)
        origin = None if self._known is None else self._known.origin(name)
        if origin is None:
            origin = self._settled_definition(name)
        found = None if origin is None else self.of(origin, depth)
        return self._own_shape(name) if found is None else found

    def _settled_definition(self, name: str) -> Term | None:
        """Return the one definition of a variable, if that of the variables that give it its shape is one as well."""
        value = self.settled.get(name)
        return value if value is not None and self._shaping(value) <= self.settled.keys() else None

    def _shaping(self, value: Term) -> frozenset[str]:
        """Return the variables in a value but for the numbers that arrays are added to or multiplied by."""
        if value.kind is gast.Name and self.context.is_scalar(value.name):
            return frozenset()
        if is_elementwise(value):
            return self._shaping(value.parts[0]) | self._shaping(value.parts[2])
        return value.reads

    def _own_shape(self, name: str) -> Shape:
        kind = self.context.ranks.get(name)
        if kind is None or kind.name != "array" or kind.ndim is None:
            return name
        dims = kind.dims or ("?",) * kind.ndim
        return tuple(
            ONE if length == "1" else Axis((name, place), length == "N") for place, length in enumerate(dims)
        )

    def _name(self, name: str) -> Term:
        return self.terms.load(name)

    def _is_integer(self, term: Term) -> bool:
        kind = self.kinds.of(term)
        return kind.name == "int"

    def _is_fixed(self, term: Term) -> bool:
        """Tell whether a bound of a slice is the same wherever it is written."""
        return term.reads <= self.settled.keys()

    # ---- calls ------------------------------------------------------------------------------

    def _of_call(self, term: Term, depth: int) -> Shape:
        func, args, keywords = term.parts
        if func.kind is gast.Attribute:
            copied = func.parts[1] == "copy" and not args
            return self.of(func.parts[0], depth) if copied else None
        callee = term.callee
        name = getattr(callee, "__name__", "")
        module = getattr(callee, "__module__", "") or ""
        if not args or any(arg.kind is gast.Starred for arg in args):
            return None
        if isinstance(callee, np.ufunc):
            plain = callee.signature is None and callee.nout == 1 and not keywords
            return _joined([self.of(a, depth) for a in args]) if plain and len(args) == callee.nin else None
        if module.startswith("srcad.runtime") and name in ("sign", "extreme_share"):
            return self.of(args[0], depth)
        if module.startswith("srcad.runtime") and name in ("difference", "quotient"):
            return _joined([self.of(a, depth) for a in args])
        if module.startswith("srcad.runtime") and len(args) == 2:
            return self.of(args[1], depth) if name in ("fitted", "owned", "unbroadcast") else None
        if callee in _AS_FIRST and len(args) == 1:
            return self.of(args[0], depth)
        if callee is np.linalg.solve and len(args) == 2:
            ranks = [self.kinds.of(arg).ndim for arg in args]
            return self.of(args[1], depth) if ranks in ([2, 1], [2, 2]) else None
        compute: Callable[..., Shape] | None = None
        if module == "numpy" and getattr(np, name, None) is callee:
            compute = self._BY_FUNCTION.get(name)
        return None if compute is None else compute(self, name, args, keywords, depth)

    def _of_likeness(
        self, name: str, args: tuple[Term, ...], keywords: tuple[Term, ...], depth: int
    ) -> Shape:
        if name in _FILLED:
            return self._of_shape(args[0], depth)
        plain = not any(k.parts[0] in ("shape", "ndmin") for k in keywords)
        return self.of(args[0], depth) if plain and (name != "clip" or len(args) == 1) else None

    def _broadcast_to(self, name: str, args: tuple[Term, ...], keywords: Any, depth: int) -> Shape:
        return self._of_shape(args[1], depth) if len(args) == 2 else None

    def _where(self, name: str, args: tuple[Term, ...], keywords: Any, depth: int) -> Shape:
        return _joined([self.of(arg, depth) for arg in args]) if len(args) == 3 else None

    def _expand_dims(self, name: str, args: tuple[Term, ...], keywords: Any, depth: int) -> Shape:
        base = self.of(args[0], depth)
        place = args[1].parts[0] if len(args) == 2 and args[1].kind is gast.Constant else None
        if type(base) is not tuple or type(place) is not int or not -len(base) - 1 <= place <= len(base):
            return None
        place = place if place >= 0 else place + len(base) + 1
        return (*base[:place], ONE, *base[place:])

    def _reduction(self, name: str, args: tuple[Term, ...], keywords: tuple[Term, ...], depth: int) -> Shape:
        options = {k.parts[0]: k.parts[1] for k in keywords}
        base = self.of(args[0], depth)
        if len(args) > 1 or not options.keys() <= {"axis", "keepdims"}:
            return None
        if not options:
            return ()
        values = {
            key: value.parts[0] if value.kind is gast.Constant else ... for key, value in options.items()
        }
        axis, keepdims = values.get("axis"), values.get("keepdims", False)
        if type(base) is not tuple or type(axis) is not int or type(keepdims) is not bool:
            return None
        if not -len(base) <= axis < len(base):
            return None
        axis %= len(base)
        return (*base[:axis], *((ONE,) if keepdims else ()), *base[axis + 1 :])

    _BY_FUNCTION: ClassVar[dict[str, Callable[..., Shape]]] = {
        **dict.fromkeys(_LIKE | _FILLED, _of_likeness),
        **dict.fromkeys(_REDUCTIONS, _reduction),
        "broadcast_to": _broadcast_to,
        "where": _where,
        "expand_dims": _expand_dims,
    }

    def _of_shape(self, term: Term, depth: int) -> Shape:
        """Return the shape of ``a`` where the term is ``np.shape(a)`` or ``a.shape``."""
        origin: Term | None = term
        if term.kind is gast.Name:
            origin = None if self._known is None else self._known.origin(term.name)
            origin = origin or self._settled_definition(term.name)
        if origin is None:
            return None
        if origin.kind is gast.Attribute and origin.parts[1] == "shape":
            return self.of(origin.parts[0], depth)
        if origin.kind is gast.Call and len(origin.parts[1]) == 1 and origin.callee is np.shape:
            return self.of(origin.parts[1][0], depth)
        return None


def is_elementwise(term: Term) -> bool:
    """Tell whether a term is an arithmetic operator that broadcasts its operands."""
    return term.kind is gast.BinOp and term.parts[1] is not gast.MatMult


def _symbols(shape: Shape) -> Any:
    return tuple([axis.symbol for axis in shape]) if type(shape) is tuple else shape


def _joined(shapes: list[Shape]) -> Shape:
    """Return what shapes broadcast to."""
    result: Shape = ()
    for shape in shapes:
        if shape is None:
            return None
        if result == () or shape == result:
            result = shape
        elif shape != ():
            if type(shape) is not tuple or type(result) is not tuple:
                return None
            result = _broadcast(result, shape)
            if result is None:
                return None
    return result


def _broadcast(first: tuple[Axis, ...], second: tuple[Axis, ...]) -> Shape:
    if len(first) < len(second):
        first, second = second, first
    extra = len(first) - len(second)
    result = list(first[:extra])
    for one, other in zip(first[extra:], second):
        if one.symbol == other.symbol or other is ONE or other == ONE or one.is_long:
            result.append(one)
        elif one == ONE or other.is_long:
            result.append(other)
        else:
            return None
    return tuple(result)


def _product(left: Shape, right: Shape) -> Shape:
    """Return the shape of a matrix product of matrices or vectors."""
    if type(left) is not tuple or type(right) is not tuple or not left or not right:
        return None
    if len(left) > 2 or len(right) > 2:
        return None
    return (*left[:-1], *(right[1:] if len(right) == 2 else ()))


def _set_once(program: Program, restored: set[str]) -> dict[str, Term | None]:
    """Return the variables whose shape is set in one place only, with what they are set to there.

    What a history gives back, which ``restored`` gets, has been set before, and a copy under the own name changes no
    shape.
    """
    counts: dict[str, int] = dict.fromkeys(program.parameters, 1)
    values: dict[str, Term | None] = dict.fromkeys(program.parameters)
    for stmt in statements(program.body):
        if _gives_back(stmt, restored):
            restored |= stmt.writes
            continue
        if _copies_itself(stmt):
            continue
        for name in stmt.writes:
            if stmt.target == name and (
                _is_none(stmt.value) or (name in values and values[name] is stmt.value)
            ):
                continue  # not an array yet, or computed again
            counts[name] = counts.get(name, 0) + (2 if stmt.kind is gast.For else 1)
            values[name] = stmt.value if stmt.target == name else None
    return {name: values[name] for name, number in counts.items() if number == 1}


def _is_none(value: Term | None) -> bool:
    return value is not None and value.kind is gast.Constant and value.parts[0] is None


def _below(stmt: Statement) -> Iterator[Statement]:
    """Yield the statements inside of a compound one, and that itself if it is a loop."""
    for block in stmt.blocks:
        yield from statements(block)
    if stmt.kind is gast.For:
        yield stmt


def _gives_back(stmt: Statement, restored: set[str]) -> bool:
    if stmt.stack is not None:
        return True
    value = stmt.value
    if stmt.kind is not gast.Assign or stmt.target is not None or value is None:
        return False
    return value.kind is gast.Name and value.name in restored


def _copies_itself(stmt: Statement) -> bool:
    """Tell whether a statement is ``x = np.array(x)`` or the like, for one or several variables."""
    value = stmt.value
    if (
        stmt.kind is not gast.Assign
        or value is None
        or value.kind is not gast.Call
        or len(value.parts[1]) != 1
    ):
        return False
    if getattr(value.callee, "__name__", "") not in ("array", "clone", "copy") or len(stmt.targets) != 1:
        return False
    return bool(value.parts[1][0] is stmt.targets[0])

"""Use a value under its first name, and take apart what was just put together."""

from __future__ import annotations

import gast

from srcad import runtime as rt
from srcad.analysis.kinds import Kind, is_scalar, may_be_complex
from srcad.lang.function import Function
from srcad.optimize.coalesce import coalesce
from srcad.optimize.context import Context
from srcad.optimize.forward import Known, Rewriter, walk
from srcad.optimize.program import Program, Statement
from srcad.optimize.terms import Term, substitute

__all__ = ["CopyPropagation", "copy_propagation"]

_LITERALS = (int, float, complex, bool, str, type(None), type(Ellipsis))
_LONGEST_LITERAL = 40


def copy_propagation(function: Function, context: Context) -> Function:
    """Return a function without needless copies; see `CopyPropagation` and `coalesce`."""
    program = Program(function, context)
    coalesce(program)
    walk(program, CopyPropagation)
    made = program.to_function()
    program.forget()
    return made


class CopyPropagation(Rewriter):
    """Replace copies by what they are copies of, and take tuples apart that were just put together.

    Examples
    --------
    ::

        t = x                       # before          t = x          # after
        y = np.sin(t)                                 y = np.sin(x)
        p = (a, b)                                    p = (a, b)
        u, v = p                                      u = a
                                                      v = b
        d = rt.structured_like(g, [a, b])             d = rt.structured_like(g, [a, b])
        w = d[1]                                      w = g[1]
    """

    def statement(self, stmt: Statement, known: Known) -> list[Statement] | None:
        """Replace the operands of a statement; drop ``x = x``."""
        values = self._values(stmt.reads, known)
        if values:
            self._replace(stmt, values)
        value = stmt.value
        if stmt.target is not None and value is not None:
            element = self._element(value, known)
            if element is not value:
                self.program.set_value(stmt, element)
            is_idle = element.kind is gast.Name and element.name == stmt.target
            self.program.changes += is_idle
            return [] if is_idle else None
        return self._unpacked(stmt, known) if stmt.kind is gast.Assign else None

    def head(self, value: Term, known: Known) -> Term:
        """Replace the operands of a condition or an iterable."""
        values = self._values(value.reads, known)
        return substitute(self.terms, value, values) if values else value

    def _values(self, reads: frozenset[str], known: Known) -> dict[str, Term]:
        values: dict[str, Term] = {}
        table = known.table
        for name in reads:
            found = table.get(name)
            if found is None:
                continue
            value = found.value
            while value.kind is gast.Name and value.reads:
                above = table.get(value.name)
                if above is None or not (above.value.kind is gast.Name or _is_literal(above.value)):
                    break
                value = above.value
            if value.kind is gast.Name or _is_literal(value):
                values[name] = value
        return values

    def _replace(self, stmt: Statement, values: dict[str, Term]) -> None:
        terms, before = self.terms, (stmt.value, stmt.extras, stmt.targets)
        if stmt.value is not None:
            stmt.value = substitute(terms, stmt.value, values)
        if stmt.target is None:
            stmt.extras = tuple([substitute(terms, part, values) for part in stmt.extras])
            stmt.targets = tuple([self._target(target, values) for target in stmt.targets])
        if (stmt.value, stmt.extras, stmt.targets) != before:
            self.program.changes += 1
            self.program.describe(stmt)

    def _target(self, target: Term, values: dict[str, Term]) -> Term:
        if target.kind in (gast.Subscript, gast.Attribute):
            return substitute(self.terms, target, values)
        return target

    def _display(self, term: Term, known: Known) -> tuple[Term, ...] | None:
        """Return the elements of a tuple that is known, or of a list that nobody changes."""
        kinds: tuple[type, ...] = (gast.Tuple,)
        if term.kind is gast.Name:
            kinds = (gast.Tuple,) if self.memory.is_changed(term.name) else (gast.Tuple, gast.List)
            term = known.value(term.name) or term
        if term.callee is rt.named_tuple:
            term = self.terms.make(gast.Tuple, term.parts[1][1:])
        if term.kind in kinds and all(e.kind in (gast.Name, gast.Constant) for e in term.children):
            return term.children
        return None

    def _element(self, value: Term, known: Known) -> Term:
        if value.kind is gast.Attribute:
            return self._field(value, known)
        if value.kind is not gast.Subscript or value.parts[1].kind is not gast.Constant:
            return value
        elements, index = self._display(value.parts[0], known), value.parts[1].parts[0]
        array = self._array_of_numbers(value.parts[0], known)
        if array is not None and type(index) is int and index >= 0:
            return self.terms.make(gast.Subscript, array, value.parts[1])
        if elements is None or type(index) is not int or not -len(elements) <= index < len(elements):
            return value
        return elements[index]

    def _field(self, value: Term, known: Known) -> Term:
        """Return what a named tuple that is known has under a name."""
        base, title = value.parts
        made = known.value(base.name) if base.kind is gast.Name else None
        if made is None or made.callee is not rt.named_tuple:
            return value
        cls, *items = made.parts[1]
        fields = self.terms.statics[cls.name]._fields
        found = items[fields.index(title)] if title in fields else value
        return found if found.kind in (gast.Name, gast.Constant) else value

    def _array_of_numbers(self, term: Term, known: Known) -> Term | None:
        """Return the array whose entries a term lists as gradients of real numbers."""
        found = known.value(term.name) if term.kind is gast.Name else None
        if found is None or found.kind is not gast.Call or found.callee is not rt.structured_like:
            return None
        array, listed = found.parts[1]
        kind = self.program.context.ranks.get(listed.name) if listed.kind is gast.Name else None
        lists_numbers = kind is not None and not is_scalar(kind) and _are_numbers(kind)
        return array if lists_numbers and array.kind is gast.Name else None

    def _unpacked(self, stmt: Statement, known: Known) -> list[Statement] | None:
        target, value = stmt.targets[0], stmt.value
        if len(stmt.targets) != 1 or target.kind is not gast.Tuple or value is None:
            return None
        if not all(e.kind is gast.Name for e in target.children):
            return None
        elements = self._display(value, known)
        bound = [e.name for e in target.children]
        if elements is None or len(elements) != len(bound):
            return None
        if any(name in element.reads for element in elements for name in bound):
            return None
        self.program.changes += 1
        return [self.program.assign(name, element, stmt.origin) for name, element in zip(bound, elements)]


def _are_numbers(kind: Kind) -> bool:
    """Tell whether a kind is that of a real number, or of a list of such, or of a list of such lists."""
    if is_scalar(kind):
        return not may_be_complex(kind)
    return kind.name in ("list", "tuple") and bool(kind.items) and all(map(_are_numbers, kind.items or ()))


def _is_literal(term: Term) -> bool:
    if term.kind is not gast.Constant:
        return False
    value = term.parts[0]
    return isinstance(value, _LITERALS) and len(repr(value)) < _LONGEST_LITERAL

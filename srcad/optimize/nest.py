"""Undo A-normal form for the reader: temporaries go back into the expressions they were taken from."""

from __future__ import annotations

from typing import Any

import gast
import numpy as np

from srcad.optimize.liveness import Liveness
from srcad.optimize.program import Program, Statement, statements
from srcad.optimize.terms import WORLD, Term, Terms, count
from srcad.optimize.width import width

__all__ = ["nest"]

_COLUMNS = 88
_COLUMNS_OF_CALLS = 98
_LEAVING = (gast.Break, gast.Continue, gast.Return, gast.Raise, gast.Assert)
_CLOSED = (gast.While, gast.With, gast.Try, gast.Delete)
_KEPT_APART = (gast.List, gast.Dict, gast.Set)


def nest(program: Program) -> None:
    """Put values that are used once where they are used.

    The user's own variables stay, lines stay short, and nothing moves past a statement that could
    change its operands or be seen from outside.

    Examples
    --------
    ::

        t = X @ w                   # before          r = X @ w - y       # after
        r = t - y
    """
    nester = _Nest(program)
    program.body = nester.block(program.body, 1)


class _Nest:
    def __init__(self, program: Program) -> None:
        self.program = program
        self.keep = program.context.keep
        liveness = program.fact(Liveness)
        self.memory, self.after = liveness.memory, liveness.after

    def block(self, stmts: list[Statement], depth: int) -> list[Statement]:
        for stmt in stmts:
            stmt.blocks = [self.block(inner, depth + 1) for inner in stmt.blocks]
        index = 0
        while index < len(stmts):
            place = self._place_of_use(stmts, index)
            if place is not None and self._insert(stmts[index], stmts[place], depth):
                del stmts[index]
            else:
                index += 1
        return stmts

    def _place_of_use(self, stmts: list[Statement], index: int) -> int | None:
        """Return the statement of the block that is the only one to use what ``index`` defines."""
        stmt = stmts[index]
        name, value = stmt.target, stmt.value
        if name is None or value is None or name in self.keep:
            return None
        is_list = value.kind is gast.List and not _holds_code(value) and value.is_pure
        if not _may_move(value) and not is_list:
            follower = stmts[index + 1] if index + 1 < len(stmts) else None
            unpacked = follower is not None and _unpacks(follower, name) and value.kind is gast.Call
            return index + 1 if unpacked and self._is_only_use(name, stmts[index + 1]) else None
        operands = value.reads | {name}
        is_constant = value.kind is gast.Constant
        for place in range(index + 1, len(stmts)):
            user = stmts[place]
            if name in user.reads or any(name in inner.reads for inner in _inside(user)):
                fits = not is_list or _takes_elements(user, name)
                return place if fits and self._is_only_use(name, user) else None
            if is_constant and not user.blocks and name not in user.writes:
                continue
            if self._blocks_way(user, operands):
                return None
        return None

    def _blocks_way(self, stmt: Statement, operands: frozenset[str]) -> bool:
        """Tell whether a computation with these operands must not move past a statement."""
        if stmt.blocks or stmt.kind in _LEAVING:
            return True
        if not stmt.writes.isdisjoint(operands):
            return True
        if stmt.stack is None and not stmt.is_pure and WORLD in stmt.changes:
            return True
        return bool(stmt.changes) and not self.memory.spoiled(stmt.changes).isdisjoint(operands)

    def _is_only_use(self, name: str, user: Statement) -> bool:
        """Tell whether a statement uses a variable once, outside of its blocks, and as the last one."""
        if user.kind in _CLOSED or any(name in inner.reads for inner in _inside(user)):
            return False
        if user.kind is gast.AugAssign and user.targets[0].kind is gast.Name and user.targets[0].name == name:
            return False
        terms = [term for term in (user.value, *user.extras) if term is not None]
        terms += [target for target in user.targets if not target.reads <= user.writes]
        if sum([count(term, name) for term in terms]) != 1:
            return False
        return user.target == name or name not in self.after.get(user, frozenset())

    def _insert(self, stmt: Statement, user: Statement, depth: int) -> bool:
        """Replace the variable in ``user`` by its value, if the result reads well."""
        name, value = stmt.target, stmt.value
        assert name is not None and value is not None
        if not user.is_pure and not self._is_early(name, user):
            return False
        inserter = _Inserter(self.program.terms, name, value)
        new = inserter.into(user.value, user.kind, "value") if user.value is not None else None
        extras = tuple([inserter.into(extra, user.kind, "extras") for extra in user.extras])
        targets = tuple([inserter.into_target(target) for target in user.targets])
        most = _COLUMNS_OF_CALLS if _unpacks(user, name) else _COLUMNS
        if not inserter.done or _columns(user, new, targets, depth) > most:
            return False
        user.value, user.extras, user.targets = new, extras, targets
        user.nested |= {value: stmt.origin, **stmt.nested}
        self.program.describe(user)
        return True

    def _is_early(self, name: str, user: Statement) -> bool:
        """Tell whether an impure statement calls only once its plain arguments are evaluated."""
        terms = [term for term in (user.value, *user.extras, *user.targets) if term is not None]
        calls = [call for term in terms for call in _impure_calls(term)]
        return len(calls) == 1 and name in calls[0].reads and WORLD not in calls[0].parts[0].reads


def _unpacks(stmt: Statement, name: str) -> bool:
    """Tell whether a statement takes a variable apart and does nothing else."""
    whole = stmt.value is not None and stmt.value.kind is gast.Name and stmt.value.name == name
    parts = stmt.targets[0].children if len(stmt.targets) == 1 and stmt.targets[0].kind is gast.Tuple else ()
    return (
        stmt.kind is gast.Assign and whole and all(part.kind is gast.Name for part in parts) and bool(parts)
    )


def _takes_elements(stmt: Statement, name: str) -> bool:
    """Tell whether a statement makes an array of a list, or a list of lists, so that the list itself is gone."""
    value = stmt.value
    if stmt.target is None or value is None:
        return False
    parts = value.children if value.kind is gast.List else value.parts[1] if value.callee is np.array else ()
    return any(part.kind is gast.Name and part.name == name for part in parts)


def _inside(stmt: Statement) -> list[Statement]:
    return [inner for block in stmt.blocks for inner in statements(block)] if stmt.blocks else []


def _may_move(value: Term) -> bool:
    return value.is_pure and value.kind not in _KEPT_APART and not _holds_code(value)


def _holds_code(term: Term) -> bool:
    return term.is_opaque or any([_holds_code(child) for child in term.children])


def _impure_calls(term: Term) -> list[Term]:
    if term.is_pure:
        return []
    inner = [call for child in term.children for call in _impure_calls(child)]
    if term.kind is gast.Call and term.changes - frozenset().union(*[c.changes for c in term.children]):
        inner.append(term)
    return inner


def _columns(stmt: Statement, value: Term | None, targets: tuple[Term, ...], depth: int) -> int:
    length = 4 * depth + sum([width(target) + 3 for target in targets])
    length += width(value) + 3 if value is not None else 0
    return length + len("return ") if stmt.kind in (gast.Return, gast.If) else length


class _Inserter:
    """Puts an expression in the place of a name, unless it would read oddly there."""

    def __init__(self, terms: Terms, name: str, value: Term) -> None:
        self.terms = terms
        self.name = name
        self.value = value
        self.done = False

    def into(self, term: Term, parent: Any, field: str) -> Term:
        """Return ``term``, which stands in a field of a node, with the value in place."""
        if term.is_opaque or self.name not in term.reads:
            return term
        if term.kind is gast.Name:
            if not self._fits(parent, field):
                return term
            self.done = True
            return self.value
        fields = [name for name in term.kind._fields if name != "ctx"]
        parts = [self._part(part, term.kind, name) for part, name in zip(term.parts, fields)]
        return self.terms.make(term.kind, *parts) if self.done else term

    def into_target(self, target: Term) -> Term:
        """Return a target with the value in an index."""
        if target.kind is not gast.Subscript or self.name not in target.reads:
            return target
        base, index = target.parts
        return self.terms.make(gast.Subscript, base, self.into(index, gast.Subscript, "slice"))

    def _part(self, part: Any, parent: Any, field: str) -> Any:
        if type(part) is Term:
            return self.into(part, parent, field)
        if type(part) is tuple:
            return tuple([self._part(item, parent, field) for item in part])
        return part

    def _fits(self, parent: Any, field: str) -> bool:
        value = self.value
        if parent in (gast.Starred, gast.FormattedValue) or value.kind is gast.Slice:
            return False
        if parent is gast.IfExp and (field != "test" or value.kind is gast.IfExp):
            return False  # what stands on a side is computed only there
        if value.kind is gast.Tuple:
            if parent is gast.Subscript:
                starred = any(element.kind is gast.Starred for element in value.children)
                return field == "slice" and bool(value.children) and not starred
            return parent in (gast.Call, gast.Return, gast.Assign) and field != "func"
        if field == "func":
            return value.kind in (gast.Attribute, gast.Subscript)
        if parent in (gast.Subscript, gast.Attribute) and field == "value":
            return value.kind not in (gast.Compare, gast.IfExp, gast.Constant, gast.UnaryOp)
        if value.kind in (gast.Compare, gast.IfExp) or _is_not(value):
            if parent in (gast.If, gast.Assert, gast.Assign, gast.Return, gast.Call, gast.keyword):
                return True
            return value.kind is gast.Compare and parent in (gast.BinOp, gast.Subscript)
        return True


def _is_not(value: Term) -> bool:
    return value.kind is gast.UnaryOp and value.parts[0] is gast.Not

"""What variables may hold, whatever the order of the statements: arrays only, numbers only, maybe containers."""

from __future__ import annotations

from dataclasses import dataclass

import gast

from srcad.optimize.calls import PLAIN_ATTRIBUTES, makes_array
from srcad.optimize.program import Program, statements
from srcad.optimize.terms import WORLD, Term, is_display

__all__ = ["Roles", "roles_of"]


@dataclass(frozen=True)
class Roles:
    """Names by what they may hold.

    Attributes
    ----------
    arrays : set of str
        Variables whose every definition makes an array or a number.
    numbers : frozenset of str
        Variables that only ever hold numbers, which cannot be changed in place.
    containers : set of str
        Variables that may hold a list, a tuple or a dict.
    """

    arrays: set[str]
    numbers: frozenset[str]
    containers: set[str]


def roles_of(program: Program) -> Roles:
    """Return the roles of the variables; rewriting a program does not change them."""
    found = program.facts.get(Roles)
    if found is None:
        found = Roles(_array_names(program), _number_names(program), _container_names(program))
        program.facts[Roles] = found
    roles: Roles = found
    return roles


def _number_names(program: Program) -> frozenset[str]:
    """Return the variables that only ever hold numbers, which cannot be changed in place.

    An array of rank 0 counts as a number to those who know kinds: where there is one that is stored to,
    nothing is known.
    """
    found = frozenset(name for name in program.context.ranks if program.context.is_scalar(name))
    found |= _saved_elements(program)
    for stmt in statements(program.body):
        is_plain = stmt.kind is gast.AugAssign and stmt.targets[0].kind is gast.Name
        if not is_plain and not found.isdisjoint(stmt.changes) and WORLD not in stmt.changes:
            return frozenset()
    return found


def _saved_elements(program: Program) -> set[str]:
    """Return the variables that only ever hold elements of arrays, some of them out of histories of their own."""
    found: set[str] = set()
    others: set[str] = set(program.parameters | program.terms.captured)
    kept: dict[str, set[str | None]] = {}
    taken: dict[str, set[str]] = {}
    for stmt in statements(program.body):
        if stmt.stack is not None and stmt.stack[0] == "append" and stmt.value is not None:
            (item,) = stmt.value.parts[1]
            kept.setdefault(stmt.stack[1], set()).add(item.name if item.kind is gast.Name else None)
        elif stmt.stack is not None and stmt.target is not None:
            taken.setdefault(stmt.target, set()).add(stmt.stack[1])
        elif stmt.target is not None and stmt.value is not None and _is_element(program, stmt.value):
            found.add(stmt.target)
        else:
            others |= stmt.writes
    found -= others
    return {n for n in found if all(kept.get(stack) == {n} for stack in taken.get(n, ()))} - (
        taken.keys() - found
    )


def _is_element(program: Program, value: Term) -> bool:
    """Tell whether a value is an array's element, by whole numbers for all of its axes."""
    if value.kind is not gast.Subscript or value.parts[0].kind is not gast.Name:
        return False
    kind = program.context.ranks.get(value.parts[0].name)
    index = value.parts[1]
    parts = index.children if index.kind is gast.Tuple else (index,)
    if kind is None or kind.name != "array" or kind.ndim is None or kind.ndim != len(parts):
        return False
    return all(_is_whole_number(program, part) for part in parts)


def _is_whole_number(program: Program, part: Term) -> bool:
    if part.kind is gast.Constant:
        return type(part.parts[0]) is int
    kind = program.context.ranks.get(part.name) if part.kind is gast.Name else None
    return kind is not None and kind.name == "int"


def _container_names(program: Program) -> set[str]:
    """Return the variables that may hold a list, a tuple or a dict."""
    found = {name for name, kind in program.context.ranks.items() if kind.name in ("list", "tuple", "dict")}
    before = -1
    while len(found) != before:
        before = len(found)
        for stmt in statements(program.body):
            value = stmt.value
            if stmt.target is None or value is None or stmt.target in found:
                continue
            if is_display(value) or (value.kind is gast.Name and value.name in found):
                found.add(stmt.target)
            elif value.kind is gast.BinOp and any(
                is_display(side) or (side.kind is gast.Name and side.name in found)
                for side in (value.parts[0], value.parts[2])
            ):
                found.add(stmt.target)
    return found


def _array_names(program: Program) -> set[str]:
    """Return the variables whose every definition makes an array or a number."""
    definitions: dict[str, list[Term]] = {}
    others = set(program.parameters | program.terms.captured)
    for stmt in statements(program.body):
        if stmt.target is not None and stmt.value is not None:
            definitions.setdefault(stmt.target, []).append(stmt.value)
        elif stmt.kind is not gast.AugAssign:
            others |= stmt.writes
    known = {name for name in others if program.context.is_array(name)}
    candidates = [name for name in definitions if name not in others]
    found = known.union(candidates)
    before = -1
    while len(found) != before:
        before = len(found)
        for name in candidates:
            if name in found and not _all_arrays(definitions[name], found):
                found.remove(name)
    return found


def _all_arrays(values: list[Term], arrays: set[str]) -> bool:
    for value in values:
        if not _is_array(value, arrays):
            return False
    return True


def _is_array(term: Term, arrays: set[str]) -> bool:
    kind = term.kind
    if kind is gast.Name:
        return term.name in arrays
    if kind is gast.Constant:
        return isinstance(term.parts[0], (int, float, complex))
    if kind is gast.BinOp:
        # A list and an array make an array, a list and a number a list.
        return _is_array(term.parts[0], arrays) and _is_array(term.parts[2], arrays)
    if kind is gast.UnaryOp:
        return _is_array(term.parts[1], arrays)
    if kind is gast.Subscript or kind is gast.Attribute:
        return _is_array(term.parts[0], arrays) and term.parts[-1] not in PLAIN_ATTRIBUTES
    if kind is not gast.Call:
        return False
    func = term.parts[0]
    if func.kind is gast.Attribute:
        return func.parts[1] in _ARRAY_METHODS and _is_array(func.parts[0], arrays)
    return makes_array(term.callee)


_ARRAY_METHODS = frozenset(["astype", "copy", "ravel", "reshape", "squeeze", "sum", "swapaxes", "transpose"])

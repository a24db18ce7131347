"""Keep in histories only what is taken out of them again."""

from __future__ import annotations

import gast

from srcad.optimize.liveness import Liveness
from srcad.optimize.program import Program, Statement, statements
from srcad.optimize.terms import Term
from srcad.optimize.uses import loads_of

__all__ = ["Record", "keep_elements", "prune_histories", "records", "unpack_histories"]


def prune_histories(program: Program) -> bool:
    """Remove from the tuples in histories what nobody reads; tell whether there was anything.

    Examples
    --------
    ::

        s.append((a, b))            # before          s.append(b)         # after
        t = s.pop()                                   b = s.pop()
        a, b = t
        dx = g * b                                    dx = g * b

    What stands in a tuple twice is kept once.
    """
    found = program.fact(records)
    if not found:
        return False
    after = program.fact(Liveness).after
    has_changed = False
    for record in found.values():
        twins = _twins(record)
        if twins:
            program.body = _with_copies(program, program.body, record, twins)
            keep_elements(program, record, [k for k in range(record.length) if k not in twins])
            return True
        kept = sorted(
            {k for u in record.unpacks for k, e in enumerate(u.targets[0].children) if e.name in after[u]}
        )
        if 0 < len(kept) < record.length:
            keep_elements(program, record, kept)
            has_changed = True
    return has_changed


def unpack_histories(program: Program) -> None:
    """Take tuples apart where they are taken out of a history.

    Examples
    --------
    ::

        t = s.pop()                 # before          a, b = s.pop()      # after
        a, b = t
    """
    for record in program.fact(records).values():
        _join_pops(program, record)


class Record:
    """A history of tuples of one length, each of which is only ever taken apart.

    Attributes
    ----------
    appends : list of Statement
        The statements that put the tuples together.
    displays : list of Term
        Those tuples.
    pops, unpacks : list of Statement
        What takes a tuple out, and what takes it apart afterwards.
    """

    def __init__(self) -> None:
        self.length = 0
        self.appends: list[Statement] = []
        self.displays: list[Term] = []
        self.pops: list[Statement] = []
        self.unpacks: list[Statement] = []


def records(program: Program) -> dict[str, Record]:
    """Return the histories of tuples that are taken apart wherever they are taken out."""
    found: dict[str, Record] = {}
    popped: dict[str, str] = {}
    refused: set[str] = set()
    if not program.stacks:
        return found
    loads = program.fact(loads_of)
    displays = _displays(program)
    for stmt in statements(program.body):
        if stmt.stack is not None:
            method, stack = stmt.stack
            record = found.setdefault(stack, Record())
            if method == "append" and not _appended(stmt, record, displays):
                refused.add(stack)
            elif method == "pop":
                target = stmt.target
                if target is None or loads[target] != 1 or target in popped:
                    refused.add(stack)
                else:
                    popped[target] = stack
                    record.pops.append(stmt)
        elif stmt.value is not None and stmt.value.kind is gast.Name and stmt.value.name in popped:
            record = found[popped[stmt.value.name]]
            if _is_unpacking(stmt, record.length):
                record.unpacks.append(stmt)
    return {
        stack: record
        for stack, record in found.items()
        if stack not in refused and record.length and len(record.unpacks) == len(record.pops)
    }


def _displays(program: Program) -> dict[str, Statement]:
    """Return the statements that make a tuple for one use, by the variable that holds it."""
    loads = program.fact(loads_of)
    found: dict[str, Statement] = {}
    stored: set[str] = set()
    for stmt in statements(program.body):
        if stmt.target is not None and stmt.value is not None and stmt.value.kind is gast.Tuple:
            if loads[stmt.target] == 1 and stmt.target not in stored:
                found[stmt.target] = stmt
        for name in stmt.writes & stored:
            found.pop(name, None)
        stored |= stmt.writes
    return found


def _appended(stmt: Statement, record: Record, displays: dict[str, Statement]) -> bool:
    """Note the statement that puts together what is appended, and tell whether it is a tuple like the others."""
    value = stmt.value
    assert value is not None
    if len(value.parts[1]) != 1:
        return False
    display: Term = value.parts[1][0]
    if display.kind is gast.Name and display.name in displays:
        stmt = displays[display.name]
        assert stmt.value is not None
        display = stmt.value
    if display.kind is not gast.Tuple or any(e.kind is gast.Starred for e in display.children):
        return False
    record.length = record.length or len(display.children)
    record.appends.append(stmt)
    record.displays.append(display)
    return record.length == len(display.children)


def _is_unpacking(stmt: Statement, length: int) -> bool:
    if stmt.kind is not gast.Assign or len(stmt.targets) != 1 or stmt.targets[0].kind is not gast.Tuple:
        return False
    names = stmt.targets[0].children
    plain = all(e.kind is gast.Name for e in names)
    return plain and len(names) == length and len(stmt.writes) == length


def _twins(record: Record) -> dict[int, int]:
    """Return the positions whose value is always that of an earlier one, with the first such."""
    columns = list(zip(*(_display(stmt).children for stmt in record.appends)))
    first: dict[tuple[Term, ...], int] = {}
    return {k: first[column] for k, column in enumerate(columns) if first.setdefault(column, k) != k}


def _display(stmt: Statement) -> Term:
    """Return the tuple of a statement that makes it or appends it."""
    value = stmt.value
    assert value is not None
    display: Term = value if value.kind is gast.Tuple else value.parts[1][0]
    return display


def _with_copies(
    program: Program, body: list[Statement], record: Record, twins: dict[int, int]
) -> list[Statement]:
    """Give the variables of what is kept no longer their values behind each unpacking."""
    out: list[Statement] = []
    for stmt in body:
        stmt.blocks = [_with_copies(program, block, record, twins) for block in stmt.blocks]
        out.append(stmt)
        if stmt in record.unpacks:
            names = [target.name for target in stmt.targets[0].children]
            out += [
                program.assign(names[k], program.terms.load(names[j]), stmt.origin) for k, j in twins.items()
            ]
    return out


def keep_elements(program: Program, record: Record, kept: list[int]) -> None:
    """Leave only some of the elements in the tuples of a history."""
    for stmt in record.appends:
        value = stmt.value
        assert value is not None
        if value.kind is gast.Tuple:
            program.set_value(stmt, _chosen(program, value, kept))
        else:
            func, (display,), keywords = value.parts
            element = _chosen(program, display, kept)
            program.set_value(stmt, program.terms.make(gast.Call, func, (element,), keywords))
    for stmt in record.unpacks:
        stmt.targets = (_chosen(program, stmt.targets[0], kept),)
        program.describe(stmt)


def _chosen(program: Program, display: Term, kept: list[int]) -> Term:
    elements = tuple([display.children[k] for k in kept])
    return elements[0] if len(elements) == 1 else program.terms.make(gast.Tuple, elements)


def _join_pops(program: Program, record: Record) -> None:
    targets = {u.value.name: u.targets for u in record.unpacks if u.value is not None}
    unpacks = set(record.unpacks)

    def joined(stmts: list[Statement]) -> list[Statement]:
        for stmt in stmts:
            stmt.blocks = [joined(block) for block in stmt.blocks]
        result: list[Statement] = []
        for index, stmt in enumerate(stmts):
            if stmt.target in targets and index + 1 < len(stmts) and stmts[index + 1] in unpacks:
                assert stmt.target is not None
                stmt.targets = targets[stmt.target]
                program.describe(stmt)
                unpacks.remove(stmts[index + 1])
                program.changes += 1
                done.add(stmts[index + 1])
            result.append(stmt)
        return [stmt for stmt in result if stmt not in done]

    done: set[Statement] = set()
    program.body = joined(program.body)

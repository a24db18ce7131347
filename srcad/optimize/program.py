"""A function as a list of statements whose facts are known, and the way from and to its tree."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar

import gast
import numpy as np

from srcad import runtime as rt
from srcad.lang.function import Function
from srcad.lang.printer import Comment
from srcad.lang.walking import copy_location, name_node, nodes_in
from srcad.optimize.context import Context
from srcad.optimize.terms import WORLD, Term, Terms, base_name

__all__ = ["LEAVING", "Program", "Remark", "Statement", "primal_statements", "stack_uses", "statements"]

LEAVING = (gast.Break, gast.Continue, gast.Return, gast.Raise)
_NOTHING: frozenset[str] = frozenset()
_Fact = TypeVar("_Fact")
_NOWHERE: Mapping[Term, gast.stmt] = {}


class Remark:
    """The kind of the statements that are only there to be printed as comments."""


class Statement:
    """A statement; what a compound one reads, writes and changes is that of its head alone.

    Attributes
    ----------
    kind : type
        The class of its node, or `Remark`.
    target : str or None
        The variable that a plain assignment ``target = value`` binds.
    targets : tuple of Term
        All targets, of a loop as well.
    value : Term or None
        What is assigned, returned or evaluated; the condition of a branch, the iterable of a loop.
    extras : tuple
        Further expressions: cause and message, the pairs of a ``with``.
    op : type or None
        The operator of an augmented assignment.
    blocks : list of list of Statement
        Body and ``else`` of a branch, the body of a loop, body and ``finally`` of a ``try``.
    origin : gast.stmt
        The node that it was made of, with its place.
    reads, writes, changes : frozenset of str
        The variables that it reads and binds, and those through which it may change memory.
    is_pure : bool
        Whether its expressions only call functions without side effects.
    stack : tuple or None
        For ``s.append(x)`` and ``s.pop()`` of a history: the method and the history.
    nested : dict
        From a part of an expression that was a statement of its own to the origin of that.
    """

    __slots__ = (
        "blocks", "changes", "extras", "is_pure", "kind", "nested", "op", "origin", "reads", "stack", "target",
        "targets", "value", "writes",
    )  # fmt: skip

    def __init__(self, kind: Any, origin: gast.stmt) -> None:
        self.kind = kind
        self.origin = origin
        self.target: str | None = None
        self.targets: tuple[Term, ...] = ()
        self.value: Term | None = None
        self.extras: tuple[Any, ...] = ()
        self.op: Any = None
        self.blocks: list[list[Statement]] = []
        self.reads = self.writes = self.changes = _NOTHING
        self.is_pure = True
        self.stack: tuple[str, str] | None = None
        self.nested: dict[Term, gast.stmt] = {}

    @property
    def leaves(self) -> bool:
        """Whether nothing after it is executed."""
        return self.kind in LEAVING


class Program:
    """The statements of a function, the terms they are made of, and the names that never change their role."""

    def __init__(self, function: Function, context: Context) -> None:
        self.function = function
        self.context = context
        self.terms = Terms(function.scope.statics, context)
        tree = function.tree
        self.stacks = _histories(tree)
        self.parameters = frozenset(n.id for n in nodes_in(tree.args) if isinstance(n, gast.Name))
        self.body = self._block(tree.body)
        self.changes = 0
        self.facts: dict[type, Any] = {}
        self.moved_primal: set[Statement] = set()
        self._found: dict[Any, Any] = {}
        self._found_in: list[Any] = []
        self._is_at_rest = False

    def to_function(self) -> Function:
        """Return the function with the statements as they are now."""
        return self.function.with_body(_trees(self.body) or [gast.Pass()])

    def fact(self, find: Callable[[Program], _Fact]) -> _Fact:
        """Return what an analysis finds; it is kept until a statement changes, and nobody changes it."""
        if not self._is_at_rest:
            state: list[Any] = []
            _note(self.body, state)
            if state != self._found_in:
                self._found, self._found_in = {}, state
        if find not in self._found:
            with self.at_rest():
                self._found[find] = find(self)
        fact: _Fact = self._found[find]
        return fact

    @contextmanager
    def at_rest(self) -> Iterator[None]:
        """Take it that no statement changes meanwhile."""
        before, self._is_at_rest = self._is_at_rest, True
        try:
            yield
        finally:
            self._is_at_rest = before

    def forget(self) -> None:
        """Let go of all facts, which lead back to the program, so that it takes no collector to free both."""
        self.facts, self._found, self._found_in = {}, {}, []

    def fresh(self, hint: str) -> str:
        """Return a name that is not in use."""
        return self.function.scope.fresh(hint)

    # ---- from the tree ----------------------------------------------------------------------

    def _block(self, nodes: list[gast.stmt]) -> list[Statement]:
        return [self._statement(node) for node in nodes]

    def _statement(self, node: gast.stmt) -> Statement:
        stmt = Statement(type(node), node)
        read = getattr(self, f"_read_{type(node).__name__.lower()}", None)
        if read is None or not read(stmt, node):
            return self._barrier(stmt, node)
        self.describe(stmt)
        return stmt

    def _read_assign(self, stmt: Statement, node: gast.Assign) -> bool:
        stmt.targets = tuple([self.terms.of(target) for target in node.targets])
        stmt.value = self.terms.of(node.value)
        return True

    def _read_augassign(self, stmt: Statement, node: gast.AugAssign) -> bool:
        stmt.targets, stmt.op = (self.terms.of(node.target),), type(node.op)
        stmt.value = self.terms.of(node.value)
        return True

    def _read_expr(self, stmt: Statement, node: gast.Expr) -> bool:
        if isinstance(node.value, gast.Constant) and isinstance(node.value.value, Comment):
            stmt.kind = Remark
        stmt.value = self.terms.of(node.value)
        return True

    def _read_return(self, stmt: Statement, node: gast.Return) -> bool:
        stmt.value = None if node.value is None else self.terms.of(node.value)
        return True

    def _read_if(self, stmt: Statement, node: gast.If) -> bool:
        stmt.value = self.terms.of(node.test)
        stmt.blocks = [self._block(node.body), self._block(node.orelse)]
        return True

    def _read_while(self, stmt: Statement, node: gast.While) -> bool:
        stmt.value = self.terms.of(node.test)
        stmt.blocks = [self._block(node.body)]
        return not node.orelse

    def _read_for(self, stmt: Statement, node: gast.For) -> bool:
        stmt.targets, stmt.value = (self.terms.of(node.target),), self.terms.of(node.iter)
        stmt.blocks = [self._block(node.body)]
        return not node.orelse

    def _read_with(self, stmt: Statement, node: gast.With) -> bool:
        stmt.extras = tuple([self.terms.of(item.context_expr) for item in node.items])
        bound = [item.optional_vars for item in node.items]
        stmt.targets = tuple([self.terms.of(target) for target in bound if target is not None])
        stmt.blocks = [self._block(node.body)]
        return True

    def _read_try(self, stmt: Statement, node: gast.Try) -> bool:
        stmt.blocks = [self._block(node.body), self._block(node.finalbody)]
        return not node.handlers and not node.orelse

    def _read_raise(self, stmt: Statement, node: gast.Raise) -> bool:
        stmt.extras = tuple([self.terms.of(part) for part in (node.exc, node.cause) if part is not None])
        return True

    def _read_assert(self, stmt: Statement, node: gast.Assert) -> bool:
        stmt.value = self.terms.of(node.test)
        stmt.extras = () if node.msg is None else (self.terms.of(node.msg),)
        return True

    def _read_delete(self, stmt: Statement, node: gast.Delete) -> bool:
        stmt.targets = tuple([self.terms.of(target) for target in node.targets])
        return True

    def _read_pass(self, stmt: Statement, node: gast.stmt) -> bool:
        return True

    _read_break = _read_continue = _read_pass

    def _barrier(self, stmt: Statement, node: gast.stmt) -> Statement:
        """Describe a statement that is taken as it is: it may do anything with the names in it."""
        plain = Statement(type(node), node)
        names = [n for n in nodes_in(node) if isinstance(n, gast.Name) and not self.terms.is_static(n.id)]
        plain.reads = frozenset(n.id for n in names)
        plain.writes = frozenset(n.id for n in names if not isinstance(n.ctx, gast.Load))
        plain.changes, plain.is_pure = plain.reads | {WORLD}, False
        self.terms.captured |= plain.reads
        return plain

    # ---- facts ------------------------------------------------------------------------------

    def describe(self, stmt: Statement) -> None:
        """Compute the facts of a statement from its terms."""
        value = stmt.value
        targets = stmt.targets
        stmt.stack = None
        if stmt.kind is gast.Assign and len(targets) == 1 and targets[0].kind is gast.Name and value:
            stmt.target = targets[0].name
            stmt.reads, stmt.writes = value.reads, targets[0].reads
            stmt.changes, stmt.is_pure = value.changes, value.is_pure
            if not value.is_pure:
                self._describe_stack(stmt, value)
            return
        parts = [*stmt.extras, value] if value is not None else list(stmt.extras)
        stmt.target = None
        reads = _NOTHING.union(*[part.reads for part in parts])
        changes = _NOTHING.union(*[part.changes for part in parts])
        writes = _NOTHING
        for target in targets:
            bound = frozenset(_bound(target))
            writes |= bound
            reads |= target.reads - bound
            if not bound:
                changes |= target.changes | {self._changed(target)}
        if stmt.kind is gast.AugAssign:
            reads |= targets[0].reads
            changes |= {self._changed(targets[0])}
        stmt.reads, stmt.writes, stmt.changes = reads, writes, changes
        stmt.is_pure = all([part.is_pure for part in parts]) and all([t.is_pure for t in targets])
        if value is not None and not value.is_pure:
            self._describe_stack(stmt, value)

    def _changed(self, target: Term) -> str:
        """Return the variable through which a store changes memory, or the world where it has none."""
        base = base_name(target)
        return WORLD if base is None or self.terms.is_static(base) else base

    def _describe_stack(self, stmt: Statement, value: Term) -> None:
        if value.kind is not gast.Call or value.parts[0].kind is not gast.Attribute:
            return
        receiver, method = value.parts[0].parts
        if receiver.kind is gast.Name and receiver.name in self.stacks and method in ("append", "pop"):
            if all([arg.is_pure for arg in value.parts[1]]):
                stmt.stack = (method, receiver.name)
                stored = [base_name(t) or WORLD for t in stmt.targets if not _bound(t)]
                stmt.changes = frozenset([receiver.name, *stored])

    def set_value(self, stmt: Statement, value: Term) -> None:
        """Give a statement another value."""
        stmt.value = value
        self.changes += 1
        self.describe(stmt)

    def assign(self, target: str, value: Term, origin: gast.stmt) -> Statement:
        """Return the statement ``target = value``."""
        stmt = Statement(gast.Assign, origin)
        stmt.targets, stmt.value = (self.terms.load(target),), value
        self.describe(stmt)
        return stmt

    def update(self, target: Term, op: type, value: Term, origin: gast.stmt) -> Statement:
        """Return the statement ``target op= value``."""
        stmt = Statement(gast.AugAssign, origin)
        stmt.targets, stmt.op, stmt.value = (target,), op, value
        self.describe(stmt)
        return stmt


def statements(body: Iterable[Statement]) -> list[Statement]:
    """Return the statements of a block and of the blocks inside, each before its own blocks."""
    found: list[Statement] = []
    _gather(body, found)
    return found


def _gather(body: Iterable[Statement], found: list[Statement]) -> None:
    for stmt in body:
        found.append(stmt)
        if stmt.blocks:
            for block in stmt.blocks:
                _gather(block, found)


def _note(body: list[Statement], state: list[Any]) -> None:
    """Add to ``state`` all that the facts of a block depend on."""
    state.append(len(body))
    for stmt in body:
        state += (stmt, stmt.kind, stmt.value, stmt.targets, stmt.extras)
        if stmt.blocks:
            for block in stmt.blocks:
                _note(block, state)


def stack_uses(body: Iterable[Statement]) -> dict[tuple[str, str], list[Statement]]:
    """Return the statements that append to each history, and those that take from it."""
    found: dict[tuple[str, str], list[Statement]] = {}
    for stmt in statements(body):
        if stmt.stack is not None:
            found.setdefault(stmt.stack, []).append(stmt)
    return found


def primal_statements(program: Program) -> set[Statement]:
    """Return what comes before the first line of the backward sweep, which has the primal's values, to the last bit.

    Tangents are computed there, too, which are no part of it, and shadows are made, with the layout of their arrays.
    """
    before = itertools.takewhile(lambda stmt: stmt.kind is not Remark, statements(program.body))
    found = {stmt for stmt in before if stmt.target not in program.context.like or _makes_zeros(stmt)}
    return found | program.moved_primal


def _makes_zeros(stmt: Statement) -> bool:
    value = stmt.value
    return value is not None and value.kind is gast.Call and value.callee in (np.zeros_like, rt.zeros_like)


def _bound(target: Term) -> list[str]:
    if target.kind is gast.Name:
        return [target.name]
    if target.kind in (gast.Tuple, gast.List, gast.Starred):
        return [name for part in target.children for name in _bound(part)]
    return []


def _histories(tree: gast.FunctionDef) -> frozenset[str]:
    """Return the lists that are only made empty, appended to and popped from."""
    candidates: set[str] = set()
    nodes = list(nodes_in(tree))
    steps = [node for node in nodes if isinstance(node, (gast.Assign, gast.Expr))]
    for node in steps:
        if isinstance(node, gast.Assign) and isinstance(node.value, gast.List) and not node.value.elts:
            candidates |= {t.id for t in node.targets if isinstance(t, gast.Name) and len(node.targets) == 1}
    if not candidates:
        return frozenset()
    allowed: set[int] = set()
    for node in steps:
        if isinstance(node, gast.Assign) and isinstance(node.value, gast.List) and not node.value.elts:
            allowed.add(id(node.targets[0]))
        elif isinstance(node.value, gast.Call):
            func = node.value.func
            if isinstance(func, gast.Attribute) and func.attr in ("append", "pop"):
                pops_last = func.attr == "append" or not node.value.args
                if isinstance(func.value, gast.Name) and pops_last and not node.value.keywords:
                    allowed.add(id(func.value))
    spoiled = {n.id for n in nodes if isinstance(n, gast.Name) and id(n) not in allowed}
    return frozenset(candidates - spoiled)


# ---- to the tree ----------------------------------------------------------------------------


def _trees(body: list[Statement]) -> list[gast.stmt]:
    made: list[gast.stmt] = []
    for stmt in body:
        tree = _tree(stmt)
        # Nothing is left to be done finally.
        made += tree.body if isinstance(tree, gast.Try) and not tree.finalbody else [tree]
    return made


def _tree(stmt: Statement) -> gast.stmt:
    write = _WRITERS.get(stmt.kind)
    if write is None or (stmt.value is None and not stmt.targets and not stmt.extras and not stmt.blocks):
        return stmt.origin
    return copy_location(write(stmt), stmt.origin)


def _tree_of_with(stmt: Statement) -> gast.stmt:
    targets = iter(stmt.targets)
    items = []
    for value, item in zip(stmt.extras, stmt.origin.items):
        bound = None if item.optional_vars is None else expression(next(targets), gast.Store)
        items.append(gast.withitem(expression(value), bound))
    return gast.With(items, _trees(stmt.blocks[0]) or [gast.Pass()], None)


def _tree_of_if(stmt: Statement) -> gast.stmt:
    return gast.If(_value(stmt), _trees(stmt.blocks[0]) or [gast.Pass()], _trees(stmt.blocks[1]))


def _tree_of_for(stmt: Statement) -> gast.stmt:
    body = _trees(stmt.blocks[0]) or [gast.Pass()]
    return gast.For(expression(stmt.targets[0], gast.Store), _value(stmt), body, [], None)


def _tree_of_try(stmt: Statement) -> gast.stmt:
    return gast.Try(_trees(stmt.blocks[0]) or [gast.Pass()], [], [], _trees(stmt.blocks[1]))


def _tree_of_raise(stmt: Statement) -> gast.stmt:
    parts = [expression(part, gast.Load, stmt.nested) for part in stmt.extras]
    return gast.Raise(parts[0], parts[1] if len(parts) > 1 else None)


def _tree_of_assert(stmt: Statement) -> gast.stmt:
    return gast.Assert(_value(stmt), expression(stmt.extras[0]) if stmt.extras else None)


def _value(stmt: Statement) -> gast.expr:
    assert stmt.value is not None
    return expression(stmt.value, gast.Load, stmt.nested)


_WRITERS: dict[Any, Any] = {
    gast.Assign: lambda s: gast.Assign([expression(t, gast.Store) for t in s.targets], _value(s), None),
    gast.AugAssign: lambda s: gast.AugAssign(expression(s.targets[0], gast.Store), s.op(), _value(s)),
    gast.Expr: lambda s: gast.Expr(_value(s)),
    Remark: lambda s: gast.Expr(_value(s)),
    gast.Return: lambda s: gast.Return(_value(s)),
    gast.Delete: lambda s: gast.Delete([expression(t, gast.Del) for t in s.targets]),
    gast.While: lambda s: gast.While(_value(s), _trees(s.blocks[0]) or [gast.Pass()], []),
    gast.If: _tree_of_if,
    gast.For: _tree_of_for,
    gast.With: _tree_of_with,
    gast.Try: _tree_of_try,
    gast.Raise: _tree_of_raise,
    gast.Assert: _tree_of_assert,
}


def expression(term: Term, ctx: type = gast.Load, places: Mapping[Term, gast.stmt] = _NOWHERE) -> gast.expr:
    """Return the tree of a term; ``ctx`` is what is done with it, if it is a target.

    ``places`` has the statements at whose places parts of it are.
    """
    kind = term.kind
    if kind is gast.Name:
        return name_node(term.parts[0], _single[ctx])
    if kind is gast.Constant:
        return gast.Constant(term.parts[0], None)
    if term.is_opaque:
        node: gast.expr = term.parts[0]
        return node
    inner = ctx if kind in (gast.Tuple, gast.List, gast.Starred) else gast.Load
    fields = [_field(part, inner, places) for part in term.parts]
    if kind in _WITH_CTX:
        fields.append(_single[ctx])
    made: gast.expr = kind.__new__(kind)
    made.__dict__.update(zip(kind._fields, fields))
    return copy_location(made, places[term]) if term in places else made


class _Single(dict[type, gast.AST]):
    """The one node of each class of contexts and operators, which have no parts and no place."""

    def __missing__(self, kind: type) -> gast.AST:
        found = self[kind] = kind()
        return found


_single = _Single()
_WITH_CTX = (gast.Attribute, gast.Subscript, gast.Starred, gast.Tuple, gast.List)


def _field(part: Any, ctx: type, places: Mapping[Term, gast.stmt]) -> Any:
    if type(part) is Term:
        return expression(part, ctx, places)
    if type(part) is tuple:
        return [_field(item, ctx, places) for item in part]
    return _single[part] if isinstance(part, type) else part

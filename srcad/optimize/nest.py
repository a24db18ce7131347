"""Undo A-normal form for the reader: temporaries go back into the expressions they were taken from."""

from __future__ import annotations

import gast

from srcad.lang.function import Function
from srcad.lang.printer import expression_source
from srcad.lang.quote import clone
from srcad.optimize.effects import WORLD, Context, Effects, blocks_of, defines
from srcad.optimize.liveness import Liveness

__all__ = ["nest"]

_COLUMNS = 88
_LEAVING = (gast.Break, gast.Continue, gast.Return, gast.Raise, gast.Assert)
_BLOCKS = ("body", "orelse", "finalbody")
_OPAQUE = (gast.Lambda, gast.JoinedStr, gast.ListComp, gast.SetComp, gast.DictComp, gast.GeneratorExp)


def nest(function: Function, context: Context) -> Function:
    """Put values that are used once where they are used, and write loops and branches plainly.

    The user's own variables stay, lines stay short, and nothing moves past a statement that could
    change its operands or be seen from outside.

    Examples
    --------
    ::

        t = X @ w                   # before          r = X @ w - y                 # after
        r = t - y                                     while e > 0:
        while True:                                       e -= 1
            c = e > 0
            if c:
                e -= 1
            else:
                break
    """
    function = function.with_body([clone(stmt) for stmt in function.tree.body])
    nester = _Nest(function, context)
    body = nester.block(function.tree.body, 1)
    return function.with_body([_plain(stmt) for stmt in body])


class _Nest:
    def __init__(self, function: Function, context: Context) -> None:
        self.context = context
        self.effects = Effects(function, context)
        self.after = Liveness(self.effects).after

    def block(self, stmts: list[gast.stmt], depth: int) -> list[gast.stmt]:
        for stmt in stmts:
            for name in _BLOCKS:
                inner = getattr(stmt, name, None)
                if inner:
                    setattr(stmt, name, self.block(inner, depth + 1))
        index = 0
        while index < len(stmts):
            place = self._place_of_use(stmts, index)
            if place is not None and self._insert(stmts[index], stmts[place], depth):
                del stmts[index]
                # An operand's definition further up may fit into the longer expression now.
            else:
                index += 1
        return stmts

    def _place_of_use(self, stmts: list[gast.stmt], index: int) -> int | None:
        """Return the statement of the block that is the only one to use what ``index`` defines."""
        stmt = stmts[index]
        name = defines(stmt)
        if name is None or name in self.context.keep or not self._may_move(stmt.value):
            return None
        operands = self.effects.reads(stmt.value)
        is_constant = isinstance(stmt.value, gast.Constant)
        for place in range(index + 1, len(stmts)):
            user = stmts[place]
            if name in self.effects.reads(user):
                return place if self._is_only_use(name, user) else None
            if is_constant and not blocks_of(user) and name not in self.effects.writes(user):
                continue
            if self._blocks_way(user, operands | {name}):
                return None
        return None

    def _may_move(self, value: gast.expr) -> bool:
        if not self.effects.is_pure(value) or isinstance(value, (gast.List, gast.Dict, gast.Set)):
            return False
        return not any(isinstance(node, _OPAQUE) for node in gast.walk(value))

    def _blocks_way(self, stmt: gast.stmt, operands: set[str]) -> bool:
        """Tell whether a computation with these operands must not move past a statement."""
        effects = self.effects
        if blocks_of(stmt) or isinstance(stmt, _LEAVING):
            return True
        if effects.writes(stmt) & operands:
            return True
        if effects.is_pure(stmt):
            return bool(effects.spoiled(effects.mutations(stmt)) & operands)
        value = getattr(stmt, "value", None)
        if value is not None and effects.is_stack_call(value):
            return value.func.value.id in operands
        return True

    def _is_only_use(self, name: str, user: gast.stmt) -> bool:
        """Tell whether a statement uses a variable once, outside of its blocks, and as the last one."""
        uses = [n for n in gast.walk(user) if isinstance(n, gast.Name) and n.id == name and _is_load(n)]
        if len(uses) != 1 or any(name in self.effects.reads(block) for block in blocks_of(user)):
            return False
        if isinstance(user, gast.AugAssign) and isinstance(user.target, gast.Name) and user.target.id == name:
            return False
        if isinstance(user, (gast.While, gast.With, gast.Try, gast.Delete)):
            return False
        rebound = defines(user) == name
        return rebound or name not in self.after.get(id(user), frozenset())

    def _insert(self, stmt: gast.Assign, user: gast.stmt, depth: int) -> bool:
        """Replace the variable in ``user`` by its value, if the result reads well."""
        name, value = stmt.targets[0].id, stmt.value
        if not self.effects.is_pure(_headed(user)) and not self._is_early(name, user):
            return False
        inserter = _Inserter(name, value)
        changed = inserter.visit(clone(_headed(user)))
        if not inserter.done or self._columns(changed, depth) > _COLUMNS:
            return False
        for field in ("value", "test", "iter", "targets", "target", "msg", "exc", "cause"):
            if hasattr(changed, field) and hasattr(user, field):
                setattr(user, field, getattr(changed, field))
        return True

    def _is_early(self, name: str, user: gast.stmt) -> bool:
        """Tell whether an impure statement calls only once its plain arguments are evaluated."""
        nodes = gast.walk(_headed(user))
        calls = [n for n in nodes if isinstance(n, gast.Call) and not self.effects.is_pure(n)]
        if len(calls) != 1:
            return False
        call = calls[0]
        inside = any(isinstance(n, gast.Name) and n.id == name for n in gast.walk(call))
        return inside and WORLD not in self.effects.reads(call.func)

    def _columns(self, stmt: gast.stmt, depth: int) -> int:
        length = 4 * depth
        for field in ("targets", "target", "value", "test", "iter"):
            node = getattr(stmt, field, None)
            nodes = node if isinstance(node, list) else [node]
            for item in nodes:
                if isinstance(item, gast.AST):
                    length += len(expression_source(item)) + 3
        return length + len("return ") if isinstance(stmt, (gast.Return, gast.If)) else length


def _is_load(node: gast.Name) -> bool:
    return isinstance(node.ctx, gast.Load)


def _headed(stmt: gast.stmt) -> gast.stmt:
    """Return a compound statement without its blocks, and others as they are."""
    if isinstance(stmt, gast.If):
        return gast.If(stmt.test, [], [])
    if isinstance(stmt, gast.For):
        return gast.For(stmt.target, stmt.iter, [], [], None)
    return stmt


class _Inserter(gast.NodeTransformer):
    """Put an expression in the place of a name, unless it would read oddly there."""

    def __init__(self, name: str, value: gast.expr) -> None:
        self.name = name
        self.value = value
        self.done = False

    def generic_visit(self, node: gast.AST) -> gast.AST:
        for field in node._fields:
            child = getattr(node, field, None)
            if isinstance(child, gast.Name) and child.id == self.name and _is_load(child):
                if self._fits(node, field):
                    setattr(node, field, self.value)
                    self.done = True
            elif isinstance(child, list):
                for index, item in enumerate(child):
                    if isinstance(item, gast.Name) and item.id == self.name and _is_load(item):
                        if self._fits(node, field):
                            child[index] = self.value
                            self.done = True
                    elif isinstance(item, gast.AST):
                        self.visit(item)
            elif isinstance(child, gast.AST) and not isinstance(child, _OPAQUE):
                self.visit(child)
        return node

    def visit_Lambda(self, node: gast.Lambda) -> gast.AST:
        return node

    visit_JoinedStr = visit_ListComp = visit_SetComp = visit_DictComp = visit_GeneratorExp = visit_Lambda

    def _fits(self, parent: gast.AST, field: str) -> bool:
        value = self.value
        if isinstance(parent, (gast.Starred, gast.FormattedValue)):
            return False
        if isinstance(value, gast.Slice) or isinstance(parent, gast.Delete):
            return False
        if isinstance(value, gast.Tuple):
            starred = any(isinstance(element, gast.Starred) for element in value.elts)
            if isinstance(parent, gast.Subscript):
                return field == "slice" and bool(value.elts) and not starred
            return isinstance(parent, (gast.Call, gast.Return, gast.Assign)) and field != "func"
        if field == "func":
            return isinstance(value, (gast.Attribute, gast.Subscript))
        if isinstance(parent, (gast.Subscript, gast.Attribute)) and field == "value":
            stores = not isinstance(parent.ctx, gast.Load)
            odd = (gast.Compare, gast.IfExp, gast.Constant, gast.UnaryOp)
            return not stores and not isinstance(value, odd)
        if isinstance(value, (gast.Compare, gast.IfExp)) or _is_not(value):
            comparison = isinstance(value, gast.Compare)
            return isinstance(parent, (gast.If, gast.Assert, gast.Assign, gast.Return, gast.Call)) or (
                comparison and isinstance(parent, (gast.BinOp, gast.Subscript))
            )
        return True


def _is_not(value: gast.expr) -> bool:
    return isinstance(value, gast.UnaryOp) and isinstance(value.op, gast.Not)


def _plain(stmt: gast.stmt) -> gast.stmt:
    """Write ``while`` loops and branches with an empty first part as one would by hand."""
    for name in _BLOCKS:
        block = getattr(stmt, name, None)
        if block:
            setattr(stmt, name, [_plain(inner) for inner in block])
    if isinstance(stmt, gast.If) and all(isinstance(inner, gast.Pass) for inner in stmt.body) and stmt.orelse:
        stmt.test, stmt.body, stmt.orelse = _opposite(stmt.test), stmt.orelse, []
    if isinstance(stmt, gast.While) and isinstance(stmt.test, gast.Constant) and len(stmt.body) == 1:
        only = stmt.body[0]
        if isinstance(only, gast.If) and len(only.orelse) == 1 and isinstance(only.orelse[0], gast.Break):
            stmt.test, stmt.body = only.test, only.body
        elif isinstance(only, gast.If) and len(only.body) == 1 and isinstance(only.body[0], gast.Break):
            if only.orelse:
                stmt.test, stmt.body = _opposite(only.test), only.orelse
    return stmt


def _opposite(test: gast.expr) -> gast.expr:
    if _is_not(test):
        operand: gast.expr = test.operand
        return operand
    if isinstance(test, gast.Compare) and len(test.ops) == 1:
        opposite = {gast.Is: gast.IsNot, gast.IsNot: gast.Is, gast.In: gast.NotIn, gast.NotIn: gast.In}
        other = opposite.get(type(test.ops[0]))
        if other is not None:
            return gast.Compare(test.left, [other()], test.comparators)
    return gast.UnaryOp(gast.Not(), test)

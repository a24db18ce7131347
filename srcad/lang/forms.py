"""The forms of a program, and the check that a function has the form it claims.

NORMAL is what the frontend delivers: one operation on atoms a statement, loops over ranges or endless ones,
jumps only where nothing is skipped, one return at the end.
"""

from __future__ import annotations

import gast

from srcad.lang import tree as t
from srcad.lang.function import Function
from srcad.lang.walking import nodes_in

__all__ = ["check_normal"]


def check_normal(function: Function) -> None:
    """Check that a function is in NORMAL form.

    Raises
    ------
    AssertionError
        With the node that does not belong there.
    """
    checker = Checker(function)
    body = function.tree.body
    _require(
        bool(body) and isinstance(body[-1], gast.Return), function.tree, "the last statement is no return"
    )
    checker.block(body[:-1], in_loop=False, tail=False)
    _require(t.is_atom(body[-1].value), body[-1], "the return value is no atom")
    for node in nodes_in(function.tree):
        if isinstance(node, gast.stmt) and node is not function.tree:
            _require(
                hasattr(node, "lineno") and hasattr(node, "col_offset"), node, "a statement has no place"
            )
    for name in function.captured:
        _require(name not in function.scope.statics, function.tree, f"the captured name {name} is a static")


def _require(condition: bool, node: gast.AST, problem: str) -> None:
    """Raise the error unless the condition holds."""
    if not condition:
        raise AssertionError(f"Not NORMAL: {problem}: {gast.dump(node)}")


class Checker:
    """Checks statements."""

    def __init__(self, function: Function) -> None:
        self.statics = function.scope.statics

    def block(self, body: list[gast.stmt], in_loop: bool, tail: bool) -> None:
        """Check a block; a break may stand at its end if it is the end of a loop's body."""
        for k, statement in enumerate(body):
            self.statement(statement, in_loop, tail and k == len(body) - 1)

    def statement(self, node: gast.stmt, in_loop: bool, tail: bool) -> None:
        """Check one statement."""
        check = getattr(self, f"_{type(node).__name__}", None)
        if isinstance(node, gast.If):
            self.atom(node.test)
            _require(bool(node.body), node, "an empty branch")
            self.block(node.body, in_loop, tail)
            self.block(node.orelse, in_loop, tail)
        elif isinstance(node, gast.Break | gast.Continue):
            _require(in_loop and tail, node, "a jump that is not at the end of a loop's body")
        else:
            _require(check is not None, node, "an unknown statement")
            assert check is not None
            check(node)

    def _For(self, node: gast.For) -> None:
        _require(not node.orelse, node, "a loop with else")
        self.local(node.target)
        is_range = isinstance(node.iter, gast.Call) and isinstance(node.iter.func, gast.Name)
        _require(is_range and self.statics.get(node.iter.func.id) is range, node, "a loop over no range")
        for arg in node.iter.args:
            self.atom(arg)
        _require(bool(node.body) and not node.iter.keywords, node, "an empty body, or a range with keywords")
        self.block(node.body, True, True)

    def _While(self, node: gast.While) -> None:
        _require(not node.orelse, node, "a loop with else")
        _require(
            isinstance(node.test, gast.Constant) and node.test.value is True, node, "a loop with a condition"
        )
        _require(bool(node.body), node, "an empty body")
        self.block(node.body, True, True)

    def _With(self, node: gast.With) -> None:
        _require(len(node.items) == 1, node, "several contexts")
        self.atom(node.items[0].context_expr)
        if node.items[0].optional_vars is not None:
            self.local(node.items[0].optional_vars)
        self.block(node.body, False, False)

    def _Try(self, node: gast.Try) -> None:
        _require(not node.handlers and not node.orelse and bool(node.finalbody), node, "a handler")
        self.block(node.body, False, False)
        self.block(node.finalbody, False, False)

    def _Raise(self, node: gast.Raise) -> None:
        for part in (node.exc, node.cause):
            if part is not None:
                self.atom(part)

    def _Assert(self, node: gast.Assert) -> None:
        self.atom(node.test)
        if node.msg is not None:
            self.atom(node.msg)

    def _Pass(self, node: gast.Pass) -> None:
        """Nothing to check."""

    def _Expr(self, node: gast.Expr) -> None:
        _require(isinstance(node.value, gast.Call), node, "an expression that is no call")
        self.operation(node.value)

    def _Delete(self, node: gast.Delete) -> None:
        _require(len(node.targets) == 1, node, "several targets")
        self.place(node.targets[0])

    def _AugAssign(self, node: gast.AugAssign) -> None:
        self.place(node.target)
        self.atom(node.value)

    def _Assign(self, node: gast.Assign) -> None:
        _require(len(node.targets) == 1, node, "several targets")
        target = node.targets[0]
        if isinstance(target, gast.Name):
            self.local(target)
            self.operation(node.value)
            return
        if isinstance(target, gast.Tuple):
            for element in target.elts:
                self.local(element)
        else:
            self.place(target)
        self.atom(node.value)

    def local(self, node: gast.AST) -> None:
        """Check that a node is a local name."""
        _require(isinstance(node, gast.Name) and node.id.isidentifier(), node, "no local name")
        _require(node.id not in self.statics, node, "a static name is bound")

    def place(self, node: gast.AST) -> None:
        """Check a target of an update."""
        if isinstance(node, gast.Subscript):
            _require(isinstance(node.value, gast.Name), node, "an element of something that has no name")
            self.index(node.slice)
        elif isinstance(node, gast.Attribute):
            self.local(node.value)
        else:
            self.local(node)

    def atom(self, node: gast.AST) -> None:
        """Check that a node is a name or constant; dotted names must be statics."""
        _require(t.is_atom(node), node, "no atom")
        if isinstance(node, gast.Name) and "." in node.id:
            _require(node.id in self.statics, node, "a dotted name that is no static")

    def atoms(self, nodes: list[gast.expr]) -> None:
        """Check operands, which may be starred."""
        for node in nodes:
            self.atom(node.value if isinstance(node, gast.Starred) else node)

    def index(self, node: gast.AST) -> None:
        """Check an index."""
        if isinstance(node, gast.Tuple):
            for element in node.elts:
                self.index(element)
        elif isinstance(node, gast.Slice):
            self.atoms([part for part in (node.lower, node.upper, node.step) if part is not None])
        else:
            self.atom(node)

    def operation(self, node: gast.expr) -> None:
        """Check the right side of an assignment."""
        if t.is_atom(node):
            self.atom(node)
        elif isinstance(node, gast.BinOp):
            self.atoms([node.left, node.right])
        elif isinstance(node, gast.UnaryOp):
            self.atom(node.operand)
        elif isinstance(node, gast.Compare):
            _require(len(node.ops) == 1, node, "a chained comparison")
            self.atoms([node.left, *node.comparators])
        elif isinstance(node, gast.Call):
            self.atom(node.func.value if isinstance(node.func, gast.Attribute) else node.func)
            self.atoms([*node.args, *(keyword.value for keyword in node.keywords)])
        elif isinstance(node, gast.Subscript):
            self.atom(node.value)
            self.index(node.slice)
        elif isinstance(node, gast.Attribute):
            self.atom(node.value)
        elif isinstance(node, gast.Tuple | gast.List | gast.Set):
            self.atoms(node.elts)
        elif isinstance(node, gast.Dict):
            self.atoms([part for part in [*node.keys, *node.values] if part is not None])
        elif isinstance(node, gast.JoinedStr):
            for value in node.values:
                if isinstance(value, gast.FormattedValue):
                    self.atom(value.value)
                    if value.format_spec is not None:
                        self.operation(value.format_spec)
        else:
            _require(False, node, "an unknown operation")

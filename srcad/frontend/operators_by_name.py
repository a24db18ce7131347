"""Methods of operators that are called by name are written as the operators, where the receiver is a number or the like.

Before::

    y = x.__add__(1.0)

After, where a method of the user's own class is still called::

    y = x + 1.0 if isinstance(x, rt.BUILT_IN) else x.__add__(1.0)

>>> from srcad.frontend.stages import after
>>> print(after("write_out_operators_by_name", "def f(x, y): return float.__sub__(x, 1.0) - y.__rmul__(x)"))
def f(x, y):
    return x - 1.0 - (x * y if isinstance(y, rt.BUILT_IN) else y.__rmul__(x))
"""

from __future__ import annotations

from typing import Any

import gast

from srcad.frontend.nested import parameters
from srcad.frontend.statics import refer, runtime_name
from srcad.lang import tree as t
from srcad.lang.function import Function
from srcad.lang.walking import NodeTransformer
from srcad.runtime.containers import BUILT_IN

__all__ = ["write_out_operators_by_name"]

_BINARY: dict[str, Any] = {
    "add": gast.Add, "sub": gast.Sub, "mul": gast.Mult, "truediv": gast.Div, "pow": gast.Pow, "matmul": gast.MatMult,
    "mod": gast.Mod, "floordiv": gast.FloorDiv,
}  # fmt: skip
_UNARY = {"__neg__": gast.USub, "__pos__": gast.UAdd}
_FUNCTIONS: dict[str, Any] = {
    f"__{function.__name__}__": function for function in (abs, float, complex, round, divmod, reversed, iter)
}


def write_out_operators_by_name(fn: Function) -> Function:
    """Return ``fn`` with the operators that it calls by the names of their methods."""
    writer = _Writer(fn)
    return fn.with_body([writer.visit(stmt) for stmt in fn.tree.body])


class _Writer(NodeTransformer):
    def __init__(self, fn: Function) -> None:
        self.scope = fn.scope
        is_method = "." in fn.source.func.__qualname__.rpartition("<locals>.")[2]
        self.own = parameters(fn.tree.args)[:1] if is_method else []

    def visit_Call(self, node: gast.Call) -> gast.expr:
        self.generic_visit(node)
        method = node.func
        if not isinstance(method, gast.Attribute) or not method.attr.startswith("__") or node.keywords:
            return node
        if any(isinstance(arg, gast.Starred) for arg in node.args):
            return node
        receiver = method.value
        if getattr(receiver, "id", "") in self.own:
            return node  # an instance of a class of the user's
        known = self.scope.statics.get(getattr(receiver, "id", ""))
        if any(known is cls for cls in BUILT_IN):
            made = self.operator(method.attr, *node.args)
            return node if made is None else t.place(made, node)
        display = isinstance(receiver, (gast.List, gast.Tuple, gast.Dict, gast.ListComp, gast.DictComp))
        if known is not None or self.operator(method.attr, receiver, *node.args) is None:
            return node
        if display:
            return t.place(self.operator(method.attr, receiver, *node.args), node)
        asked_of = receiver
        if not isinstance(receiver, (gast.Name, gast.Constant)):
            kept = self.scope.fresh("t")
            asked_of, receiver = (
                gast.NamedExpr(gast.Name(kept, gast.Store(), None, None), receiver),
                t.name(kept),
            )
            node = t.place(gast.Call(gast.Attribute(receiver, method.attr, gast.Load()), node.args, []), node)
        made = self.operator(method.attr, receiver, *node.args)
        asked = t.call(
            refer(self.scope, isinstance, "isinstance"),
            asked_of,
            t.name(runtime_name(self.scope, "BUILT_IN")),
        )
        return t.place(gast.IfExp(asked, made, node), node)

    def operator(self, title: str, *operands: gast.expr) -> gast.expr | None:
        """Return what a method of this name computes; None where it is that of no operator."""
        if len(operands) == 1 and title in _UNARY:
            return gast.UnaryOp(_UNARY[title](), operands[0])
        if title == "__class__":
            return gast.Call(t.call(refer(self.scope, type, "type"), operands[0]), list(operands[1:]), [])
        if title in _FUNCTIONS and len(operands) >= 1:
            function = _FUNCTIONS[title]
            return t.call(refer(self.scope, function, function.__name__), *operands)
        if len(operands) != 2:
            return None
        left, right = operands
        if title == "__getitem__":
            return gast.Subscript(left, right, gast.Load())
        name = title.strip("_")
        if name in _BINARY:
            return gast.BinOp(left, _BINARY[name](), right)
        if name[:1] == "r" and name[1:] in _BINARY:
            return gast.BinOp(right, _BINARY[name[1:]](), left)
        return None

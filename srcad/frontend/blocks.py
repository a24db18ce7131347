"""Blocks that run in the backward pass become functions, handed to the function that the registry names for them.

Before, where ``backward`` is the context manager of this package::

    with backward(x) as dx:
        dx = np.clip(dx, -1, 1)

After::

    def x_block(dx):
        dx = np.clip(dx, -1, 1)
        return dx
    x = on_backward(x, x_block)

>>> import srcad
>>> from srcad.frontend.stages import after
>>> text = '''
... def f(x):
...     y = x * x
...     with backward(y) as dy:
...         dy = dy / 2.0
...     return y'''
>>> print(after("defer_blocks", text, backward=srcad.backward))
def f(x):
    y = x * x
<BLANKLINE>
    def y_block(dy):
        dy = dy / 2.0
        return dy
    y = on_backward(y, y_block)
    return y
"""

from __future__ import annotations

import types
from typing import Any

import gast

from srcad.errors import UnsupportedError
from srcad.lang import tree as t
from srcad.lang.function import Function
from srcad.lang.walking import NodeTransformer, nodes_in
from srcad.rules import registry

__all__ = ["defer_blocks"]


def defer_blocks(fn: Function) -> Function:
    """Return ``fn`` with functions in the place of blocks that run in the backward pass."""
    if not any(isinstance(node, gast.With) for node in t.own_nodes(fn.tree.body)):
        return fn
    blocks = _Blocks(fn)
    return fn.with_body([part for stmt in fn.tree.body for part in blocks.replaced(stmt)])


class _Blocks(NodeTransformer):
    def __init__(self, fn: Function) -> None:
        self.fn = fn
        arguments = fn.tree.args
        self.locals = t.bound_names(fn.tree.body) | {
            n.id for n in nodes_in(arguments) if isinstance(n, gast.Name) and isinstance(n.ctx, gast.Param)
        }

    def replaced(self, stmt: gast.stmt) -> list[gast.stmt]:
        """Return the statements for one statement."""
        made = self.visit(stmt)
        return made if isinstance(made, list) else [made]

    def visit_FunctionDef(self, node: gast.FunctionDef) -> gast.FunctionDef:
        """Leave a nested function until it is its turn."""
        return node

    visit_Lambda = visit_FunctionDef

    def visit_With(self, node: gast.With) -> Any:
        """Replace one block."""
        function = self.function_of(node.items[0].context_expr)
        if function is None:
            return self.generic_visit(node)
        variable, gradient = self.names(node)
        self.check(node, gradient)
        title = self.free(f"{variable}_block")
        given = self.free("on_backward")
        self.fn.scope.statics[given] = function
        ending = [gast.Return(t.name(gradient))]
        parameters = [gast.Name(gradient, gast.Param(), None, None)]
        arguments = gast.arguments(parameters, [], None, [], [], None, [])
        definition = gast.FunctionDef(title, arguments, [*node.body, *ending], [], None, None, [])
        call = gast.Call(t.name(given), [t.name(variable), t.name(title)], [])
        return [t.place(stmt, node) for stmt in (definition, t.assign(variable, call))]

    def names(self, node: gast.With) -> tuple[str, str]:
        """Return the variable and the name of its gradient."""
        (item,) = node.items if len(node.items) == 1 else (None,)
        call = item.context_expr if item is not None else None
        single = isinstance(call, gast.Call) and len(call.args) == 1 and not call.keywords
        if not single or not isinstance(call.args[0], gast.Name):
            raise self.error(node, "The block of the backward pass does not belong to one variable.",
                             "Write 'with srcad.backward(x) as dx:' with a variable x.")  # fmt: skip
        target = item.optional_vars
        if target is not None and not isinstance(target, gast.Name):
            raise self.error(node, "The gradient is taken apart in the 'with'.", "Give it one name: 'as dx'.")
        variable = call.args[0].id
        return variable, self.free(f"d{variable}") if target is None else target.id

    def check(self, node: gast.With, gradient: str) -> None:
        """Refuse what has no meaning in a function."""
        for inner in t.own_nodes(node.body):
            if isinstance(inner, gast.Return | gast.Break | gast.Continue):
                raise self.error(inner, "A jump leaves the block of the backward pass.",
                                 "Let the block run to its end.")  # fmt: skip
        outside = [stmt for stmt in t.own_nodes(self.fn.tree.body) if isinstance(stmt, gast.Name)]
        inside = {id(n) for stmt in node.body for n in nodes_in(stmt)}
        read = {n.id for n in outside if id(n) not in inside and isinstance(n.ctx, gast.Load)}
        for name in sorted((t.bound_names(node.body) & read) - {gradient}):
            raise self.error(node, f"The block of the backward pass assigns {name!r}, which the function reads.",
                             "Use another name; what the block is to tell goes into a list or dict.")  # fmt: skip

    def error(self, node: gast.AST, reason: str, hint: str) -> UnsupportedError:
        """Return the error that refuses ``node``."""
        return UnsupportedError(reason, hint, self.fn.source.locate(node))

    def free(self, hint: str) -> str:
        """Return a name that the function does not use."""
        used = {n.id for n in nodes_in(self.fn.source.tree) if isinstance(n, gast.Name)} | self.locals
        name, count = hint, 0
        while name in used or name in self.fn.scope.statics:
            count += 1
            name = f"{hint}_{count}"
        self.locals.add(name)
        return name

    def function_of(self, node: gast.AST) -> Any:
        """Return the function that takes the block, if the expression makes such a context manager."""
        path: list[str] = []
        base = node.func if isinstance(node, gast.Call) else node
        while isinstance(base, gast.Attribute):
            path.append(base.attr)
            base = base.value
        if not isinstance(base, gast.Name) or base.id in self.locals:
            return None
        value = self.outer(base.id)
        for part in reversed(path):
            value = getattr(value, part, None) if isinstance(value, types.ModuleType) else None
        return registry.block_function(value)

    def outer(self, name: str) -> Any:
        """Return the value of a name from outside of the function."""
        func = self.fn.source.func
        cells = dict(zip(func.__code__.co_freevars, func.__closure__ or ()))
        if name in cells:
            try:
                return cells[name].cell_contents
            except ValueError:
                return None
        return self.fn.scope.statics.get(name, func.__globals__.get(name))

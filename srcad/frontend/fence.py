"""The fence: refuse what lies outside the language, at the user's line, with a way out.

>>> REFUSED[gast.ClassDef][0]
'A class is defined inside the function.'
"""

from __future__ import annotations

import gast

from srcad.errors import UnsupportedError
from srcad.frontend.nested import free_names, parameters
from srcad.lang import tree as t
from srcad.lang.function import Function

__all__ = ["REFUSED", "fence"]

NO_ASYNC = ("Asynchronous code cannot be differentiated.", "Compute the value in an ordinary function and await outside.")
NO_YIELD = ("A generator cannot be differentiated.", "Write a list: append the values to it and return it.")
REFUSED: dict[type[gast.AST], tuple[str, str]] = {
    gast.AsyncFunctionDef: NO_ASYNC,
    gast.Await: NO_ASYNC,
    gast.AsyncFor: NO_ASYNC,
    gast.AsyncWith: NO_ASYNC,
    gast.Yield: NO_YIELD,
    gast.YieldFrom: NO_YIELD,
    gast.ClassDef: ("A class is defined inside the function.", "Define the class at module level."),
}
LATE = (
    "The nested function reads the variable {name!r}, which is bound again after the function was made.",
    "Pass it to the nested function as an argument, or give the new value another name.",
)


def fence(fn: Function) -> Function:
    """Raise ``UnsupportedError`` for the first construct that cannot be differentiated."""
    Fence(fn).check()
    return fn


class Fence:
    """Looks at one function; nested ones are looked at when it is their turn."""

    def __init__(self, fn: Function) -> None:
        self.fn = fn
        self.body = fn.tree.body

    def refuse(self, node: gast.AST, reason: str, hint: str) -> None:
        """Raise the error."""
        raise UnsupportedError(reason, hint, self.fn.source.locate(node))

    def check(self) -> None:
        """Check all statements and expressions, in the order of the text."""
        if isinstance(self.fn.source.tree, gast.AsyncFunctionDef):
            self.refuse(self.fn.source.tree, *NO_ASYNC)
        for node in t.own_nodes(self.body):
            if type(node) in REFUSED:
                self.refuse(node, *REFUSED[type(node)])
            special = getattr(self, f"_{type(node).__name__}", None)
            if special is not None:
                special(node)
        parents = {child: node for node in t.own_nodes(self.body) for child in gast.iter_child_nodes(node)}
        for node in t.own_nodes(self.body):
            if isinstance(node, gast.FunctionDef | gast.Lambda):
                self._late_binding(node, parents)

    def _Global(self, node: gast.Global | gast.Nonlocal) -> None:
        """Only reading is harmless."""
        for name in set(node.names) & t.names_written(self.body):
            self.refuse(
                node, f"The function assigns {name!r}, a variable outside it.",
                "Return the value and assign it outside, or keep it in an object that is passed in.",
            )  # fmt: skip

    _Nonlocal = _Global

    def _Try(self, node: gast.Try) -> None:
        """Of ``try``, only ``finally`` without jumps is supported."""
        if node.handlers or node.orelse:
            self.refuse(
                node, "An 'except' clause makes the path through the function depend on exceptions.",
                "Test the condition with 'if' before, or catch the exception outside the function.",
            )  # fmt: skip
        for inner in t.own_nodes(node.finalbody):
            if isinstance(inner, gast.Return | gast.Break | gast.Continue):
                self.refuse(
                    inner, "A jump inside 'finally' swallows exceptions.",
                    "Move it behind the try statement.",
                )  # fmt: skip

    def _TryStar(self, node: gast.AST) -> None:
        """Exception groups are exceptions."""
        self.refuse(node, "Exception groups are not supported.", "Catch them outside the function.")

    def _Delete(self, node: gast.Delete) -> None:
        """A name cannot be deleted."""
        stack = list(node.targets)
        while stack:
            target = stack.pop()
            if isinstance(target, gast.Tuple | gast.List):
                self.refuse(target, "Several things are deleted at once.", "Write one 'del' for each.")
            if isinstance(target, gast.Name):
                self.refuse(
                    target, f"The variable {target.id!r} is deleted.",
                    "Leave the statement out: memory is freed after the last use anyway.",
                )  # fmt: skip

    def _ImportFrom(self, node: gast.ImportFrom) -> None:
        """All names must be written out."""
        if any(alias.name == "*" for alias in node.names):
            self.refuse(node, "A star import hides which names are meant.", "Import the names that are used.")

    def _comprehension(self, node: gast.comprehension) -> None:
        """No asynchronous comprehensions."""
        if node.is_async:
            self.refuse(node.iter, *NO_ASYNC)

    def _FunctionDef(self, node: gast.FunctionDef) -> None:
        """A decorator could turn a nested function into anything."""
        if node.decorator_list:
            self.refuse(
                node.decorator_list[0], "A nested function is decorated.",
                "Define and decorate the function at module level.",
            )  # fmt: skip

    def _late_binding(self, node: gast.FunctionDef | gast.Lambda, parents: dict[gast.AST, gast.AST]) -> None:
        """A closure holds the values that its variables have when it is made: later ones must not exist."""
        local = t.names_written(self.body) | set(parameters(self.fn.tree.args))
        captured = [name for name in free_names(node) if name in local]
        own = getattr(node, "name", None)
        end = (node.end_lineno, node.end_col_offset)
        loops = _around(node, parents)
        for name in captured:
            for binding in t.own_nodes(self.body):
                if name not in t._bound_by(binding) or binding is node or _foreign(binding, node, name, parents):
                    continue
                again = any(binding in set(t.own_nodes(loop)) for loop in loops) and name != own
                in_comprehension = any(isinstance(loop, t.COMPREHENSIONS) for loop in loops)
                later = (binding.lineno, binding.col_offset) >= end and not (again and in_comprehension)
                if later or again and not self._stays(node, parents, loops):
                    self.refuse(node, LATE[0].format(name=name), LATE[1])

    def _stays(self, node: gast.AST, parents: dict[gast.AST, gast.AST], loops: list[gast.AST]) -> bool:
        """Tell whether a closure made in a loop is only called, or handed to a function, within the round."""
        parent = parents.get(node)
        if isinstance(node, gast.Lambda) and isinstance(parent, gast.Call):
            return parent.func is node or isinstance(parent.func, gast.Name) or _is_dotted(parent.func)
        if isinstance(node, gast.FunctionDef):
            name = node.name
        elif isinstance(parent, gast.Assign) and isinstance(parent.targets[0], gast.Name):
            name = parent.targets[0].id
        elif isinstance(parent, gast.keyword):
            return True
        else:
            return False
        inner = set(t.own_nodes(loops[0]))
        for use in t.own_nodes(self.body):
            if isinstance(use, gast.Name) and use.id == name and isinstance(use.ctx, gast.Load):
                call = parents.get(use)
                if use not in inner or not isinstance(call, gast.Call):
                    return False
                if call.func is not use and not isinstance(call.func, gast.Name) and not _is_dotted(call.func):
                    return False
                if (use.lineno, use.col_offset) < (node.lineno, node.col_offset):
                    return False
        return True


def _foreign(binding: gast.AST, node: gast.AST, name: str, parents: dict[gast.AST, gast.AST]) -> bool:
    """Tell whether ``binding`` is the target of a comprehension that ``node`` does not stand in."""
    above: gast.AST | None = binding
    while above is not None:
        if isinstance(above, gast.comprehension) and not isinstance(parents.get(binding), gast.NamedExpr):
            whole = parents.get(above)
            inside = whole is not None and any(child is node for child in t.own_nodes(whole))
            return not inside
        above = parents.get(above)
    return False


def _around(node: gast.AST, parents: dict[gast.AST, gast.AST]) -> list[gast.AST]:
    """Return the loops and comprehensions around a node, the innermost first."""
    found = []
    above = parents.get(node)
    while above is not None:
        if isinstance(above, (gast.For, gast.While, *t.COMPREHENSIONS)):
            found.append(above)
        above = parents.get(above)
    return found


def _is_dotted(node: gast.AST) -> bool:
    """Tell whether a callee looks like ``module.function`` and not like a container's method."""
    storing = ("append", "add", "insert", "extend", "update", "setdefault", "appendleft", "push", "register")
    return isinstance(node, gast.Attribute) and node.attr not in storing

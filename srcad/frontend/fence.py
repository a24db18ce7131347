"""The fence: refuse what lies outside the language, at the user's line, with a way out.

>>> REFUSED[gast.Await][0]
'Asynchronous code cannot be differentiated.'
"""

from __future__ import annotations

import gast

from srcad.errors import UnsupportedError
from srcad.frontend.cells import Cell
from srcad.lang import tree as t
from srcad.lang.function import Function

__all__ = ["REFUSED", "fence"]

NO_ASYNC = (
    "Asynchronous code cannot be differentiated.",
    "Compute the value in an ordinary function and await outside.",
)
REFUSED: dict[type[gast.AST], tuple[str, str]] = {
    gast.AsyncFunctionDef: NO_ASYNC,
    gast.Await: NO_ASYNC,
    gast.AsyncFor: NO_ASYNC,
    gast.AsyncWith: NO_ASYNC,
}


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

    def _Nonlocal(self, node: gast.Nonlocal) -> None:
        """A variable of a function around this one may be assigned where that is differentiated as well."""
        assigned = t.names_written(self.body)
        outside = [n for n in node.names if not isinstance(self.fn.scope.statics.get(n), Cell)]
        for name in (n for n in outside if n in assigned):
            self.refuse(
                node, f"The function assigns {name!r}, a variable outside it.",
                "Return the value and assign it outside, or keep it in an object that is passed in.",
            )  # fmt: skip

    def _Try(self, node: gast.Try) -> None:
        """No jumps in ``finally``."""
        for inner in t.own_nodes(node.finalbody):
            if isinstance(inner, gast.Return | gast.Break | gast.Continue):
                self.refuse(
                    inner, "A jump inside 'finally' swallows exceptions.",
                    "Move it behind the try statement.",
                )  # fmt: skip

    def _TryStar(self, node: gast.AST) -> None:
        """Exception groups are exceptions."""
        self.refuse(node, "Exception groups are not supported.", "Catch them outside the function.")

    def _Attribute(self, node: gast.Attribute) -> None:
        """What a nested function is stored in, its own attributes, is not followed."""
        if isinstance(node.ctx, gast.Store) and getattr(node.value, "id", "") in self.nested():
            self.refuse(
                node, "An attribute of a nested function is assigned.",
                "Keep the value in a variable, which the function declares 'nonlocal'.",
            )  # fmt: skip

    def nested(self) -> set[str]:
        """Return the names of the functions that are defined inside and are not assigned otherwise."""
        defined = {n.name for n in t.own_nodes(self.body) if isinstance(n, gast.FunctionDef)}
        stored = (n for n in t.own_nodes(self.body) if isinstance(n, gast.Name))
        return defined - {n.id for n in stored if isinstance(n.ctx, gast.Store)}

    def _Delete(self, node: gast.Delete) -> None:
        """A name cannot be deleted."""
        stack = list(node.targets)
        while stack:
            target = stack.pop()
            if isinstance(target, gast.Tuple | gast.List):
                self.refuse(target, "Several things are deleted at once.", "Write one 'del' for each.")
            if isinstance(target, gast.Name) and target.id in t.global_names(self.body):
                self.refuse(
                    target, f"The global variable {target.id!r} is deleted.",
                    "Delete it outside the differentiated function.",
                )  # fmt: skip
            if isinstance(target, gast.Name) and self._read_after(target):
                self.refuse(
                    target, f"The variable {target.id!r} is deleted and read later.",
                    "Leave the 'del' out: memory is freed after the last use anyway.",
                )  # fmt: skip

    def _read_after(self, target: gast.Name) -> bool:
        """Tell whether a deleted variable is read further down, without being bound in between."""
        place = (target.lineno, target.col_offset)
        uses = [n for n in t.own_nodes(self.body) if isinstance(n, gast.Name) and n.id == target.id]
        later = sorted((n.lineno, n.col_offset, isinstance(n.ctx, gast.Load)) for n in uses)
        later = [use for use in later if use[:2] > place]
        return bool(later) and later[0][2]

    def _ImportFrom(self, node: gast.ImportFrom) -> None:
        """All names must be written out."""
        if any(alias.name == "*" for alias in node.names):
            self.refuse(node, "A star import hides which names are meant.", "Import the names that are used.")

    def _comprehension(self, node: gast.comprehension) -> None:
        """No asynchronous comprehensions."""
        if node.is_async:
            self.refuse(node.iter, *NO_ASYNC)

"""The names that a function's variables get where the function is written out in another one."""

from __future__ import annotations

import gast

from srcad.frontend.statics import refer
from srcad.lang.function import Function
from srcad.lang.scope import Scope
from srcad.lang.walking import NodeTransformer

__all__ = ["Renaming"]


class Renaming(NodeTransformer):
    """Give the callee's locals fresh names of the caller's, and its statics their names there."""

    def __init__(self, scope: Scope, callee: Function) -> None:
        self.scope, self.callee = scope, callee
        self.names: dict[str, str] = {}

    def local(self, identifier: str) -> str:
        """Return the caller's name of a local variable."""
        if identifier not in self.names:
            self.names[identifier] = self.scope.fresh(identifier)
        return self.names[identifier]

    def visit_Name(self, node: gast.Name) -> gast.Name:
        """Rename a variable."""
        statics = self.callee.scope.statics
        static = node.id in statics and node.id not in self.names
        chosen = refer(self.scope, statics[node.id], node.id) if static else self.local(node.id)
        return gast.copy_location(gast.Name(chosen, node.ctx, None, None), node)

"""The parameters of a generator that is written out, and the names of its variables where it is."""

from __future__ import annotations

import inspect
from typing import Any

import gast

from srcad.frontend.statics import refer
from srcad.lang.function import Function, Nested
from srcad.lang.scope import Scope
from srcad.lang.walking import NodeTransformer, clone

__all__ = ["Names", "signature_of"]


def signature_of(callee: Function, function: Any) -> inspect.Signature:
    """Return the signature of a generator; the defaults of a nested one are expressions."""
    if not isinstance(function, Nested):
        return inspect.signature(function)
    arguments, kinds = function.tree.args, inspect.Parameter
    named = [*arguments.posonlyargs, *arguments.args]
    values = [kinds.empty] * (len(named) - len(arguments.defaults)) + [clone(d) for d in arguments.defaults]
    found = [kinds(n.id, kinds.POSITIONAL_OR_KEYWORD, default=v) for n, v in zip(named, values)]
    if arguments.vararg is not None:
        found.append(kinds(arguments.vararg.id, kinds.VAR_POSITIONAL))
    for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults):
        found.append(
            kinds(argument.id, kinds.KEYWORD_ONLY, default=kinds.empty if default is None else default)
        )
    return inspect.Signature(found)


class Names(NodeTransformer):
    """Give the generator's locals names of the caller's, and its statics their names there."""

    def __init__(self, scope: Scope, callee: Function) -> None:
        self.scope, self.callee = scope, callee
        self.names: dict[str, str] = {}

    def local(self, identifier: str) -> str:
        if identifier not in self.names:
            self.names[identifier] = self.scope.fresh(identifier)
        return self.names[identifier]

    def visit_Name(self, node: gast.Name) -> gast.Name:
        statics = self.callee.scope.statics
        static = node.id in statics and node.id not in self.names
        chosen = refer(self.scope, statics[node.id], node.id) if static else self.local(node.id)
        return gast.copy_location(gast.Name(chosen, node.ctx, None, None), node)

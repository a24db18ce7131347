"""Names: replace every name by what it stands for, a local variable or a static.

Before, where the module ``demo`` has ``import numpy as n; scale = 2``::

    def f(x):
        return n.sin(x) * scale

After, with ``scope.statics`` knowing ``np.sin`` and ``demo``::

    def f(x):
        return np.sin(x) * demo.scale

where ``np.sin`` is one name and ``demo.scale`` an attribute, read whenever the statement runs. Comprehension
targets get names of their own.
"""

from __future__ import annotations

import builtins
import importlib
import sys
import types
from typing import Any

import gast

from srcad.errors import UnsupportedError
from srcad.frontend.nested import capture, closure_call
from srcad.lang import tree as t
from srcad.lang.function import Function
from srcad.frontend.statics import Globals, canonical, is_settled, is_static, refer

__all__ = ["resolve"]


def resolve(fn: Function) -> Function:
    """Make statics of the names of functions, classes and modules, and record what was looked up."""
    resolver = Resolver(fn)
    body = resolver.block(fn.tree.body)
    read = [name for name in resolver.captured if name not in fn.captured]
    return types_replace(fn.with_body(body), tuple(fn.captured) + tuple(read))


def types_replace(fn: Function, captured: tuple[str, ...]) -> Function:
    """Return ``fn`` with these captured variables."""
    return Function(fn.tree, fn.scope, fn.source, captured)


class Resolver(gast.NodeTransformer):
    """Visits the nodes of one function; nested functions become closure calls."""

    def __init__(self, fn: Function) -> None:
        self.fn = fn
        self.scope = fn.scope
        self.func = fn.source.func
        self.known = dict(fn.scope.known) if hasattr(fn.scope, "known") else {}

"""The leave to destroy an argument (``overwrite_a=True``), taken away where nothing else reads the argument.

The derivative keeps what it was given, so the call computes what it did.  Elsewhere the keyword stays, and is refused.
"""

from __future__ import annotations

from typing import Any

import gast
import numpy as np

from srcad.analysis.outputs import outputs_of
from srcad.analysis.results.calls import ARRAY_METHODS
from srcad.analysis.view_functions import may_give_view, returns_views
from srcad.lang.function import Function
from srcad.lang.walking import nodes_in

__all__ = ["drop_overwriting"]


def drop_overwriting(fn: Function, node: gast.Call) -> None:
    """Take away the leave to destroy arguments that are read nowhere else: they may stay as they were."""
    allowed = [k for k in node.keywords if (k.arg or "").startswith("overwrite_")]
    if not allowed:
        return
    given = [argument.id for argument in node.args if isinstance(argument, gast.Name)]
    if all(is_left_alone(fn, argument) for argument in given if argument not in fn.scope.statics):
        node.keywords = [k for k in node.keywords if k not in allowed]


def is_left_alone(fn: Function, identifier: str) -> bool:
    """Tell whether a variable holds a parameter or memory of its own, and is read once after each time it is bound."""
    occurrences = [n for n in nodes_in(fn.tree) if isinstance(n, gast.Name) and n.id == identifier]
    reads = [n for n in occurrences if isinstance(n.ctx, gast.Load)]
    bindings = [n for n in nodes_in(fn.tree) if isinstance(n, gast.Assign) and _is(n.targets[0], identifier)]
    bound = [n for n in occurrences if isinstance(n.ctx, gast.Store)]
    if len(reads) != 1 or len(bound) != len(bindings) or len(bindings) > 1:
        return False
    for loop in nodes_in(fn.tree):
        if isinstance(loop, (gast.For, gast.While)):
            inside = list(nodes_in(loop))
            if any(r in inside for r in reads) and not any(b in inside for b in bindings):
                return False
    return not bindings or _is_new(fn, bindings[0].value)


def _is(target: gast.AST, identifier: str) -> bool:
    return isinstance(target, gast.Name) and target.id == identifier


def _is_new(fn: Function, value: Any) -> bool:
    """Tell whether a value is memory that no other variable reaches."""
    if isinstance(value, (gast.Tuple, gast.List)):
        return all(_is_new(fn, item) for item in value.elts)
    part = (
        isinstance(value, gast.Subscript) or isinstance(value, gast.Attribute) and value.attr in ("T", "mT")
    )
    whole = value.value if part else value
    if isinstance(whole, gast.Name):
        return whole.id not in fn.scope.statics and is_left_alone(fn, whole.id)
    if not isinstance(value, gast.Call):
        return isinstance(value, (gast.BinOp, gast.UnaryOp, gast.Constant))
    if isinstance(value.func, gast.Attribute):
        method = value.func.attr
        made = method in ARRAY_METHODS and not may_give_view(method)
        return made and not outputs_of(getattr(np.ndarray, method, None), value)
    function = fn.scope.statics.get(getattr(value.func, "id", ""))
    module = "numpy" if isinstance(function, np.ufunc) else str(getattr(function, "__module__", None))
    library = module.partition(".")[0] in ("numpy", "scipy")
    return library and not returns_views(function) and not outputs_of(function, value)

"""Which values have the same shape."""

from __future__ import annotations

import gast
import numpy as np

from srcad.optimize.forward import Definitions

__all__ = ["SCALAR", "is_elementwise", "same_shape", "token"]

SCALAR = "()"  # the token of Python numbers
_LIKE = frozenset(["zeros_like", "ones_like", "empty_like", "full_like", "copy", "real", "imag", "clip"])
_FILLED = frozenset(["zeros", "ones", "empty", "full"])
_DEPTH = 24


def same_shape(first: gast.expr, second: gast.expr, known: Definitions) -> bool:
    """Tell whether two values are proven to have the same shape."""
    shape = token(first, known)
    return shape is not None and shape == token(second, known)


def token(node: gast.expr, known: Definitions, depth: int = _DEPTH) -> str | None:
    """Return a text that is equal for values of one shape, or None where nothing is known.

    The token is the name of the variable that the shape comes from, through any chain of elementwise
    functions of it, of Python numbers, and of values with the same token.
    """
    if depth == 0:
        return None
    if isinstance(node, gast.Constant):
        return SCALAR if isinstance(node.value, (int, float, complex)) else None
    if isinstance(node, gast.Name):
        primal = known.effects.context.like.get(node.id)
        if primal is not None and primal != node.id:
            return token(gast.Name(primal, gast.Load(), None, None), known, depth - 1)
        origin = known.origin(node.id)
        found = None if origin is None else token(origin, known, depth - 1)
        return str(node.id) if found is None else found
    if isinstance(node, gast.UnaryOp) and not isinstance(node.op, gast.Not):
        return token(node.operand, known, depth - 1)
    if isinstance(node, gast.BinOp) and not isinstance(node.op, gast.MatMult):
        return _joined([node.left, node.right], known, depth)
    if isinstance(node, gast.Call):
        return _of_call(node, known, depth)
    return None


def is_elementwise(node: gast.expr) -> bool:
    """Tell whether an expression is an arithmetic operator that broadcasts its operands."""
    return isinstance(node, gast.BinOp) and not isinstance(node.op, gast.MatMult)


def _joined(nodes: list[gast.expr], known: Definitions, depth: int) -> str | None:
    tokens = {token(node, known, depth - 1) for node in nodes}
    if len(tokens) > 1:
        tokens.discard(SCALAR)
    return tokens.pop() if len(tokens) == 1 else None


def _of_call(node: gast.Call, known: Definitions, depth: int) -> str | None:
    if isinstance(node.func, gast.Attribute):
        copied = node.func.attr == "copy" and not node.args
        return token(node.func.value, known, depth - 1) if copied else None
    callee = known.effects.callee(node)
    name = getattr(callee, "__name__", "")
    module = getattr(callee, "__module__", "") or ""
    if not node.args or any(isinstance(arg, gast.Starred) for arg in node.args):
        return None
    if isinstance(callee, np.ufunc):
        plain = callee.signature is None and callee.nout == 1 and not node.keywords
        return _joined(node.args, known, depth) if plain and len(node.args) == callee.nin else None
    if module == "numpy" and name in _LIKE and not any(k.arg == "shape" for k in node.keywords):
        return token(node.args[0], known, depth - 1) if name != "clip" or len(node.args) == 1 else None
    if module == "numpy" and name in _FILLED:
        return _of_shape(node.args[0], known, depth)
    if module == "numpy" and name == "broadcast_to" and len(node.args) == 2:
        return _of_shape(node.args[1], known, depth)
    if module == "numpy" and name == "where" and len(node.args) == 3:
        return _joined(node.args, known, depth)
    if name == "unbroadcast" and module.startswith("srcad.") and len(node.args) == 2:
        return token(node.args[1], known, depth - 1)
    return None


def _of_shape(node: gast.expr, known: Definitions, depth: int) -> str | None:
    """Return the token of ``a`` where ``node`` is ``np.shape(a)`` or ``a.shape``."""
    origin = known.origin(node.id) if isinstance(node, gast.Name) else node
    if isinstance(origin, gast.Attribute) and origin.attr == "shape":
        return token(origin.value, known, depth - 1)
    if isinstance(origin, gast.Call) and len(origin.args) == 1:
        if known.effects.callee(origin) is np.shape:
            return token(origin.args[0], known, depth - 1)
    return None

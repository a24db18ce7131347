"""Which functions can be differentiated when they are called, and why the others cannot."""

from __future__ import annotations

import functools
import inspect
import linecache
import types
from typing import Any

import gast

from srcad.derive.builtin_sources import source_of_builtin
from srcad.lang.source import file_of
from srcad.rules import registry

__all__ = ["why_not_callable"]

_RESOLVED = (getattr, setattr, delattr, iter, vars, object.__getattribute__, object.__setattr__,
             object.__delattr__)  # fmt: skip


def why_not_callable(function: Any, node: gast.Call) -> tuple[str, str] | None:
    """Return why a call of a known function has no derivative and what to do about it, or None where it has one.

    >>> from zlib import crc32
    >>> call = gast.parse("crc32(x)").body[0].value
    >>> why_not_callable(crc32, call)[0]
    "'crc32' has neither Python source nor a derivative rule."
    >>> why_not_callable(len, call) is None
    True
    """
    if function is None or hasattr(function, "tree"):
        return None
    keywords = tuple(keyword.arg for keyword in node.keywords)
    while isinstance(function, functools.partial):
        function = function.func
    if registry.is_key(function) and (registry.find(function) is not None or registry.is_constant(function)):
        return None
    counts = [len(node.args)]
    if any(isinstance(argument, gast.Starred) for argument in node.args):
        counts = [1, 2]
    if registry.is_key(function) and (
        function in _RESOLVED or any(source_of_builtin(function, n, keywords) is not None for n in counts)
    ):
        return None
    title = getattr(node.func, "id", "This")
    in_python = isinstance(function, (types.FunctionType, type, types.MethodType))
    called = inspect.getattr_static(type(function), "__call__", None)
    if not in_python and not isinstance(called, types.FunctionType) and not _has_rule(called):
        return (
            f"'{title}' has neither Python source nor a derivative rule.",
            "Write it in Python, or use functions that have rules.",
        )
    code = getattr(function, "__code__", None)
    if code is not None and code.co_filename and not linecache.getline(file_of(function), 1):
        return (
            f"The source of '{title}' cannot be found.",
            "Define it in a file, register its derivative with srcad.def_vjp, or differentiate with srcad.GradientTape.",
        )
    return None


def _has_rule(called: Any) -> bool:
    """Tell whether the class of a callable object gives its call a derivative rule."""
    return not isinstance(called, types.WrapperDescriptorType) and registry.find(called) is not None

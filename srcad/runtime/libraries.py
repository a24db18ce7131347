"""Objects and functions of libraries that work on text, time and files: what they compute has no derivative."""

from __future__ import annotations

import os
import sys
import sysconfig
import types
from typing import Any

__all__ = ["LIBRARIES", "OfLibrary", "computes_no_numbers", "is_shipped", "is_sparse", "package_of"]

LIBRARIES = frozenset(sys.stdlib_module_names) | {"numpy", "scipy", "srcad"}
"""The packages whose functions nobody is expected to change."""

_WRITTEN_IN_PYTHON = 1 << 9
"""The flag of classes that a ``class`` statement has made."""
_STANDARD = sysconfig.get_path("stdlib")

_OBJECTS = frozenset(
    "_hashlib _io _thread datetime hashlib io json logging pathlib re threading uuid".split()
)
_FUNCTIONS = frozenset(
    "argparse base64 fnmatch gc glob hashlib html inspect io json locale logging os platform posix posixpath pprint re "
    "reprlib shutil string sys textwrap time traceback tracemalloc urllib uuid warnings".split()
)
_PASSING = frozenset(
    "getattr_static getcallargs getargvalues getclosurevars getmembers getmembers_static currentframe stack trace "
    "get_objects get_referents get_referrers".split()
)
"""Functions of these libraries that return the values which they are given or find."""


class _OfLibrary(type):
    def __instancecheck__(cls, value: Any) -> bool:
        return package_of(type(value)) in _OBJECTS


class OfLibrary(metaclass=_OfLibrary):
    """What loggers, patterns, locks, dates and files are instances of.

    >>> import logging, re
    >>> isinstance(logging.getLogger("a"), OfLibrary), isinstance(re.compile("a"), OfLibrary), isinstance("a", OfLibrary)
    (True, True, False)
    """


def computes_no_numbers(function: Any) -> bool:
    """Tell whether a function, or a method of an object, is one of such a library.

    >>> import logging, math, textwrap
    >>> computes_no_numbers(textwrap.dedent), computes_no_numbers(logging.getLogger().info), computes_no_numbers(math.sin)
    (True, True, False)
    """
    receiver = getattr(function, "__self__", None)
    if receiver is not None and not isinstance(receiver, types.ModuleType):
        return isinstance(receiver, OfLibrary)
    if not isinstance(function, types.FunctionType | types.BuiltinFunctionType):
        return False
    if function.__name__ in _PASSING:
        return False
    is_method = "." in function.__qualname__  # argparse.Namespace.__init__ keeps what it is given
    return package_of(function) in (_OBJECTS if is_method else _FUNCTIONS)


def package_of(value: Any) -> str:
    """Return the package that a function or class is from, ``""`` for one of the user's that is called as one of Python's.

    What counts is where a function was written: ``functools.wraps(np.sin)`` gives it NumPy's names, a file
    ``profile.py`` those of the standard library, and code that is executed in a namespace without a name those of
    ``builtins``.

    >>> import math
    >>> exec("class A: pass", space := {})
    >>> package_of(math.sin), package_of(dict), package_of(space["A"])
    ('math', 'builtins', '')
    """
    written = isinstance(value, types.FunctionType)
    module = value.__globals__.get("__name__") if written else getattr(value, "__module__", None)
    root = module.partition(".")[0] if isinstance(module, str) else ""
    written = written or isinstance(value, type) and bool(value.__flags__ & _WRITTEN_IN_PYTHON)
    if not written or root not in sys.stdlib_module_names:
        return root
    return root if root != "builtins" and is_shipped(root) else ""


def is_sparse(cls: object) -> bool:
    """Tell whether a class is one of SciPy's sparse matrices, which are made of constants."""
    return isinstance(cls, type) and (cls.__module__ or "").startswith("scipy.sparse.")


def is_shipped(root: str) -> bool:
    """Tell whether the module that is loaded under a name of the standard library's is that of the library.

    >>> is_shipped("collections"), is_shipped("sys")
    (True, True)
    """
    origin = getattr(getattr(sys.modules.get(root), "__spec__", None), "origin", None) or ""
    inside = origin.startswith(_STANDARD + os.sep) and "-packages" not in origin
    return origin in ("built-in", "frozen") or inside

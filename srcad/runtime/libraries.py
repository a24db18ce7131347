"""Objects and functions of libraries that work on text, time and files: what they compute has no derivative."""

from __future__ import annotations

import types
from typing import Any

__all__ = ["OfLibrary", "computes_no_numbers"]

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
        return _root(type(value)) in _OBJECTS


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
    return _root(function) in (_OBJECTS if is_method else _FUNCTIONS)


def _root(value: Any) -> str:
    module = getattr(value, "__module__", None)
    return module.partition(".")[0] if isinstance(module, str) else ""

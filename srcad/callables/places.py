"""Where errors point to that no line of a program causes: a function's definition, or the user's call of srcad."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import gast

from srcad.backends.callers import call_of_srcad
from srcad.errors import Location, NoSourceError
from srcad.lang.source import look_at

__all__ = ["call_of_srcad", "place"]

_OWN = __name__.partition(".")[0]


def place(func: Any) -> Location | None:
    """Return where a function of the user's is defined; for a function of a library, where srcad was called."""
    code = getattr(func, "__code__", None)
    own = (getattr(func, "__module__", None) or "").partition(".")[0] == _OWN
    if code is None or own or code.co_filename.startswith("<srcad "):
        return call_of_srcad()
    try:
        source = look_at(func)
    except NoSourceError:
        return call_of_srcad()
    found = source.locate(source.tree)
    return found if isinstance(source.tree, gast.Lambda) else replace(found, end_column=None)

"""Tracebacks in terms of the user's source: what a derivative raises shows the lines of the primal.

Every frame of a generated function is replaced by stand-ins, frames that raise at the line of the user's file which
the failing instruction comes from, as template engines do it.  A frame of the backward sweep, which the user has not
written, stays visible below its line.
"""

from __future__ import annotations

import ast
import os
import types

import numpy as np

from srcad.backends.callers import call_of_srcad
from srcad.backends.line_map import NAME, LineMap, Origin
from srcad.errors import Location, SrcadError
from srcad.lang.tracebacks import PACKAGE

__all__ = ["show_users_source"]


_LIBRARIES = tuple(os.path.join(os.path.dirname(np.__path__[0]), name, "") for name in ("numpy", "scipy"))


def show_users_source(error: BaseException) -> None:
    """Rewrite the traceback of an error that was raised by a derivative, for its caller to raise it again.

    An error of srcad's own that has no place, or one in srcad's own functions that are differentiated with the user's,
    gets that of the user's line that was running, or of the call where all that ran was written by srcad.
    """
    entry = error.__traceback__.tb_next if error.__traceback__ is not None else None
    kept: list[types.TracebackType] = []
    own: list[types.TracebackType] = []
    latest: Origin | None = None
    has_run = False
    while entry is not None:
        lines: LineMap | None = entry.tb_frame.f_globals.get(NAME)
        if lines is None and _is_own(entry):
            own.append(entry)
        else:
            own.clear()
            if lines is None:
                kept.append(entry)
            else:
                position = lines.position(entry.tb_frame.f_code, entry.tb_lasti, entry.tb_lineno)
                origins = lines.origins(position)
                has_run = has_run or bool(origins)
                latest = next((o for o in origins[::-1] if not _is_of_package(o.location)), latest)
                kept += [_stand_in(origin, entry.tb_frame) for origin in origins]
                kept += [entry] if not origins or lines.is_backward(position) else []
        entry = entry.tb_next
    if isinstance(error, NameError):
        pass  # the name is the user's, whoever looks it up
    elif not isinstance(error, SrcadError):
        # What srcad's own functions raise, as those of NumPy do, is seen there as well.
        kept += own
    elif has_run and (error.location is None or _is_of_package(error.location)):
        error.location = latest.location if latest is not None else call_of_srcad()
        error.args = (error.reason, error.hint, error.location)
    error.__traceback__ = _chained(kept)


def _is_own(entry: types.TracebackType) -> bool:
    """Tell whether a frame belongs to srcad itself."""
    return str(entry.tb_frame.f_globals.get("__name__", "")).split(".")[0] == "srcad"


def _is_of_package(location: Location) -> bool:
    """Tell whether a place lies in srcad's own files, in what it has written, or in the libraries that it has rules for."""
    return location.file.startswith((PACKAGE, "<srcad ", *_LIBRARIES))


def _stand_in(origin: Origin, frame: types.FrameType) -> types.TracebackType:
    """Return the traceback of a frame that has failed at a place in the user's source."""
    place = origin.location
    end = place.end_column if place.end_column is not None else max(len(place.text.rstrip()), place.column)
    where = {
        "lineno": place.line,
        "col_offset": place.column,
        "end_lineno": place.line,
        "end_col_offset": end,
    }
    failing = ast.BinOp(ast.Constant(1, **where), ast.Div(), ast.Constant(0, **where), **where)
    module = ast.Module([ast.Expr(failing, **where)], [])
    code = compile(module, place.file, "exec").replace(co_name=origin.function)
    space = getattr(origin.source.func, "__globals__", None)
    if space is None or "__builtins__" not in space or NAME in space:
        space = {"__name__": origin.function}
    try:
        # A debugger finds the values of the generated frame here, most of them under the user's names.
        exec(code, space, dict(frame.f_locals))
    except ZeroDivisionError as raised:
        made = raised.__traceback__.tb_next if raised.__traceback__ is not None else None
    assert made is not None
    return made


def _chained(entries: list[types.TracebackType]) -> types.TracebackType | None:
    """Return one traceback of these entries, outermost first."""
    whole: types.TracebackType | None = None
    for entry in reversed(entries):
        whole = types.TracebackType(whole, entry.tb_frame, entry.tb_lasti, entry.tb_lineno)
    return whole

"""The line of the user's program that calls srcad, found on the stack."""

from __future__ import annotations

import itertools
import linecache
import sys
import types

from srcad.backends.line_map import NAME, LineMap
from srcad.errors import Location, characters
from srcad.lang.tracebacks import PACKAGE

__all__ = ["call_of_srcad"]

_OWN = __name__.partition(".")[0]


def call_of_srcad() -> Location | None:
    """Return the call of the user's that is being executed, or what generated code is made of."""
    frame: types.FrameType | None = sys._getframe(1)
    while frame is not None:
        lines: LineMap | None = frame.f_globals.get(NAME)
        if lines is not None:
            origins = lines.origins(lines.position(frame.f_code, frame.f_lasti, frame.f_lineno))
            users = [o.location for o in origins if not o.location.file.startswith(PACKAGE)]
            if users:
                return users[-1]
        elif frame.f_globals.get("__name__", "").partition(".")[0] != _OWN:
            break
        frame = frame.f_back
    if frame is None:
        return None
    line, end_line, start, end = _position(frame)
    text = linecache.getline(frame.f_code.co_filename, line).rstrip()
    if start is None or end is None:
        start, end, end_line = len(text) - len(text.lstrip()), len(text), line
    else:
        start, end = characters(text, start), characters(text, end)
    return Location(frame.f_code.co_filename, line, start, text, end if end_line == line else None)


def _position(frame: types.FrameType) -> tuple[int, int | None, int | None, int | None]:
    """Return the lines and columns of what a frame is doing; before Python 3.11 only the line is known."""
    positions = getattr(frame.f_code, "co_positions", None)
    found = next(itertools.islice(positions(), frame.f_lasti // 2, None), None) if positions else None
    if found is None or found[0] is None:
        return frame.f_lineno, None, None, None
    return found  # type: ignore[no-any-return]

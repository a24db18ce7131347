"""What a traceback shows of srcad: the call of the user's that failed and the lines of the user's program below it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

from srcad.errors import SrcadError

__all__ = ["FULL", "PACKAGE", "shortened"]

FULL = "SRCAD_FULL_TRACEBACKS"
"""The environment variable under which tracebacks keep srcad's own frames."""

PACKAGE = str(Path(__file__).parent.parent) + os.sep
"""Where srcad's own files are."""


def shortened(error: BaseException) -> TracebackType | None:
    """Return the traceback of an exception without the frames of srcad's own modules.

    An exception that neither the user's program nor srcad's refusals raised is a fault of srcad: it keeps all frames.

    >>> from srcad.errors import UnsupportedError
    >>> try:
    ...     raise UnsupportedError("A sentence.")
    ... except UnsupportedError as error:
    ...     shortened(error).tb_frame.f_code.co_name
    '<module>'
    """
    frames = list(_frames(error.__traceback__))
    outside = [frame for frame in frames if not frame.tb_frame.f_code.co_filename.startswith(PACKAGE)]
    if FULL in os.environ or not (outside or isinstance(error, SrcadError)):
        return error.__traceback__
    following: TracebackType | None = None
    for frame in reversed(outside):
        following = TracebackType(following, frame.tb_frame, frame.tb_lasti, frame.tb_lineno)
    return following


def _frames(traceback: TracebackType | None) -> Iterator[TracebackType]:
    while traceback is not None:
        yield traceback
        traceback = traceback.tb_next

"""Variables of the caller that stand for traced values while a tape records.

An array cannot be told to record, so that ``x = tape.watch(x)`` gives one that can. Where the call stands on a line of
its own, as with TensorFlow's tape, the variables named in it are bound to the traced values until the ``with`` block
ends, and to the plain ones again afterwards::

    with GradientTape() as tape:
        tape.watch(x)           # x is traced from here on
        y = np.sum(x * x)
    tape.gradient(y, x)         # x is the plain array again
"""

from __future__ import annotations

import ctypes
import dis
import functools
import sys
import types
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

__all__ = ["Rebound", "named_in_call", "rebind", "restore"]

_LOADS = ("LOAD_FAST", "LOAD_NAME", "LOAD_GLOBAL", "LOAD_DEREF", "LOAD_CLASSDEREF", "LOAD_FROM_DICT")
_MISSING = object()


@dataclass
class Rebound:
    """A variable of ``frame`` that stands for a traced value; ``plain`` is what it stood for before."""

    frame: types.FrameType
    name: str
    plain: Any
    traced: Any

    def is_visible(self) -> bool:
        """Tell whether the function of the variable is still running."""
        frame: types.FrameType | None = sys._getframe(1)
        while frame is not None:
            if frame is self.frame:
                return True
            frame = frame.f_back
        return False

    def is_bound(self) -> bool:
        """Tell whether the variable still stands for the traced value."""
        return _read(self.frame, self.name) is self.traced


def named_in_call(frame: types.FrameType) -> list[str]:
    """Return the variables in the call of ``watch`` that ``frame`` executes, if nobody takes what it returns.

    >>> class Tape:
    ...     def watch(self, *values): print(named_in_call(sys._getframe(1)))
    >>> x, k, tape = 1.0, 2.0, Tape()
    >>> for _ in range(1):
    ...     tape.watch([x, k])
    ...     y = tape.watch(x)
    ['k', 'x']
    []
    """
    return list(_names_at(frame.f_code, frame.f_lasti))


@functools.lru_cache(maxsize=256)
def _names_at(code: types.CodeType, last: int) -> list[str]:
    instructions = list(dis.get_instructions(code))
    # the index of the last instruction may be that of a cache entry behind the call
    at = sum(found.offset <= last for found in instructions) - 1
    if at + 1 == len(instructions) or not _drops(instructions[at + 1]):
        return []
    names: list[str] = []
    for found in reversed(instructions[:at]):
        if found.opname in ("LOAD_METHOD", "LOAD_ATTR"):
            return names if found.argval == "watch" else []
        if found.opname.startswith(_LOADS):
            names += found.argval if isinstance(found.argval, tuple) else [found.argval]
    return []


def _drops(instruction: dis.Instruction) -> bool:
    """Tell whether an instruction drops a value, or prints it as the interactive interpreter does."""
    return instruction.opname in ("POP_TOP", "PRINT_EXPR") or "PRINT" in instruction.argrepr


def rebind(frame: types.FrameType, names: list[str], value: Any, result: Any) -> list[Rebound]:
    """Bind the variables that stand for ``value``, or for a part of it, to what was made of it."""
    found = []
    for name in names:
        plain = _read(frame, name)
        traced = next(
            (new for old, new in _pairs(value, result) if old is plain and new is not old), _MISSING
        )
        if traced is not _MISSING:
            _write(frame, name, traced)
            found.append(Rebound(frame, name, plain, traced))
    return found


def restore(rebound: list[Rebound]) -> None:
    """Bind the variables to the plain values again, unless the program has bound them to something else."""
    for variable in reversed(rebound):
        if variable.is_bound():
            _write(variable.frame, variable.name, variable.plain)


def _pairs(value: Any, result: Any) -> Iterator[tuple[Any, Any]]:
    """Yield each part of a structure with what was made of it, the whole first."""
    yield value, result
    if isinstance(value, (list, tuple)):
        for old, new in zip(value, result):
            yield from _pairs(old, new)
    elif isinstance(value, dict):
        for key, old in value.items():
            yield from _pairs(old, result[key])


def _read(frame: types.FrameType, name: str) -> Any:
    return frame.f_locals[name] if name in frame.f_locals else frame.f_globals.get(name, _MISSING)


def _write(frame: types.FrameType, name: str, value: Any) -> None:
    variables = frame.f_locals
    if name not in variables:
        frame.f_globals[name] = value
        return
    variables[name] = value
    if variables is not frame.f_globals and sys.version_info < (3, 13):
        ctypes.pythonapi.PyFrame_LocalsToFast(ctypes.py_object(frame), ctypes.c_int(0))

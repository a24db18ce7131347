"""Numbers that a program keeps outside of itself, in attributes of its module, of a class or of a function.

A counter such as ``Model.calls += 1`` is a store like any other, as long as three things hold: what is kept is a plain
value, which shares no memory; it carries no derivative, which is checked where that is known; and it is of the same
sort as what stood there, since other code was compiled for that.
"""

from __future__ import annotations

import types
from typing import Any

from srcad.analysis.kinds import ANY, Kind
from srcad.analysis.results.indexing import attribute_outside
from srcad.frontend.statics import Globals, is_settled, is_static

__all__ = ["why_not_kept"]

_PLAIN = frozenset({"int", "float", "number", "bool", "str", "none"})
_MISSING = object()


def why_not_kept(owner: Any, attribute: str, kind: Kind) -> tuple[str, str] | None:
    """Return why a value of this kind may not be kept as ``owner.attribute``, and the way out; or None.

    >>> why_not_kept(type("Model", (), {"calls": 0}), "calls", Kind("int"))
    >>> why_not_kept(type("Model", (), {"rate": 0.5}), "rate", Kind("array"))[0]
    "The function keeps a value in 'Model.rate' that is not known to be a plain number or string."
    """
    title = getattr(owner, "__name__", "its module").rpartition(".")[2]
    place = f"'{attribute}'" if isinstance(owner, (types.ModuleType, Globals)) else f"'{title}.{attribute}'"
    if not isinstance(owner, (type, types.FunctionType, types.ModuleType, Globals)) or _is_library(owner):
        return f"The function changes {place}, which lives outside of it.", _RETURN
    current = getattr(owner, attribute, _MISSING)
    if current is not _MISSING and is_static(current):
        return f"The function replaces {place}, which is called by its name.", _RETURN
    if kind.name not in _PLAIN:
        return (
            f"The function keeps a value in {place} that is not known to be a plain number or string.",
            _RETURN,
        )
    known = ANY if current is _MISSING else attribute_outside(current)
    if known is not ANY and (known.name, known.dtype) != (kind.name, kind.dtype):
        return (f"The function keeps another sort of value in {place} than the {type(current).__name__} that was "
                "there.", "Convert it before it is kept.")  # fmt: skip
    return None


_RETURN = "Return the value and assign it outside, or keep it in an object that is passed in."


def _is_library(owner: Any) -> bool:
    return isinstance(owner, types.ModuleType) and is_settled(owner)

"""What a user gives to a pullback: checked against the form of the value, and brought to that of the runtime."""

from __future__ import annotations

from typing import Any

import numpy as np

from srcad.errors import ArgumentError

__all__ = ["form_of", "internal"]


class OfComplex(tuple[int, ...]):
    """The shape of an array of complex numbers."""


def form_of(value: Any) -> Any:
    """Return the shapes of the arrays in a value, in its structure; None for what is not checked.

    >>> form_of({"a": (np.ones(3), "s"), "b": 2.0})
    {'a': [(3,), None], 'b': ()}
    """
    if isinstance(value, (np.ndarray, complex, np.complexfloating)) and np.iscomplexobj(value):
        return OfComplex(np.shape(value))
    if isinstance(value, np.ndarray):
        return value.shape
    if isinstance(value, (list, tuple)):
        return [form_of(item) for item in value]
    if isinstance(value, dict):
        return {key: form_of(item) for key, item in value.items()}
    return () if isinstance(value, (float, np.number)) else None


def internal(cotangent: Any, form: Any, title: str, path: str = "") -> Any:
    """Bring a user's cotangent to the form of the runtime: lists for sequences, zeros for None.

    Parameters
    ----------
    cotangent : object
        What the user gave.
    form : object
        The form of the value, see `form_of`.
    title : str
        The function's name.
    path : str
        The way to a part.

    Raises
    ------
    ArgumentError
        If it has not the structure and the shapes of the value.

    Examples
    --------
    >>> internal((1, None), [(), (2,)], "f")
    [1.0, array([0., 0.])]
    """
    if form is None:
        return _listed(cotangent)
    if isinstance(form, tuple):
        if cotangent is None:
            return np.zeros(form) if form else 0.0
        shape = cotangent.shape if isinstance(cotangent, np.ndarray) else _shape_of(cotangent)
        if shape != form:
            found = f"has the shape {shape}" if shape is not None else f"is a {type(cotangent).__name__}"
            raise _misfit(title, path, f"{found}, where the value has {tuple(form)}")
        if np.iscomplexobj(cotangent) and not isinstance(form, OfComplex):
            raise _misfit(title, path, "is complex, where the value is real")
        if isinstance(cotangent, (list, tuple)):
            return np.array(cotangent, float)
        return float(cotangent) if isinstance(cotangent, int) else cotangent
    if isinstance(form, list):
        if cotangent is not None and (
            not isinstance(cotangent, (list, tuple)) or len(cotangent) != len(form)
        ):
            raise _misfit(title, path, f"is {cotangent!r}, where the value has {len(form)} items")
        parts = cotangent if cotangent is not None else [None] * len(form)
        return [
            internal(part, inner, title, f"{path}[{k}]") for k, (part, inner) in enumerate(zip(parts, form))
        ]
    if cotangent is not None and (not isinstance(cotangent, dict) or set(cotangent) != set(form)):
        raise _misfit(title, path, f"is {cotangent!r}, where the value is a dict with the keys {list(form)}")
    named = cotangent if cotangent is not None else dict.fromkeys(form)
    return {key: internal(named[key], inner, title, f"{path}[{key!r}]") for key, inner in form.items()}


def _listed(cotangent: Any) -> Any:
    """Return the cotangent of what has no form: lists for tuples."""
    if isinstance(cotangent, (list, tuple)):
        return [_listed(part) for part in cotangent]
    if isinstance(cotangent, dict):
        return {key: _listed(part) for key, part in cotangent.items()}
    return float(cotangent) if isinstance(cotangent, int) else cotangent


def _shape_of(cotangent: Any) -> tuple[int, ...] | None:
    """Return the shape of a number or of what stands for an array; None for what stands for neither."""
    if isinstance(cotangent, (str, dict, set)):
        return None
    try:
        return np.shape(cotangent)
    except ValueError:
        return None


def _misfit(title: str, path: str, reason: str) -> ArgumentError:
    return ArgumentError(
        f"The cotangent{path} of '{title}' {reason}.", "Give it the structure and shapes of the value."
    )

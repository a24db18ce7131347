"""The two kinds of values that a tape follows: results, which never change, and variables, which are assigned."""

from __future__ import annotations

import sys
import warnings
from typing import Any

import numpy as np

from srcad.errors import ArgumentError
from srcad.tape.calls import is_inexact, unwrapped
from srcad.tape.protocol import ArrayLike
from srcad.tape.recording import Node, Readable, recording

__all__ = ["Traced", "Variable", "warn_not_watched"]


class Traced(ArrayLike, Node):
    """A number or array that a tape follows, and everything computed from it.

    It takes part in NumPy code like the plain value, and cannot be changed in place.  It is made by
    `GradientTape.watch`, by reading a `Variable`, and by every operation on these.

    Examples
    --------
    >>> import numpy as np
    >>> from srcad import GradientTape
    >>> with GradientTape() as tape:
    ...     x = tape.watch(np.array([1.0, 2.0]))
    ...     y = np.sum(x * x)
    >>> x, float(y)
    (Traced(array([1., 2.])), 5.0)
    """

    __slots__ = ()

    @property
    def value(self) -> Any:
        """The plain number or array; an array is read-only."""
        return self.raw


class Variable(ArrayLike, Readable):
    """A parameter that keeps its identity while its value is assigned anew.

    A tape that records watches a trainable variable as soon as it is read.  Its gradient is that of all
    its readings together; an assignment ends the history of the value assigned.

    Parameters
    ----------
    initial_value : float, numpy.ndarray or nested list
        The value, which is copied.
    trainable : bool
        Whether tapes watch it when it is read.
    dtype : dtype, optional
        The type of the entries.
    name : str, optional
        Shown when the variable is printed.

    Examples
    --------
    >>> import numpy as np
    >>> from srcad import GradientTape, Variable
    >>> w = Variable(np.array([1.0, 2.0]))
    >>> with GradientTape() as tape:
    ...     loss = np.sum(w * w)
    >>> w.assign_sub(0.25 * tape.gradient(loss, w))
    Variable(array([0.5, 1. ]))
    """

    __slots__ = ("_leaf", "_value", "name", "trainable")

    def __init__(self, initial_value: Any, trainable: bool = True, dtype: Any = None, name: str = "") -> None:
        self._value = _fresh(initial_value, dtype)
        self._leaf: Traced | None = None
        self.trainable = trainable
        self.name = name

    @property
    def value(self) -> Any:
        """The plain number or array of now; an array is read-only."""
        return self._value

    def read(self) -> Any:
        """Return the value: traced, if a tape that records now watches the variable."""
        active = recording.tokens
        if not active:
            return self._value
        watching = tuple([token for token in active if token.follows(self)])
        if not watching:
            return self._value
        if not is_inexact(self._value):
            warn_not_watched(self._value)
            return self._value
        leaf = self._leaf
        if leaf is None or any(token not in leaf.tokens for token in watching):
            leaf = self._leaf = Traced(self._value, watching)
            for token in watching:
                token.note(self, leaf)
        return leaf

    def assign(self, value: Any) -> Variable:
        """Give the variable a new value of the same shape, converted to its dtype; return the variable.

        Raises
        ------
        ArgumentError
            If the shape differs.
        """
        plain = unwrapped(value)
        if np.shape(plain) != self.shape:
            raise ArgumentError(
                f"A variable of shape {self.shape} was assigned a value of shape {np.shape(plain)}.",
                "Assign a value of the same shape, or make a new Variable.",
            )
        self._value = _fresh(plain, self.dtype) if hasattr(self._value, "dtype") else type(self._value)(plain)
        self._leaf = None
        return self

    def assign_add(self, delta: Any) -> Variable:
        """Add to the value; return the variable."""
        return self.assign(self._value + unwrapped(delta))

    def assign_sub(self, delta: Any) -> Variable:
        """Subtract from the value; return the variable."""
        return self.assign(self._value - unwrapped(delta))

    def __copy__(self) -> Variable:
        return Variable(self._value, self.trainable, name=self.name)

    def __deepcopy__(self, memo: Any) -> Variable:
        return self.__copy__()

    def __reduce__(self) -> Any:
        return Variable, (self._value, self.trainable, None, self.name)

    def __repr__(self) -> str:
        named = f", name={self.name!r}" if self.name else ""
        return f"Variable({self._value!r}{named})"


def warn_not_watched(value: Any) -> None:
    """Warn that a tape does not watch an integer."""
    what = f"array of {value.dtype}" if isinstance(value, np.ndarray) else type(value).__name__
    frame, level = sys._getframe(1), 2
    while frame.f_back is not None and str(frame.f_globals.get("__name__", "")).startswith("srcad."):
        frame, level = frame.f_back, level + 1
    message = f"A tape was asked to watch an integer ({what}), which has no derivative; make it a float."
    warnings.warn(message, stacklevel=level)


def _fresh(value: Any, dtype: Any) -> Any:
    value = unwrapped(value)
    if dtype is None and isinstance(value, (bool, int, float, complex, np.generic)):
        return value
    if isinstance(value, np.ma.MaskedArray):
        raise ArgumentError("A variable holds no masked array.", "Give its data, or np.ma.filled of it.")
    array = np.array(value, dtype=dtype)
    if array.dtype.kind not in "biufc":
        raise ArgumentError(f"A variable holds numbers, and was given a {type(value).__name__} of {array.dtype}.",
                            "Give a number, an array or a nested list of numbers.")  # fmt: skip
    array.setflags(write=False)
    return array if isinstance(value, (np.ndarray, list, tuple)) else array[()]

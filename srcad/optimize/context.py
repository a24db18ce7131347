"""What the optimizer is told about a function."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from srcad.analysis.kinds import Kind, is_scalar

__all__ = ["Context"]


@dataclass(frozen=True)
class Context:
    """What the optimizer is told about a function.

    Attributes
    ----------
    pure : callable
        Tells of a function object whether calling it has no side effect.
    owned : frozenset of str
        Gradient variables: floating-point values of this function, which may be updated in place.
    keep : frozenset of str
        The user's own variables, which stay visible in the text.
    inexact : frozenset of str
        Further names that only ever hold floating-point or complex values.
    like : mapping
        From a variable to another that has the same shape whenever both are defined (gradient to primal).
    gradient_of : mapping
        From a variable for the gradient of a container to that container.
    ranks : mapping
        The kinds of variables, where they are known.
    raising : frozenset of str
        Variables whose computation may raise an exception, which must not get lost.
    tangents : frozenset of str
        The tangents of forward mode.
    meets_complex : bool
        Whether the program has complex numbers, so that values of unknown type may be such.
    """

    pure: Callable[[Any], bool]
    owned: frozenset[str] = frozenset()
    keep: frozenset[str] = frozenset()
    inexact: frozenset[str] = frozenset()
    like: Mapping[str, str] = field(default_factory=dict)
    gradient_of: Mapping[str, str] = field(default_factory=dict)
    ranks: Mapping[str, Kind] = field(default_factory=dict)
    raising: frozenset[str] = frozenset()
    tangents: frozenset[str] = frozenset()
    meets_complex: bool = False

    def is_inexact(self, name: str) -> bool:
        """Tell whether a variable only ever holds floating-point or complex values."""
        return name in self.owned or name in self.inexact or name in self.like

    def is_scalar(self, name: str) -> bool:
        """Tell whether a variable only ever holds numbers, which have no memory of their own."""
        kind = self.ranks.get(name)
        return kind is not None and is_scalar(kind)

    def is_array(self, name: str) -> bool:
        """Tell whether a variable only ever holds arrays and numbers: a store into it copies."""
        kind = self.ranks.get(name)
        return self.is_inexact(name) or (kind is not None and kind.name in ("array", "float", "number"))

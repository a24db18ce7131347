"""What the compiler is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from srcad.analysis.kinds import Kind

__all__ = ["Request"]


@dataclass(frozen=True)
class Request:
    """What is to be derived.

    Attributes
    ----------
    func : callable
        A plain Python function (or a nested one of a program being differentiated).
    parameters : tuple of (str, Kind)
        All parameters of the function and the variables it captures, in order.
    wanted : tuple of str
        The parameters with respect to which to differentiate.
    mode : str
        ``"grad"``, ``"value_and_grad"``, ``"aux"`` (value, auxiliary output and gradient), ``"vjp"``,
        ``"call"`` (a call inside of a differentiated program, whose arguments come with shadows), ``"jvp"`` or
        ``"tangent"`` (the second result of a ``"jvp"`` alone).
    exact : bool
        All numbers are float64, so that the seed is 1.0 and gradients need no conversion.
    single : bool
        The gradient itself is returned and not a tuple of gradients.
    aliased : bool
        Two of the parameters may refer to the same memory.
    integers : tuple of str
        Wanted parameters whose arguments are integers or arrays of them: those that count or select have no derivative.
    holomorphic : bool
        The result is a complex scalar and not a real one.
    """

    func: Any
    parameters: tuple[tuple[str, Kind], ...]
    wanted: tuple[str, ...]
    mode: str = "grad"
    exact: bool = True
    single: bool = True
    aliased: bool = False
    integers: tuple[str, ...] = ()
    holomorphic: bool = False

    @property
    def names(self) -> list[str]:
        """The parameters in order."""
        return [name for name, _ in self.parameters]

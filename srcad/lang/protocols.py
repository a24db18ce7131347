"""Functions other than arithmetic that ask the class of an operand, and the methods that answer them."""

from __future__ import annotations

import math
import operator
from typing import Any

__all__ = ["COMPARISONS", "PROTOCOLS", "UFUNCS_OF_METHODS"]

COMPARISONS: dict[Any, tuple[str, str]] = {
    operator.lt: ("__lt__", "__gt__"), operator.le: ("__le__", "__ge__"), operator.gt: ("__gt__", "__lt__"),
    operator.ge: ("__ge__", "__le__"), operator.eq: ("__eq__", "__eq__"), operator.ne: ("__ne__", "__ne__"),
}  # fmt: skip
"""The methods of the first and of the second operand; numbers answer with a truth, which has no derivative."""
PROTOCOLS: dict[Any, tuple[str, ...]] = {
    **COMPARISONS,
    round: ("__round__",),
    math.floor: ("__floor__",),
    math.ceil: ("__ceil__",),
    math.trunc: ("__trunc__",),
    divmod: ("__divmod__", "__rdivmod__"),
    operator.invert: ("__invert__",),
}
UFUNCS_OF_METHODS = frozenset(
    "exp exp2 expm1 log log2 log10 log1p sqrt cbrt sin cos tan arcsin arccos arctan sinh cosh tanh arcsinh arccosh arctanh "
    "degrees radians deg2rad rad2deg conjugate".split()
)
"""Functions of NumPy that call the method of the same name of an instance."""

"""Refuse arrays of objects where one is found out: what is read of their items is no attribute of a number.

NumPy makes an array of objects of a list of instances, and adds and multiplies it by the operators of their class. What
its functions return is taken for numbers, so that the derivative of such items would be lost.
"""

from __future__ import annotations

from collections.abc import Iterator

import gast
import numpy as np

from srcad.analysis.kinds import ANY
from srcad.analysis.kinds_of_operations import Kinds
from srcad.errors import UnsupportedError
from srcad.lang.function import Function
from srcad.lang.walking import nodes_in

__all__ = ["refuse_objects_in_arrays"]

_NUMERIC = ("array", "number", "float")
_CLASSES = (float, int, complex, np.ndarray, np.float64, np.int64, np.bool_, np.complex128)
_OF_NUMBERS = frozenset().union(*map(dir, _CLASSES))


def refuse_objects_in_arrays(fn: Function, kinds: Kinds, varied: set[str]) -> None:
    """Raise an error where what a function of NumPy returned has an attribute that no number and no array has.

    Parameters
    ----------
    fn : Function
        In normal form.
    kinds : dict
        The kinds of its variables.
    varied : set of str
        The variables that may carry a derivative.
    """
    given = {
        n.id for n in nodes_in(fn.tree.args) if isinstance(n, gast.Name)
    }  # may be of a class that extends arrays
    for stmt in _surely_done(fn.tree.body):
        for node in nodes_in(stmt):
            if not isinstance(node, gast.Attribute) or node.attr in _OF_NUMBERS:
                continue
            base = getattr(node.value, "id", "")
            if base in varied - given and kinds.get(base, ANY).name in _NUMERIC:
                raise UnsupportedError(
                    f"'{node.attr}' is read of what NumPy returned: arrays of objects are not differentiated.",
                    "Keep objects in a list, and compute with their numbers.",
                    fn.source.locate(stmt),
                )


def _surely_done(body: list[gast.stmt]) -> Iterator[gast.stmt]:
    """Yield the statements outside of branches, where something may have been asked of the value first."""
    for stmt in body:
        if isinstance(stmt, (gast.For, gast.While)):
            yield from _surely_done(stmt.body)
        elif isinstance(stmt, (gast.Assign, gast.AugAssign, gast.Expr, gast.Return)):
            yield stmt

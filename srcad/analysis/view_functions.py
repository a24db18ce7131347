"""Which functions of NumPy return views of their arguments, and which methods views of their array."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import gast
import numpy as np

from srcad.analysis.results.calls import ARRAY_METHODS

__all__ = ["SEVERAL_NAMES", "SPLIT_NAMES", "is_view_function", "may_give_view", "returns_views", "viewed"]

_VIEW_NAMES = frozenset(
    "asarray ascontiguousarray asfortranarray reshape ravel transpose squeeze expand_dims swapaxes moveaxis "
    "broadcast_to atleast_1d atleast_2d atleast_3d diagonal rollaxis flip fliplr flipud rot90 real imag diag "
    "asanyarray asarray_chkfinite require matrix_power matrix_transpose permute_dims astype array nan_to_num "
    "real_if_close trim_zeros sliding_window_view".split()
)
SPLIT_NAMES = frozenset(
    "split array_split hsplit vsplit dsplit broadcast_arrays unstack meshgrid ix_".split()
)
SEVERAL_NAMES = frozenset("atleast_1d atleast_2d atleast_3d broadcast_arrays meshgrid ix_".split())


def is_view_function(function: Any) -> bool:
    """Tell whether a NumPy function may return a view of its first argument."""
    return getattr(function, "__name__", "") in _VIEW_NAMES and _is_numpy(function)


def returns_views(function: Any) -> bool:
    """Tell whether a NumPy function may return views of its arguments, one or several.

    Examples
    --------
    >>> import numpy as np
    >>> returns_views(np.ravel), returns_views(np.split), returns_views(np.sin)
    (True, True, False)
    """
    return is_view_function(function) or getattr(function, "__name__", "") in SPLIT_NAMES


def may_give_view(method: str) -> bool:
    """Tell whether a method of an array may return a view of it, or the array itself.

    Examples
    --------
    >>> may_give_view("ravel"), may_give_view("conj"), may_give_view("flatten")
    (True, True, False)
    """
    return method in ("conj", "conjugate") or is_view_function(ARRAY_METHODS.get(method, np.asarray))


def viewed(function: Any, arguments: Sequence[gast.AST]) -> list[gast.AST]:
    """Return the arguments of a call of a NumPy function which its result may be views of."""
    return list(arguments if getattr(function, "__name__", "") in SEVERAL_NAMES else arguments[:1])


def _is_numpy(function: Any) -> bool:
    module = getattr(function, "__module__", None) or getattr(function, "__objclass__", type(None)).__module__
    return isinstance(function, np.ufunc) or str(module).partition(".")[0] == "numpy"

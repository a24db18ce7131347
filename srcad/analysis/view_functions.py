"""Which functions of NumPy return views of their arguments, and which methods views of their array."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import gast
import numpy as np

from srcad.analysis.results.calls import ARRAY_METHODS

__all__ = [
    "SEVERAL_NAMES", "SPLIT_NAMES", "gives_views_of_runtime", "is_view_function", "may_give_view", "returns_views",
    "splits_in_runtime", "viewed",
]  # fmt: skip

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

# Of the runtime, which programs do not call, but gradients that are differentiated again do.
_RUNTIME_VIEWS = frozenset(
    "along_axis as_columns as_covariance_adjoint as_precise_as column_of corner diag_adjoint filled fitted fitting "
    "fitting_tangent from_columns gauge_invariant last_coordinate observations part_of_convolution part_of_full "
    "read_entries read_entries_adjoint real_only regular rows_adjoint rows_along sequence_tangent shaped tangent_like "
    "unbroadcast vector vector_only".split()
)
_RUNTIME_SPLITS = frozenset(
    "block_adjoint blocks_of cut gradients_given leading_tangent nested_like observed parts_like record_like "
    "reshape_like split_columns split_depths split_like split_rows split_stacked_columns unstack_like with_item "
    "with_names".split()
)
_RUNTIME_OF_SEVERAL = _RUNTIME_SPLITS | {"sequence_tangent"}


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


def gives_views_of_runtime(function: Any) -> bool:
    """Tell whether a function of the runtime may return an argument, a view of it, or a container of such views."""
    return _is_of_runtime(function) and function.__name__ in _RUNTIME_VIEWS | _RUNTIME_SPLITS


def splits_in_runtime(function: Any) -> bool:
    """Tell whether a function of the runtime may return a container of views of its arguments."""
    return _is_of_runtime(function) and function.__name__ in _RUNTIME_SPLITS


def may_give_view(method: str) -> bool:
    """Tell whether a method of an array may return a view of it, or the array itself.

    Examples
    --------
    >>> may_give_view("ravel"), may_give_view("conj"), may_give_view("flatten")
    (True, True, False)
    """
    return method in ("conj", "conjugate") or is_view_function(ARRAY_METHODS.get(method, np.asarray))


def viewed(function: Any, arguments: Sequence[gast.AST]) -> list[gast.AST]:
    """Return the arguments of a call of a known function which its result may be views of."""
    name = getattr(function, "__name__", "")
    several = name in SEVERAL_NAMES or _is_of_runtime(function) and name in _RUNTIME_OF_SEVERAL
    return list(arguments if several else arguments[:1])


def _is_of_runtime(function: Any) -> bool:
    return str(getattr(function, "__module__", "")).startswith("srcad.runtime.")


def _is_numpy(function: Any) -> bool:
    module = getattr(function, "__module__", None) or getattr(function, "__objclass__", type(None)).__module__
    return isinstance(function, np.ufunc) or str(module).partition(".")[0] == "numpy"

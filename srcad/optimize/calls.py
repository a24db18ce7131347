"""What calls do: which change nothing, which change some of their arguments, whose results share no memory."""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = [
    "ARRAY_UPDATES",
    "FRESH_METHODS",
    "PLAIN_ATTRIBUTES",
    "PURE_METHODS",
    "changed_arguments",
    "makes_array",
    "makes_fresh",
    "shares_first",
]

PURE_METHODS = frozenset(
    "all any argmax argmin argsort astype conj conjugate copy cumprod cumsum diagonal dot flatten item items "
    "keys max mean min nonzero prod ravel repeat reshape round squeeze std sum swapaxes take tolist trace "
    "transpose values var".split()
)
FRESH_METHODS = frozenset(
    "all any argmax argmin argsort copy cumprod cumsum dot flatten item max mean min prod repeat round std "
    "sum take trace var".split()
)
ARRAY_UPDATES = frozenset(["fill", "itemset", "partition", "put", "sort"])
"""Methods that change the array they belong to, and nothing else."""

PLAIN_ATTRIBUTES = frozenset(["shape", "ndim", "size", "dtype", "itemsize", "nbytes"])
"""Attributes whose values share no memory with the array."""

_FRESH_NUMPY = frozenset(
    "zeros zeros_like ones ones_like empty empty_like full full_like array copy arange linspace eye identity "
    "shape ndim size sum mean prod max min amax amin std var cumsum cumprod argmax argmin argsort sort where "
    "concatenate stack vstack hstack outer inner dot vdot tensordot kron cross tile repeat take logaddexp "
    "result_type count_nonzero any all searchsorted roll".split()
)
_ARRAYS_OF_NUMPY = (_FRESH_NUMPY - {"shape", "where"}) | frozenset(
    "asarray broadcast_to expand_dims ravel reshape squeeze swapaxes transpose".split()
)
_VIEWS_OF_FIRST = frozenset(
    "asarray broadcast_to diagonal expand_dims imag moveaxis ravel real reshape squeeze swapaxes transpose".split()
)
_NOT_FRESH_LINALG = ("diagonal", "matrix_power", "matrix_transpose", "norm")
_FRESH_RUNTIME = frozenset(
    "clone extreme_share finish holomorphic_seed is_zero reduced_size safe_log safe_reciprocal seed separate_shadow share "
    "shadow sign zeros_like".split()
)
_FRESH_BUILTINS = (len, range, float, int, bool, complex, abs, round, str)

_CHANGED_BY_NUMPY = {name: (0,) for name in "copyto fill_diagonal place put put_along_axis putmask".split()}
_CHANGED_BY_RUNTIME = {
    "accumulate": (0,),
    "accumulate_part": (0,),
    "accumulate_shadow": (0,),
    "seed_shadow": (0,),
    "return_element": (1,),
    "return_elements": (1,),
}


def makes_fresh(callee: Any) -> bool:
    """Tell whether a function's results share no memory with its arguments."""
    if isinstance(callee, np.ufunc) or any(callee is builtin for builtin in _FRESH_BUILTINS):
        return True
    module, name = getattr(callee, "__module__", "") or "", getattr(callee, "__name__", "")
    return (
        module == "math"
        or (module == "numpy" and name in _FRESH_NUMPY and getattr(np, name, None) is callee)
        or (module == "numpy.linalg" and name not in _NOT_FRESH_LINALG)
        or (module.startswith("srcad.runtime") and name in _FRESH_RUNTIME)
    )


def shares_first(callee: Any) -> bool:
    """Tell whether a function's results share memory with its first argument at most."""
    module, name = getattr(callee, "__module__", "") or "", getattr(callee, "__name__", "")
    if module.startswith("srcad.runtime"):
        return name in ("fitted", "owned", "unbroadcast")
    return name in _VIEWS_OF_FIRST and getattr(np, name, None) is callee


def makes_array(callee: Any) -> bool:
    """Tell whether a NumPy function returns one array or number, whatever it is given."""
    name = getattr(callee, "__name__", "")
    if isinstance(callee, np.ufunc):
        return callee.nout == 1
    return name in _ARRAYS_OF_NUMPY and getattr(np, name, None) is callee


def changed_arguments(callee: Any) -> tuple[int, ...] | None:
    """Return the positions of the arguments that an impure function changes, where it changes nothing else."""
    name = getattr(callee, "__name__", "")
    if name == "at" and isinstance(getattr(callee, "__self__", None), np.ufunc):
        return (0,)
    module = getattr(callee, "__module__", "") or ""
    if module == "numpy":
        return _CHANGED_BY_NUMPY.get(name)
    return _CHANGED_BY_RUNTIME.get(name) if module.startswith("srcad.runtime") else None

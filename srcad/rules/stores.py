"""Functions that change an array, written out for calls that are resolved when the program runs.

Where they are called by name, the compiler writes them as stores.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from srcad.rules.registry import written_out


@written_out(np.copyto)
def copy_to(dst: Any, src: Any, casting: Any = "same_kind", where: Any = True) -> None:
    np.copyto(dst, src, where=where)


@written_out(np.fill_diagonal)
def fill_diagonal(a: Any, val: Any, wrap: Any = False) -> None:
    np.fill_diagonal(a, val, wrap)


@written_out(np.place)
def place(arr: Any, mask: Any, vals: Any) -> None:
    np.place(arr, mask, vals)


@written_out(np.put)
def put(a: Any, ind: Any, v: Any, mode: Any = "raise") -> None:
    np.put(a, ind, v, mode)


@written_out(np.put_along_axis)
def put_along_axis(arr: Any, indices: Any, values: Any, axis: Any = -1) -> None:
    np.put_along_axis(arr, indices, values, axis)


@written_out(np.putmask)
def putmask(a: Any, mask: Any, values: Any) -> None:
    np.putmask(a, mask, values)

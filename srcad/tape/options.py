"""Options of NumPy's functions that no rule takes, written out for what a tape records."""

from __future__ import annotations

from typing import Any

import numpy as np

from srcad import runtime as rt
from srcad.errors import UnsupportedError
from srcad.rules import registry

__all__ = ["Recorded", "with_plain_options"]

Recorded = tuple[tuple[Any, ...], dict[str, Any], Any]

_OF_LAYOUT = ("order", "subok", "casting")
_NUMBERS = set("?bBhHiIlLqQefdgFDG->")
_LAID_OUT = {np.reshape: 2, np.ravel: 1, np.ndarray.flatten: 1}
_CONVERTED_AFTERWARDS = (np.geomspace, np.logspace, np.cov, np.corrcoef)


def with_plain_options(function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Recorded:
    """Return the arguments of a call without options that say nothing about numbers, or convert them.

    A ``dtype`` is a conversion of the operands, or of the result, whose dtype is then the third part; leave to
    destroy an argument is not taken.

    Examples
    --------
    >>> with_plain_options(np.sin, (1.0,), {"order": "C", "dtype": np.float32})
    ((np.float32(1.0),), {}, None)
    >>> with_plain_options(np.cov, (1.0,), {"dtype": np.float32})
    ((1.0,), {}, <class 'numpy.float32'>)
    """
    options = {name: value for name, value in kwargs.items() if not name.startswith("overwrite_")}
    if isinstance(function, np.ufunc):
        return _of_ufunc(function, args, options)
    if function in _LAID_OUT:
        args, options = _with_fixed_order(args, options, _LAID_OUT[function])
    rule = registry.find(function)
    if rule is None or "dtype" not in rule.refused:
        return args, options, None
    chosen = options.pop("dtype", None)
    places = [p.name for p in rule.parameters if p.kind is p.POSITIONAL_OR_KEYWORD]
    place = places.index("dtype") if "dtype" in places else len(args)
    if place < len(args):
        chosen, args = args[place], (*args[:place], None, *args[place + 1 :])
    if chosen is None:
        return args, options, None
    if function in _CONVERTED_AFTERWARDS:
        return args, options, chosen
    count = len(args) if function is np.einsum else 1
    return (*(_converted(a, chosen) for a in args[:count]), *args[count:]), options, None


def _with_fixed_order(args: tuple[Any, ...], options: dict[str, Any], place: int) -> Any:
    """Return the arguments with the order of entries that ``'A'`` or ``'K'`` stands for."""
    array = args[0].value if hasattr(args[0], "tokens") else args[0]
    if options.get("order") in ("A", "K"):
        options = {**options, "order": rt.order_in_memory(array, options["order"])}
    if len(args) > place and args[place] in ("A", "K"):
        args = (*args[:place], rt.order_in_memory(array, args[place]), *args[place + 1 :])
    return args, options


def _of_ufunc(ufunc: np.ufunc, args: tuple[Any, ...], options: dict[str, Any]) -> Recorded:
    kept = {
        name: value
        for name, value in options.items()
        if name not in _OF_LAYOUT and not (name == "where" and value is True)
    }
    dtype = kept.pop("dtype", None)
    if "where" in kept:
        raise UnsupportedError("Without 'out', the result is not initialised where the condition is false.",
                               "Use np.where.")  # fmt: skip
    if dtype is None:
        return args, kept, None
    if any(len(set(loop)) > 3 for loop in ufunc.types if set(loop) <= _NUMBERS):
        raise UnsupportedError(f"The argument 'dtype' of np.{ufunc.__name__} is not differentiated.",
                               "Convert the operands, or the result, with astype.")  # fmt: skip
    return tuple(_converted(a, dtype) for a in args), kept, None


def _converted(value: Any, dtype: Any) -> Any:
    """Return an operand in another dtype; what is no array or number, such as subscripts, as it is."""
    if isinstance(value, (str, list, tuple)):
        return value
    return value.astype(dtype) if hasattr(value, "astype") else np.asarray(value).astype(dtype)[()]

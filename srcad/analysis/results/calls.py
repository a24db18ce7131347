"""The kind of the result of a known function."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from srcad import runtime as rt
from srcad.analysis.kinds import (
    ANY,
    BOOL,
    FLOAT64,
    INT,
    NONE,
    NUMBER,
    RANGE,
    STR,
    Kind,
    array,
    container,
    dims_of,
    is_double,
    is_scalar,
    join_all,
    record,
)
from srcad.analysis.kinds_of_values import literal
from srcad.analysis.results import products
from srcad.analysis.results.creation import CREATION, as_array_like
from srcad.analysis.results.elementwise import ufunc_result
from srcad.analysis.results.generators import MAKERS
from srcad.analysis.results.indexing import attribute, element
from srcad.analysis.results.linear_algebra import LINEAR_ALGEBRA
from srcad.analysis.results.reductions import REDUCTIONS, SCANS, reduction, scan
from srcad.analysis.results.runtime_functions import is_runtime, runtime_result
from srcad.analysis.results.scipy_functions import scipy_result
from srcad.analysis.results.several import COMPLEX, SEVERAL
from srcad.analysis.results.shaped import Call, without_dtype
from srcad.analysis.results.shapes import SHAPES
from srcad.rules import registry

__all__ = ["ARRAY_METHODS", "function_of_method", "is_quiet", "result_of"]

ARRAY_METHODS: dict[str, Any] = {
    name: getattr(np, name)
    for name in (
        "sum mean prod max min var std dot reshape ravel transpose squeeze swapaxes cumsum cumprod clip "
        "trace diagonal take repeat argmax argmin any all round nonzero argsort copy conj searchsorted choose "
        "conjugate argpartition"
    ).split()
}
ARRAY_METHODS["astype"] = np.ndarray.astype
ARRAY_METHODS |= {name: getattr(np.ndarray, name) for name in ("compress", "flatten", "item", "tolist")}


def function_of_method(receiver: Any, name: str) -> Any:
    """Return the function that a method of an array or number is, None if it is none of these.

    The methods of arrays do not take NumPy's numbers: those which make Python's of them are the classes of the numbers.

    >>> function_of_method(np.ones(2), "sum").__name__, function_of_method(np.float64(1.0), "item")
    ('sum', <class 'float'>)
    """
    if isinstance(receiver, np.generic) and name in ("item", "tolist"):
        return type(receiver.item())
    if isinstance(receiver, np.generic) and name == "astype":
        return rt.cast
    if isinstance(receiver, np.generic) and name == "flatten":
        return np.ravel
    if isinstance(receiver, np.ndarray) and name in ("reshape", "transpose"):
        return getattr(np.ndarray, name)  # these take their numbers one by one as well
    if isinstance(receiver, np.ndarray) and name in ("conj", "conjugate"):
        return getattr(np.ndarray, name)  # these give a real array itself
    return ARRAY_METHODS.get(name)


def result_of(callee: Any, call: Call) -> Kind:
    """Return the kind of ``callee(...)`` for a function of Python, NumPy or the runtime.

    What is not known is `ANY`, and of a NumPy function that has a rule and one result a number.
    """
    if isinstance(callee, np.ufunc):
        return _ufunc_call(callee, call)
    if callee in REDUCTIONS:
        return reduction(callee, call)
    if callee in SCANS and call.arguments:
        return scan(call)
    if "out" in call.keywords:
        return NUMBER
    if callee in MAKERS:
        return MAKERS[callee]
    rule = _TABLE.get(callee)
    if rule is not None and (call.arguments or callee in CREATION):
        return rule(call)
    if is_runtime(callee):
        return runtime_result(callee, call)
    return _by_module(callee, call)


def _by_module(callee: Any, call: Call) -> Kind:
    """The kind of a result of which only the library says something."""
    module, name = _home(callee), getattr(callee, "__name__", "")
    library = module.partition(".")[0]
    if module == "math":
        return BOOL if callee in _MATH_TESTS else INT if callee in _MATH_INTEGERS else FLOAT64
    if module == "cmath":
        return COMPLEX
    if library == "scipy" and registry.find(callee) is not None and not isinstance(callee, type):
        return scipy_result(module, name, call)
    if module.startswith("srcad.runtime.scipy_"):
        return runtime_result(callee, call)
    if library != "numpy":
        return ANY
    if makes_complex(callee):
        return Kind("number", dtype="complex")
    if registry.is_constant(callee):
        return _CONSTANT.get(name, ANY) if getattr(np, name, None) is callee else ANY
    return NUMBER if registry.find(callee) is not None else ANY


_OF_REAL_NUMBERS = ("irfft", "irfft2", "irfftn", "hfft", "fftfreq", "rfftfreq", "fftshift", "ifftshift")
_COMPLEX_AT_TIMES = frozenset("roots eig eigvals logm sqrtm lambertw hankel1 hankel2 hilbert wofz".split())


def makes_complex(callee: Any) -> bool:
    """Tell whether a function returns complex numbers for real ones."""
    name = getattr(callee, "__name__", "")
    return getattr(callee, "__module__", None) == "numpy.fft" and name not in _OF_REAL_NUMBERS


def may_make_complex(callee: Any) -> bool:
    """Tell whether a function may return complex numbers for real ones, as its values are.

    >>> may_make_complex(np.roots), may_make_complex(np.fft.fft), may_make_complex(np.fft.irfft)
    (True, True, False)
    """
    library = (getattr(callee, "__module__", None) or "").partition(".")[0]
    at_times = library in ("numpy", "scipy") and getattr(callee, "__name__", "") in _COMPLEX_AT_TIMES
    return makes_complex(callee) or at_times


def _home(callee: Any) -> str:
    """The module of a function, or of the class whose method it is."""
    owner = getattr(callee, "__objclass__", None) or getattr(callee, "__self__", None)
    if isinstance(owner, np.ufunc):
        return "numpy"
    return getattr(callee, "__module__", None) or getattr(owner, "__module__", None) or ""


def is_quiet(callee: Any) -> bool:
    """Tell whether a function surely stores nothing in lists, dicts or objects."""
    if isinstance(callee, np.ufunc) or registry.find(callee) is not None or registry.is_constant(callee):
        return True
    if registry.is_key(callee) and callee in _TABLE:
        return True
    module = getattr(callee, "__module__", None) or ""
    return module.split(".")[0] in ("numpy", "math", "scipy") or module.startswith("srcad.rules.")


def _ufunc_call(ufunc: np.ufunc, call: Call) -> Kind:
    if len(call.arguments) != ufunc.nin or not call.only("dtype", "casting", "order", "subok"):
        return NUMBER if ufunc.nout == 1 else ANY
    found = ufunc_result(ufunc, call.arguments)
    if not call.keywords:
        return found
    return without_dtype(found) if ufunc.nout == 1 else ANY


_MATH_TESTS = {math.isclose, math.isfinite, math.isinf, math.isnan}
_MATH_INTEGERS = {
    math.comb, math.factorial, math.gcd, math.isqrt, math.lcm, math.perm, math.floor, math.ceil, math.trunc,
}  # fmt: skip
_CONSTANT: dict[str, Kind] = {
    **dict.fromkeys(
        "allclose array_equal array_equiv iscomplexobj isrealobj isscalar iterable".split(), BOOL
    ),
    **dict.fromkeys("isclose iscomplex isin isneginf isposinf isreal".split(), Kind("number", dtype="bool")),
    **dict.fromkeys("bartlett blackman hamming hanning".split(), array(1)),
    **dict.fromkeys("argpartition argwhere digitize indices lexsort ravel_multi_index tri".split(), NUMBER),
    "fix": NUMBER,
}


# -- builtins and the runtime -------------------------------------------------------------------------


def _always(kind: Kind) -> Callable[[Call], Kind]:
    return lambda call: kind


def _whole(call: Call) -> Kind:
    """The kind of ``int(x)``."""
    return INT


def _round(call: Call) -> Kind:
    """The kind of ``round(x, digits)``: of a NumPy scalar not an int in general."""
    if len(call.arguments) == 1 and not call.keywords:
        return INT if is_scalar(call.arguments[0]) else ANY
    return call.arguments[0] if call.arguments[0].name == "float" else ANY


def _abs(call: Call) -> Kind:
    operand = call.arguments[0]
    if operand.name == "int":
        return INT if operand.dtype == "int" else Kind("int")
    return ufunc_result(np.absolute, [operand]) if operand.name != "bool" else INT


def _len(call: Call) -> Kind:
    operand = call.arguments[0]
    dims = dims_of(operand) if operand.name == "array" else operand.dims if operand.name == "list" else None
    if operand.name == "tuple" and operand.items is not None:
        return literal(len(operand.items))
    return Kind("int", dims=dims[:1], dtype="int") if dims else INT


def _sequence(call: Call) -> Kind:
    operand = call.arguments[0]
    return operand if operand.name in ("list", "tuple", "array", "str") else ANY


def _tolist(call: Call) -> Kind:
    operand = call.arguments[0]
    is_vector = operand.name == "array" and operand.ndim == 1 and is_double(operand)
    return container("list", (FLOAT64,)) if is_vector else ANY


def _list(call: Call) -> Kind:
    operand = call.arguments[0]
    if operand.name == "list" or operand.name == "tuple" and operand.items is not None:
        return container("list", (join_all(operand.items),) if operand.items else operand.items)
    if operand.name == "array" and dims_of(operand):
        return container("list", (element(operand, 0),))
    return container("list", (INT,) if operand == RANGE else None)


def _tuple(call: Call) -> Kind:
    operand = call.arguments[0]
    plain = operand.name == "tuple"
    return container("tuple", operand.items if plain else None)


def _extreme(call: Call) -> Kind:
    """The kind of ``min(a, b)`` and ``max(a, b)``: one of the arguments."""
    if len(call.arguments) > 1 and not call.keywords and all(map(is_scalar, call.arguments)):
        found = join_all(call.arguments)
        return Kind(found.name, dtype=found.dtype)
    return ANY


def _part_of_complex(call: Call) -> Kind:
    """The kind of ``np.real(a)`` and ``np.imag(a)``."""
    operand = call.arguments[0]
    known = operand.name in ("array", "number") or is_scalar(operand)
    return attribute(operand, "real") if known and not call.keywords else NUMBER


def _zeros_like_value(call: Call) -> Kind:
    operand = call.arguments[0]
    if operand.name in ("list", "tuple"):
        return container("list")
    dims = dims_of(operand)
    return array(None, True, dims) if dims else ANY


def _fitting(call: Call) -> Kind:
    """The kind of ``rt.fitting(gradient, x, title)``: of the shape of ``x``."""
    numeric = call.arguments[1].name in ("array", "number") or is_scalar(call.arguments[1])
    return as_array_like(call) if numeric else ANY


def _dict(call: Call) -> Kind:
    known = len(call.arguments) == 1 and not call.keywords and call.arguments[0].name == "dict"
    return call.arguments[0] if known else container("dict")


def _instance(call: Call) -> Kind:
    made = call.arguments[0]
    return record(made.value, tuple(call.keywords.items())) if made.name == "function" else ANY


def _closure(call: Call) -> Kind:
    made = call.arguments[0]
    return Kind("any", items=tuple(call.arguments[1:]), value=made.value) if made.name == "function" else ANY


def _named_tuple(call: Call) -> Kind:
    made = call.arguments[0]
    items = tuple(call.arguments[1:])
    return Kind("tuple", items=items, value=made.value) if made.name == "function" else ANY


_TABLE: dict[Any, Callable[[Call], Kind]] = {
    **SHAPES,
    **CREATION,
    **LINEAR_ALGEBRA,
    **SEVERAL,
    np.real: _part_of_complex,
    np.imag: _part_of_complex,
    np.dot: products.dot,
    np.einsum: products.einsum,
    np.inner: products.inner,
    np.kron: products.kron,
    np.outer: products.outer,
    np.tensordot: products.tensordot,
    np.trace: products.trace,
    np.vdot: products.vdot,
    np.ndim: _always(INT),
    abs: _abs,
    bool: _always(BOOL),
    callable: _always(BOOL),
    dict: _dict,
    float: _always(FLOAT64),
    format: _always(STR),
    hasattr: _always(BOOL),
    int: _whole,
    isinstance: _always(BOOL),
    len: _len,
    list: _list,
    max: _extreme,
    min: _extreme,
    print: _always(NONE),
    range: _always(RANGE),
    repr: _always(STR),
    round: _round,
    sorted: _list,
    str: _always(STR),
    np.ndarray.tolist: _tolist,
    tuple: _tuple,
    rt.closure: _closure,
    rt.instance: _instance,
    rt.named_tuple: _named_tuple,
    rt.sequence: _sequence,
    rt.fitting: _fitting,
    rt.fitting_tangent: _fitting,
    rt.unbroadcast: as_array_like,
    rt.zeros_like: _zeros_like_value,
}

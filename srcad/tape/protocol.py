"""What makes a traced value behave like an array or a number: operators, methods, NumPy's protocols."""

from __future__ import annotations

import operator
import sys
import types
from collections.abc import Callable, Iterator
from typing import Any, NoReturn

import numpy as np

from srcad import runtime as rt
from srcad.derive.builtin_sources import source_of_builtin
from srcad.errors import NoDerivativeError, UnsupportedError
from srcad.lang.protocols import COMPARISONS
from srcad.rules import registry
from srcad.tape.calls import binary, record, subscript, unary, unwrapped
from srcad.tape.compiled import record_compiled
from srcad.tape.lifting import lifted
from srcad.tape.recording import Node, Readable, is_tracked, recording

__all__ = ["ArrayLike"]

_REDUCTIONS: dict[tuple[Any, str], Any] = {
    (np.add, "reduce"): np.sum,
    (np.multiply, "reduce"): np.prod,
    (np.maximum, "reduce"): np.max,
    (np.minimum, "reduce"): np.min,
    (np.add, "accumulate"): np.cumsum,
    (np.multiply, "accumulate"): np.cumprod,
}


_NUMBERS = frozenset([float, int, bool, complex, np.ndarray, np.float64, np.int64])


def _operator(function: Any, compute: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    title = f"__r{compute.__name__}__"

    def method(self: Any, other: Any) -> Any:
        if type(other) not in _NUMBERS:
            if isinstance(other, (list, str, type(None), dict)):
                if not _takes_list(self, other):
                    return NotImplemented
                other = _listed(other)
            elif function is np.matmul and _is_sparse(other):
                return record_compiled(compute, (self, other), {})
            elif _answers(self, other, title):
                return NotImplemented
        return binary(function, compute, self, other)

    return method


def _is_sparse(other: Any) -> bool:
    """Tell whether an operand is a sparse matrix of SciPy, whose operators have rules of their own."""
    return type(other).__module__.startswith("scipy.sparse.")


def _answers(value: Any, other: Any, title: str) -> bool:
    """Tell whether an operator is the business of the other operand, whose class defines it in Python."""
    if isinstance(other, (ArrayLike, np.ndarray)) or isinstance(value.value, np.ndarray) and value.value.ndim:
        return False
    return isinstance(getattr(type(other), title, None), types.FunctionType)


def _reflected(function: Any, compute: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    def method(self: Any, other: Any) -> Any:
        if isinstance(other, (list, str, type(None), dict)):
            if not _takes_list(self, other):
                return NotImplemented
            other = _listed(other)
        return binary(function, compute, other, self)

    return method


def _takes_list(array: Any, operand: Any) -> bool:
    """Tell whether an operand is a list beside an array or a number of NumPy, which makes an array of it."""
    return type(operand) is list and isinstance(array.value, (np.ndarray, np.generic))


def _listed(operand: Any) -> Any:
    """Return an operand as an array where it is a list, the traced values in which stay traced."""
    return record(np.array, np.array, (operand,), {}) if type(operand) is list else operand


def _plain(compute: Callable[..., Any]) -> Callable[..., Any]:
    """A step without a derivative, such as a comparison: its result is a plain number or array."""

    def method(self: Any, *others: Any) -> Any:
        return compute(*[unwrapped(value) for value in (self, *others)])

    return method


def _compared(compute: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    title = COMPARISONS[compute][1]

    def method(self: Any, other: Any) -> Any:
        if type(other) not in _NUMBERS and _answers(self, other, title):
            return NotImplemented
        return compute(unwrapped(self), unwrapped(other))

    return method


def _in_place(sign: str) -> Callable[[Any, Any], Any]:
    compute = _OPERATORS[sign]

    def method(self: Any, other: Any) -> Any:
        if isinstance(self, Readable):
            raise UnsupportedError(
                f"'v {sign}= ...' would give the name of a variable to another value.",
                f"Write v.assign_add(...), v.assign_sub(...) or v.assign(v {sign} ...).",
            )
        if np.ndim(self.value) == 0 and not isinstance(self.value, np.ndarray):
            return compute(self, other)
        raise _refusal(f"'x {sign}= ...' changes an array in place", f"Write 'x = x {sign} ...'")

    return method


_OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "**": operator.pow,
    "@": operator.matmul,
    "%": operator.mod,
    "//": operator.floordiv,
}


def _method(function: Callable[..., Any]) -> Callable[..., Any]:
    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        return record(function, function, (self, *args), kwargs)

    return method


def _mutating(name: str) -> Callable[..., NoReturn]:
    def method(self: Any, *args: Any, **kwargs: Any) -> NoReturn:
        raise _refusal(
            f"'x.{name}(...)' changes an array in place", "Use a function that returns a new array"
        )

    return method


def _refusal(what: str, instead: str) -> UnsupportedError:
    return UnsupportedError(
        f"{what}, which a tape cannot follow, because the earlier value may be needed.",
        f"{instead}, or differentiate the function with srcad.grad, which handles updates in place.",
    )


def _recorded(function: Any, args: Any, kwargs: Any) -> Any:
    """Record a call of a function of NumPy, or the steps of one that is written out in Python."""
    source = registry.source_of(function)
    if function is np.piecewise:
        return _piecewise(*args, **kwargs)
    if source is not None and not registry.is_mutating(function):
        return lifted(source)(*args, **kwargs)
    return record(function, function, args, kwargs)


def _piecewise(x: Any, condlist: Any, funclist: Any, *args: Any, **options: Any) -> Any:
    """Do what `np.piecewise` does, without its stores."""
    result: Any = np.zeros_like(x)
    for chosen, piece in zip(rt.pieces_of(x, condlist, len(funclist)), funclist):
        if np.any(chosen):
            part = x[chosen]
            value = np.broadcast_to(
                piece(part, *args, **options) if callable(piece) else piece, np.shape(part)
            )
            places = np.reshape(np.maximum(np.cumsum(chosen) - 1, 0), np.shape(chosen))
            mask = np.reshape(chosen, np.shape(chosen) + (1,) * (np.ndim(x) - np.ndim(chosen)))
            result = np.where(mask, value[places].astype(result.dtype), result)
    return result


class _Entries:
    """The entries of a traced array, one after the other, as ``x.flat`` has them."""

    def __init__(self, entries: Any) -> None:
        self._entries = entries

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[Any]:
        return iter(self._entries)

    def __getitem__(self, index: Any) -> Any:
        return self._entries[index]

    def __setitem__(self, index: Any, value: Any) -> NoReturn:
        raise _refusal(
            "'x.flat[...] = ...' changes an array in place",
            "Build the result with np.where or np.concatenate",
        )


def _as_type(x: Any, *args: Any, **kwargs: Any) -> Any:
    return np.asarray(x).astype(*args, **kwargs)[()]


class ArrayLike:
    """The operators, methods and attributes of an array, recorded; the base of `Traced` and `Variable`."""

    __slots__ = ()
    __hash__ = None  # type: ignore[assignment]

    value: Any

    # -- operators

    __add__ = _operator(np.add, operator.add)
    __sub__ = _operator(np.subtract, operator.sub)
    __mul__ = _operator(np.multiply, operator.mul)
    __truediv__ = _operator(np.true_divide, operator.truediv)
    __pow__ = _operator(np.power, operator.pow)
    __matmul__ = _operator(np.matmul, operator.matmul)
    __mod__ = _operator(np.mod, operator.mod)
    __radd__ = _reflected(np.add, operator.add)
    __rsub__ = _reflected(np.subtract, operator.sub)
    __rmul__ = _reflected(np.multiply, operator.mul)
    __rtruediv__ = _reflected(np.true_divide, operator.truediv)
    __rpow__ = _reflected(np.power, operator.pow)
    __rmatmul__ = _reflected(np.matmul, operator.matmul)
    __rmod__ = _reflected(np.mod, operator.mod)

    __iadd__ = _in_place("+")
    __isub__ = _in_place("-")
    __imul__ = _in_place("*")
    __itruediv__ = _in_place("/")
    __ipow__ = _in_place("**")
    __imatmul__ = _in_place("@")
    __imod__ = _in_place("%")
    __ifloordiv__ = _in_place("//")

    __lt__ = _compared(operator.lt)
    __le__ = _compared(operator.le)
    __gt__ = _compared(operator.gt)
    __ge__ = _compared(operator.ge)
    __eq__ = _compared(operator.eq)
    __ne__ = _compared(operator.ne)
    __contains__ = _plain(operator.contains)
    __bool__ = _plain(bool)
    __int__ = _plain(int)
    __floordiv__ = _plain(operator.floordiv)
    __rfloordiv__ = _plain(lambda self, other: other // self)
    __floor__ = _plain(lambda value: value.__floor__())
    __ceil__ = _plain(lambda value: value.__ceil__())
    __trunc__ = _plain(lambda value: value.__trunc__())
    __round__ = _plain(round)

    def __neg__(self) -> Any:
        return unary(np.negative, operator.neg, self)

    def __pos__(self) -> Any:
        return unary(np.positive, operator.pos, self)

    def __abs__(self) -> Any:
        return unary(np.absolute, abs, self)

    def __divmod__(self, other: Any) -> Any:
        return self // other, self % other

    def __rdivmod__(self, other: Any) -> Any:
        return other // self, other % self

    # -- entries

    def __getitem__(self, index: Any) -> Any:
        return subscript(self, index)

    def __setitem__(self, index: Any, value: Any) -> NoReturn:
        raise _refusal(
            "'x[...] = ...' changes an array in place", "Build the result with np.where or np.concatenate"
        )

    def __len__(self) -> int:
        return len(self.value)

    def __iter__(self) -> Iterator[Any]:
        return iter([self[i] for i in range(len(self))])

    # -- attributes

    @property  # type: ignore[misc]
    def __class__(self) -> type:
        """The class of the plain value, so that ``isinstance(x, float)`` chooses the branch it would choose."""
        return type(self.value)

    @property
    def shape(self) -> tuple[int, ...]:
        """The lengths of the axes."""
        return np.shape(self.value)

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return np.ndim(self.value)

    @property
    def size(self) -> int:
        """The number of entries."""
        return int(np.size(self.value))

    @property
    def dtype(self) -> np.dtype[Any]:
        """The type of the entries."""
        return np.result_type(self.value) if not hasattr(self.value, "dtype") else self.value.dtype

    @property
    def itemsize(self) -> int:
        """The number of bytes of an entry."""
        return self.dtype.itemsize

    @property
    def nbytes(self) -> int:
        """The number of bytes of all entries."""
        return self.size * self.itemsize

    @property
    def strides(self) -> tuple[int, ...]:
        """The numbers of bytes from an entry to the next along each axis."""
        return np.asarray(self.value).strides

    @property
    def flags(self) -> Any:
        """How the entries lie in memory."""
        return np.asarray(self.value).flags

    @property
    def T(self) -> Any:
        """The transpose."""
        return unary(np.transpose, np.transpose, self)

    @property
    def mT(self) -> Any:
        """The transpose of the last two axes."""
        return unary(np.matrix_transpose, np.matrix_transpose, self)

    @property
    def real(self) -> Any:
        """The real part."""
        return unary(np.real, np.real, self)

    @property
    def imag(self) -> Any:
        """The imaginary part."""
        return unary(np.imag, np.imag, self)

    @property
    def flat(self) -> Any:
        """The entries, one after the other."""
        return _Entries(self.ravel())

    # -- methods

    sum = _method(np.sum)
    mean = _method(np.mean)
    prod = _method(np.prod)
    max = _method(np.max)
    min = _method(np.min)
    var = _method(np.var)
    std = _method(np.std)
    dot = _method(np.dot)
    ravel = _method(np.ravel)
    flatten = _method(np.ravel)
    squeeze = _method(np.squeeze)
    swapaxes = _method(np.swapaxes)
    cumsum = _method(np.cumsum)
    cumprod = _method(np.cumprod)
    trace = _method(np.trace)
    diagonal = _method(np.diagonal)
    take = _method(np.take)
    repeat = _method(np.repeat)
    copy = _method(np.copy)
    conj = _method(np.conj)
    conjugate = _method(np.conj)
    argmax = _method(np.argmax)
    argmin = _method(np.argmin)
    argsort = _method(np.argsort)
    argpartition = _method(np.argpartition)
    searchsorted = _method(np.searchsorted)
    nonzero = _method(np.nonzero)
    any = _method(np.any)
    all = _method(np.all)
    round = _method(np.round)

    fill = _mutating("fill")
    itemset = _mutating("itemset")
    partition = _mutating("partition")
    put = _mutating("put")
    resize = _mutating("resize")
    setfield = _mutating("setfield")
    sort = _mutating("sort")

    def reshape(self, *shape: Any, **options: Any) -> Any:
        """Return the entries in another shape."""
        return np.reshape(self, shape[0] if len(shape) == 1 else shape, **options)

    def transpose(self, *axes: Any) -> Any:
        """Return the axes in another order."""
        return np.transpose(self, (axes[0] if len(axes) == 1 else axes) or None)

    def astype(self, dtype: Any, *args: Any, **kwargs: Any) -> Any:
        """Return the entries in another type; in an integer type they are plain."""
        if np.dtype(dtype).kind not in "biufc":
            raise UnsupportedError(
                f"The entries of an array that a tape follows are converted to {np.dtype(dtype)}, which has no derivative.",
                "Pass x.numpy() where no derivative is meant.",
            )
        return record(np.ndarray.astype, _as_type, (self, dtype, *args), kwargs)

    def compress(self, condition: Any, axis: Any = None, out: Any = None) -> Any:
        """Return the entries along an axis where a condition holds."""
        return np.compress(condition, self, axis, out)

    def clip(self, min: Any = None, max: Any = None, out: Any = None, **options: Any) -> Any:
        """Return the entries moved into an interval."""
        return record(np.clip, np.clip, (self, min, max, out), options)

    def item(self, *args: Any) -> Any:
        """Return one entry as a scalar, which stays traced."""
        if len(args) == 1 and isinstance(args[0], tuple):
            args = args[0]
        if len(args) > 1:
            return self[args]
        if not args and self.size != 1:
            raise ValueError("can only convert an array of size 1 to a Python scalar")
        return self if self.ndim == 0 else self.ravel()[args[0] if args else 0]

    def tolist(self) -> Any:
        """Return nested lists of the entries, which stay traced."""
        return (
            self if self.ndim == 0 else [part.tolist() if hasattr(part, "tolist") else part for part in self]
        )

    def numpy(self) -> Any:
        """Return a plain copy of the value, without its history."""
        return self.value.copy() if isinstance(self.value, np.ndarray) else self.value

    # -- NumPy's protocols

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
        if kwargs.get("out") is not None:
            raise _refusal("A store into an array ('out=', 'a += x')", "Write 'a = a + x'")
        if method == "__call__":
            inputs = tuple(map(_listed, inputs))
            if len(inputs) == 2 and not kwargs:
                return binary(ufunc, ufunc, *inputs)
            source = source_of_builtin(ufunc, len(inputs), tuple(kwargs))
            if source is not None:
                return lifted(source)(*inputs, **kwargs)
            return record(ufunc, ufunc, inputs, kwargs)
        if method == "outer":
            x, y = inputs
            return ufunc(np.reshape(x, np.shape(x) + (1,) * np.ndim(y)), y)
        function = _REDUCTIONS.get((ufunc, method))
        if function is None or method == "at":
            return _recorded(getattr(ufunc, method), inputs, kwargs)
        options = {name: value for name, value in kwargs.items() if value is not None or name == "axis"}
        if len(inputs) == 1:
            options.setdefault("axis", 0)
        return record(function, function, inputs, options)

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        if not all(issubclass(kind, (ArrayLike, np.ndarray)) for kind in types):
            return NotImplemented
        return _recorded(function, args, kwargs)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray[Any, Any]:
        self._detach("np.array, np.asarray, np.full or a store 'a[i] = x'")
        return np.array(self.value, dtype=dtype)

    def __float__(self) -> float:
        self._detach("float(), a function of the module math or a store 'a[i] = x'")
        return float(self.value)

    def __complex__(self) -> complex:
        self._detach("complex() or a function of the module cmath")
        return complex(self.value)

    def _detach(self, by: str) -> None:
        node = self if isinstance(self, Node) else self.read()  # type: ignore[attr-defined]
        if isinstance(node, Node) and is_tracked(node):
            error = NoDerivativeError(
                f"A value that a tape follows was made a plain number or array, by {by}, "
                "and would lose its derivative.",
                "Write np.sin(x) for math.sin(x), np.stack([x, y]) for np.array([x, y]), or "
                "srcad.tape.apply(f, x) for a function f with a rule; x.value is the plain value, a constant.",
            )
            frame = sys._getframe(2)
            recording.refused = error, (frame.f_code.co_filename, frame.f_lineno)
            raise error

    # -- text and copies

    def __str__(self) -> str:
        return str(self.value)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.value!r})"

    def __format__(self, form: str) -> str:
        return format(self.value, form)

    def __copy__(self) -> Any:
        return self

    def __deepcopy__(self, memo: Any) -> Any:
        return self

    def __reduce__(self) -> NoReturn:
        raise UnsupportedError(
            "A value with a history on a tape cannot be pickled.", "Pickle its plain value, x.numpy()."
        )

"""Matrices of derivatives: Jacobians by either mode, and Hessians by forward mode over reverse mode.

A Jacobian has the structure of the result and, in the place of each of its numbers or arrays, the structure of the
argument; a leaf of shape ``O`` of the result and one of shape ``I`` of the argument give an array of shape ``O + I``.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from srcad.analysis.kinds import ANY, NUMBER, Kind, container
from srcad.analysis.kinds_of_values import kind_of
from srcad.analysis.returns import Callees
from srcad.api import Derivative, grad
from srcad.callables import structures
from srcad.callables.compilation import compiled
from srcad.callables.derivatives import Bindable, Composable, Remade, after_instance
from srcad.callables.places import place
from srcad.callables.second_order import agree
from srcad.callables.targets import (
    Target,
    explain,
    refuse_overlapping,
    require_callable,
    require_complex,
    split_aux,
)
from srcad.errors import ArgumentError, NoDerivativeError, OutputError, UnsupportedError
from srcad.lang.recursion import with_deep_calls
from srcad.operators.forward import Jvp, Pushforward
from srcad.operators.hoisting import along_all
from srcad.operators.jacobian_texts import columns_text, function_of, is_written_out, structures_text
from srcad.operators.products import TangentAlone
from srcad.pipeline import read
from srcad.runtime import clone, share_memory
from srcad.runtime.tangents import zero_tangent
from srcad.runtime.user_tangents import as_tangent, tangent_result

__all__ = ["hessian", "jacfwd", "jacobian", "jacrev"]

Argnums = int | str | tuple[int | str, ...]


def jacfwd(
    f: Any, argnums: Argnums = 0, has_aux: bool = False, holomorphic: bool = False
) -> Callable[..., Any]:
    """Return a function that computes the Jacobian of ``f``, one column a run of forward mode.

    Parameters
    ----------
    f : callable
        A function of numbers, arrays and containers of these, with a result of that kind.
    argnums : int, str or tuple of these
        The parameters to differentiate with respect to, by position or name.  A tuple gives a tuple.
    has_aux : bool
        ``f`` returns a pair, of which only the first is differentiated; the result is ``(jacobian, auxiliary)``.
    holomorphic : bool
        The arguments are complex, and ``f`` is complex differentiable.

    Returns
    -------
    callable
        Called like ``f``.

    Raises
    ------
    ArgumentError
        When called, if an argument has no numbers, or complex ones without ``holomorphic``.

    Examples
    --------
    >>> import numpy as np
    >>> from srcad.operators import jacfwd
    >>> jacfwd(lambda x: np.array([x[0] * x[1], x[1]]))(np.array([2.0, 3.0]))
    array([[3., 2.],
           [0., 1.]])
    """
    return _Jacobian(f, argnums, has_aux, holomorphic, "forward")


def jacrev(
    f: Any, argnums: Argnums = 0, has_aux: bool = False, holomorphic: bool = False
) -> Callable[..., Any]:
    """Return a function that computes the Jacobian of ``f``, one row a backward pass; see `jacfwd`.

    Examples
    --------
    >>> import numpy as np
    >>> from srcad.operators import jacrev
    >>> jacrev(lambda x: np.sum(x ** 2))(np.array([2.0, 3.0]))
    array([4., 6.])
    """
    return _Jacobian(f, argnums, has_aux, holomorphic, "reverse")


def jacobian(
    f: Any, argnums: Argnums = 0, has_aux: bool = False, holomorphic: bool = False
) -> Callable[..., Any]:
    """Return a function that computes the Jacobian of ``f`` in the mode that needs fewer runs; see `jacfwd`.

    Examples
    --------
    >>> import numpy as np
    >>> from srcad.operators import jacobian
    >>> jacobian(lambda x: {"double": 2 * x, "sum": np.sum(x)})(np.ones(2))
    {'double': array([[2., 0.],
           [0., 2.]]), 'sum': array([1., 1.])}
    """
    return _Jacobian(f, argnums, has_aux, holomorphic, "either")


def hessian(
    f: Any, argnums: Argnums = 0, has_aux: bool = False, holomorphic: bool = False
) -> Callable[..., Any]:
    """Return a function that computes the matrix of second derivatives of ``f``, forward mode over reverse mode.

    Parameters
    ----------
    f : callable
        A function that returns a real scalar.
    argnums : int, str or tuple of these
        The parameters to differentiate with respect to, by position or name.  A tuple gives a tuple of tuples.
    has_aux : bool
        ``f`` returns a pair, of which only the first is differentiated; the result is ``(hessian, auxiliary)``.
    holomorphic : bool
        The arguments are complex, and ``f`` is complex differentiable.

    Returns
    -------
    callable
        Called like ``f``; the result has the structure of the argument twice.

    Examples
    --------
    >>> import numpy as np
    >>> from srcad.operators import hessian
    >>> hessian(lambda x: x[0] ** 2 * x[1])(np.array([1.0, 2.0]))
    array([[4., 2.],
           [2., 0.]])
    """
    gradient = grad(f, argnums, has_aux, holomorphic=holomorphic)
    return _Jacobian(gradient, argnums, has_aux, holomorphic, "forward")


class _Jacobian(Bindable, Composable, Remade):
    """Computes one Jacobian after the other."""

    def __init__(self, f: Any, argnums: Argnums, has_aux: bool, holomorphic: bool, mode: str) -> None:
        require_callable(f, "the operator")
        self.__wrapped__ = f
        self.argnums, self.has_aux, self.holomorphic, self.mode = argnums, has_aux, holomorphic, mode
        self.derivative, self.tangents = Jvp(f), TangentAlone(f)
        self.target: Target = self.derivative.target
        self.wanted = self.target.wanted(argnums)
        self.places = self.target.places(argnums)
        self.__name__ = type(f).__name__
        self.remade_by(_Jacobian, f, argnums, has_aux, holomorphic, mode)

    def of_method(self) -> _Jacobian:
        """Return the Jacobian whose ``argnums`` count from the parameter after the instance."""
        inner, argnums = self.__wrapped__, after_instance(self.argnums)
        if isinstance(inner, (Bindable, Derivative)):
            inner = inner.of_method()
        return _Jacobian(inner, argnums, self.has_aux, self.holomorphic, self.mode)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Return the Jacobian at the given arguments."""
        return with_deep_calls(self._call)(args, kwargs)

    def _call(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        values = self.target.bind(args, kwargs)
        if self.holomorphic:
            require_complex(self.target, self.wanted, self.places, values)
        bound = dict(zip(self.target.names, values))
        for name, element in zip(self.wanted, self.places):
            self.target.require_given(self.argnums, bound[name], element)
        points = {name: bound[name] for name in self.wanted}
        size = sum(self._size(name, value) for name, value in points.items())
        if self.mode == "forward" and points:
            found = self._second(args, kwargs, points)
            return self._columns(args, kwargs, points) if found is None else found
        rows = self._rows(args, kwargs, points, size if self.mode == "either" and points else None)
        return self._columns(args, kwargs, points) if rows is None else rows

    def _size(self, name: str, value: Any) -> int:
        leaves = [leaf for leaf in structures.leaves(value) if is_number(leaf)]
        if not leaves:
            raise ArgumentError(f"The argument '{name}' of '{self.target.title()}' is a {type(value).__name__}, "
                                "which holds no numbers.", "Differentiate with respect to numbers, arrays or containers of "
                                "them.", place(self.target.func))  # fmt: skip
        if any(np.iscomplexobj(leaf) for leaf in leaves) and not self.holomorphic:
            raise ArgumentError(f"The argument '{name}' of '{self.target.title()}' is complex.",
                                "Pass holomorphic=True if the function is complex differentiable.",
                                place(self.target.func))  # fmt: skip
        return sum(int(np.size(leaf)) for leaf in leaves)

    def derived(self, values: tuple[Any, ...]) -> Any:
        """Return a plain function that computes the Jacobian column by column, to be differentiated again."""
        names = [*self.target.names, *self.target.captured_names()]
        everything = dict(zip(names, (*values, *self.target.captured())))
        points = {n: everything[n] for n in dict.fromkeys(self.wanted)}
        plain = not self.has_aux and all(is_number(point) for point in points.values())
        if not all(map(is_written_out, points.values())):
            raise UnsupportedError(f"The Jacobian of '{self.target.title()}' is itself differentiated, and its argument "
                                   "holds an object.", "Pass arrays, lists, tuples or dicts.",
                                   place(self.target.func))  # fmt: skip
        made = self.target.inner.by_products(values) if self.target.inner is not None else None
        if made is not None:
            code = Jvp(made).compiled((*values, *self.target.captured()), tuple(points))
        else:
            code = self.derivative.compiled(values, tuple(points))
        if code.changes_arguments:
            refuse_overlapping(self.target, values)
        several, returned = isinstance(self.argnums, tuple), self._returned(everything)
        if self.has_aux:
            returned = returned.items[0] if returned.name == "tuple" and returned.items else ANY
        if plain and returned.name not in ("list", "tuple", "dict"):
            text = columns_text(everything, points, self.wanted, several, code.changes)
        else:
            places = tuple(zip(self.wanted, self.places))
            text = structures_text(everything, points, places, several, code.changes, self.has_aux, returned)
        return function_of(text, code.entries[0])

    def _returned(self, everything: dict[str, Any]) -> Kind:
        """Return what is known about the value of the function."""
        inner = self.target.inner
        if isinstance(inner, Derivative) and inner.mode == "grad":
            parts = tuple(kind_of(everything[n]) for n in inner.wanted)
            return container("tuple", parts) if isinstance(inner.argnums, tuple) else parts[0]
        if isinstance(inner, _Jacobian) and not inner.has_aux and not isinstance(inner.argnums, tuple):
            plain = inner._returned(everything).name in ("float", "array", "number")
            return NUMBER if plain and is_number(everything[inner.wanted[0]]) else ANY
        if inner is not None:
            return ANY
        func = self.target.closure.function if self.target.closure is not None else self.target.func
        given = everything if self.target.closure is not None else self.target.names
        found = Callees(read).returns(func, [kind_of(everything[n]) for n in given])
        return ANY if found.optional else found

    def _second(self, args: Any, kwargs: Any, points: dict[str, Any]) -> Any:
        """Return the Hessian by an array: its gradient, which has that shape, is not computed again for each column.

        None where the function changes memory, or the argument is not such an array.
        """
        inner, (name, *others) = self.target.inner, points
        point = points[name]
        plain = type(point) is np.ndarray and point.dtype.kind == "f" and point.flags.c_contiguous
        if not isinstance(inner, Derivative) or inner.mode != "grad" or not plain or not point.size or others:
            return None
        if isinstance(self.argnums, tuple) or inner.argnums != self.argnums or self.places != (None,):
            return None
        push = Pushforward(self.tangents, args, kwargs, (name,))
        if push.code.changed_arguments or push.shared or push.code.keeps_outside:
            return None
        columns = self._along_all(push, _units(point))
        if any(type(column) is not np.ndarray or column.shape != point.shape for column in columns):
            return None
        return np.stack(columns, axis=-1).reshape(point.shape * 2).astype(point.dtype, copy=False)

    def _along_all(self, push: Pushforward, units: Any) -> list[Any]:
        """Return the tangent along each direction."""
        tangent = push.code.entries[0]
        together = along_all(tangent, len(push.everything)) if len(units) > 1 else None
        if together is not None:
            try:
                return together(*push.everything, units)
            except Exception:  # noqa: S110
                pass  # the same exception comes from the code whose lines are known
        try:
            return [tangent(*push.everything, unit) for unit in units]
        except BaseException as error:
            explain(self.target, error)
            raise error

    def _columns(self, args: Any, kwargs: Any, points: dict[str, Any]) -> Any:
        """Return the Jacobian by forward mode."""
        push = Pushforward(self.derivative, args, kwargs, tuple(points))
        value: Any = None
        before: Any = None
        blocks: dict[tuple[str, int], list[Any]] = {}
        for name, point in points.items():
            for number, leaf in enumerate(structures.leaves(point)):
                blocks[name, number] = []
                for value, tangent in self._pushed(push, points, name, number, leaf):
                    before = value if before is None else before
                    if push.code.keeps_outside and not agree(before, value):
                        raise self._gives_another_result()
                    whole = tangent_result(tangent, value)
                    first = split_aux(self.target, whole)[0] if self.has_aux else whole
                    blocks[name, number].append(structures.leaves(first))
        if value is None:
            value, _ = push({n: zero_tangent(p) for n, p in points.items()})
        first, *aux = split_aux(self.target, value) if self.has_aux else (value,)

        def block(k: int, out: Any, name: str, number: int, entry: Any) -> Any:
            parts = [np.asarray(leaves[k]) for leaves in blocks[name, number]]
            return np.stack(parts, axis=-1) if parts else np.zeros((*np.shape(out), 0), _dtype(out))

        return self._built(first, points, block, aux)

    def _gives_another_result(self) -> UnsupportedError:
        return UnsupportedError(f"The Jacobian of '{self.target.title()}' is made by running it once for each column, and "
                                "what it keeps outside of itself changes its result.",
                                "Pass what it draws or counts as an argument.", place(self.target.func))  # fmt: skip

    def _pushed(
        self, push: Pushforward, points: dict[str, Any], name: str, number: int, leaf: Any
    ) -> Iterator[tuple[Any, Any]]:
        """Yield the value and its tangent along each entry of one leaf of a parameter."""
        point = points[name]
        if point is leaf and len(points) == 1 and type(point) is np.ndarray and point.dtype.kind == "f":
            if not push.code.changed_arguments and not push.shared:
                yield from self._along_all(push, _units(point))
                return
        for position in range(int(np.size(leaf)) if is_number(leaf) else 0):
            directions = {n: zero_tangent(p) for n, p in points.items() if n != name}
            direction = as_tangent(_unit(point, number, position), point)
            yield push({**directions, name: direction})

    def _rows(self, args: Any, kwargs: Any, points: dict[str, Any], most: int | None) -> Any:
        """Return the Jacobian by reverse mode; None if it has more than ``most`` rows and forward mode can do it."""
        whole, pullback = self._pullback(args, kwargs, tuple(points))
        value, *aux = split_aux(self.target, whole) if self.has_aux else (whole,)
        leaves = structures.leaves(value)
        count = sum(int(np.size(leaf)) for leaf in leaves if is_number(leaf))
        if most is not None and count > most and self._has_forward(args, kwargs, tuple(points)):
            return None

        def pulled(unit: Any) -> Any:
            return pullback((unit, zero_tangent(aux[0])) if aux else unit)

        rows: list[list[Any]] = []
        for number, leaf in enumerate(leaves):
            size = int(np.size(leaf)) if is_number(leaf) else 0
            ones = (1, 1j) if np.iscomplexobj(leaf) and not self.holomorphic else (1,)
            rows.append([tuple(pulled(_unit(value, number, i, one)) for one in ones) for i in range(size)])

        def block(k: int, out: Any, name: str, number: int, entry: Any) -> Any:
            index = list(points).index(name)
            parts = [_row([structures.leaves(pull[index])[number] for pull in row]) for row in rows[k]]
            return np.stack(parts) if parts else np.zeros((0, *np.shape(entry)), _dtype(entry))

        return self._built(value, points, block, aux)

    def _pullback(self, args: Any, kwargs: Any, wanted: tuple[str, ...]) -> tuple[Any, Callable[[Any], Any]]:
        """Return the value of the function and its pullback to the wanted parameters."""
        values = self.target.bind(args, kwargs)
        everything = (*values, *self.target.captured())
        code = compiled(self.target, values, wanted, "vjp")
        if code.changes_arguments and share_memory(everything):
            code = compiled(self.target, values, wanted, "vjp", aliased=True)
        forward, backward = code.entries
        try:
            value, residuals = forward(*everything)
        except BaseException as error:
            explain(self.target, error)
            raise error
        if code.changes:
            value = clone(value)
        return value, lambda cotangent: backward(clone(residuals) if code.stateful else residuals, cotangent)

    def _has_forward(self, args: Any, kwargs: Any, wanted: tuple[str, ...]) -> bool:
        try:
            self.derivative.compiled(self.target.bind(args, kwargs), wanted)
        except NoDerivativeError:
            return False
        return True

    def _built(self, value: Any, points: dict[str, Any], block: Callable[..., Any], aux: Any) -> Any:
        """Return the structure of ``value`` with blocks in the structure of the arguments for its leaves."""
        self._require_numbers(value)
        outer = iter(range(len(structures.leaves(value))))

        def of_leaf(out: Any) -> Any:
            k = next(outer)
            if not is_number(out):
                return None
            parts = {
                n: self._part(point, functools.partial(block, k, out, n), out) for n, point in points.items()
            }
            chosen = [parts[n] if i is None else parts[n][i] for n, i in zip(self.wanted, self.places)]
            return tuple(chosen) if isinstance(self.argnums, tuple) else chosen[0]

        whole = structures.mapped(of_leaf, value)
        return (whole, *aux) if aux else whole

    def _require_numbers(self, value: Any) -> None:
        """Refuse a result that is no number, array or container, and under ``holomorphic`` real numbers in it."""
        leaves = structures.leaves(value)
        if len(leaves) == 1 and leaves[0] is value and not is_number(value):
            raise OutputError(f"The result of '{self.target.title()}' is a {type(value).__name__}, which holds no numbers.",
                              "Return numbers, arrays or containers of them.", place(self.target.func))  # fmt: skip
        if self.holomorphic and any(is_number(leaf) and not np.iscomplexobj(leaf) for leaf in leaves):
            raise OutputError(f"The result of '{self.target.title()}' is real, and holomorphic=True needs a complex one.",
                              "Leave it out, and differentiate by the real and the imaginary part.",
                              place(self.target.func))  # fmt: skip

    def _part(self, point: Any, block: Callable[[int, Any], Any], out: Any) -> Any:
        """Return the blocks of one leaf of the result in the structure of one argument."""
        inner = iter(range(len(structures.leaves(point))))

        def of_entry(entry: Any) -> Any:
            i = next(inner)
            if not is_number(entry):
                return None
            found = np.reshape(block(i, entry), (*np.shape(out), *np.shape(entry)))
            return found if isinstance(out, np.ndarray) or isinstance(entry, np.ndarray) else found[()]

        return structures.mapped(of_entry, point)


def is_number(leaf: Any) -> bool:
    """Tell whether a leaf may carry a derivative."""
    if isinstance(leaf, (np.ndarray, np.generic)):
        return leaf.dtype.kind in "fciu"
    return isinstance(leaf, (float, int, complex)) and not isinstance(leaf, bool)


def _dtype(leaf: Any) -> Any:
    """Return the dtype of derivatives by a leaf, or of one."""
    dtype = np.asarray(leaf).dtype
    return dtype if dtype.kind in "fc" else np.dtype(float)


def _row(pulled: list[Any]) -> Any:
    """Return the derivative of one entry of the result by a leaf, from the pullbacks of 1 and, if complex, of 1j.

    The gradient of a real argument is the real part of the cotangent times the derivative.
    """
    return np.asarray(pulled[0] if len(pulled) == 1 else pulled[0] - 1j * pulled[1])


def _units(point: Any) -> Any:
    """Return for each entry of an array the direction that is one there and zero elsewhere."""
    return np.eye(point.size, dtype=point.dtype).reshape(point.size, *point.shape)


def _unit(value: Any, number: int, position: int, one: complex = 1) -> Any:
    """Return the direction that is ``one`` at one entry of one leaf of ``value`` and zero at the others."""
    counter = iter(range(len(structures.leaves(value))))

    def at(leaf: Any) -> Any:
        here = next(counter) == number
        zero = zero_tangent(leaf)
        if here and isinstance(zero, np.ndarray):
            zero[np.unravel_index(position, zero.shape)] = one
            return zero
        return type(zero)(one) if here else zero

    return structures.mapped(at, value)

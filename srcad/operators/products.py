"""Products with matrices of derivatives, without the matrices."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from srcad import tree
from srcad.api import grad, vjp
from srcad.callables.derivatives import Bindable, Remade, WrittenOut, after_instance
from srcad.callables.places import place
from srcad.callables.targets import Target, require_complex, split_aux
from srcad.errors import ArgumentError
from srcad.lang.recursion import with_deep_calls
from srcad.operators.forward import Jvp, Pushforward
from srcad.rules import registry
from srcad.runtime import clone
from srcad.runtime.tangents import zero_tangent
from srcad.runtime.user_tangents import tangent_result

__all__ = ["WRITTEN", "TangentAlone", "elementwise_grad", "ggnvp", "half_squared_norm", "hvp", "places_of"]

Argnums = int | str | tuple[int | str, ...]


def hvp(f: Any, argnums: Argnums = 0, has_aux: bool = False, holomorphic: bool = False) -> Callable[..., Any]:
    """Return a function that multiplies the Hessian of ``f`` with a vector: forward mode over reverse mode.

    Parameters
    ----------
    f : callable
        A function that returns a real scalar.
    argnums : int, str or tuple of these
        The parameters to differentiate with respect to, by position or name.
    has_aux : bool
        ``f`` returns a pair, of which only the first is differentiated; the result is ``(product, auxiliary)``.
    holomorphic : bool
        The arguments are complex, and ``f`` is complex differentiable.

    Returns
    -------
    callable
        ``hvp(f)(*args, v)``, where ``v`` has the structure of the argument (under a tuple of ``argnums`` a tuple of
        these); the result has it too.  Costs a small multiple of a gradient (Pearlmutter, Fast exact multiplication
        by the Hessian, 1994).

    Raises
    ------
    ArgumentError
        When called, if ``v`` does not fit.

    Examples
    --------
    >>> import numpy as np
    >>> from srcad.operators import hvp
    >>> hvp(lambda x: x[0] ** 2 * x[1])(np.array([1.0, 2.0]), np.array([1.0, 0.0]))
    array([4., 2.])
    """
    return _HessianProduct(f, argnums, has_aux, holomorphic)


class _HessianProduct(Bindable, WrittenOut, Remade):
    """Computes products with the Hessian of one function."""

    def __init__(self, f: Any, argnums: Argnums, has_aux: bool, holomorphic: bool) -> None:
        self.__wrapped__ = f
        self.given = argnums, has_aux, holomorphic
        gradient = grad(f, argnums, has_aux, holomorphic=holomorphic)
        self.derivative, self.tangent = Jvp(gradient), TangentAlone(gradient)
        self.places = places_of(f, argnums)
        target = self.derivative.target
        chosen = zip(target.wanted(argnums), target.places(argnums))
        self._takes_all_gathered = any(target.gathers(n) and k is None for n, k in chosen)
        self._usual = -1
        self.remade_by(_HessianProduct, f, argnums, has_aux, holomorphic)

    def of_method(self) -> _HessianProduct:
        """Return the product whose ``argnums`` count from the parameter after the first."""
        argnums, has_aux, holomorphic = self.given
        return _HessianProduct(self.__wrapped__, after_instance(argnums), has_aux, holomorphic)

    @functools.cached_property
    def plain(self) -> Any:
        """The function that does the same."""
        return _written_out(hvp, self.__wrapped__, *self.given)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Return the product at ``args[:-1]`` with ``args[-1]``."""
        if len(args) == self._usual and not kwargs:
            several = isinstance(self.given[0], tuple)
            vectors = args[-1] if several else args[-1:]
            if type(vectors) is tuple and len(vectors) == len(self.places):
                points = [args[k] for k in self.places]
                if all(map(_has_own_kind, points)):
                    return self._along(args[:-1], points, vectors)
        return with_deep_calls(self._call)(args, kwargs)

    def _along(self, values: tuple[Any, ...], points: list[Any], vectors: tuple[Any, ...]) -> Any:
        """Return the product for arguments by position, of whose gradient the structure is known: it is not computed."""
        directions: list[Any] = [None] * len(values)
        for k, vector in zip(self.places, vectors):
            directions[k] = vector
        tangent = self.tangent(values, tuple(directions))
        if isinstance(self.given[0], tuple):
            return tangent_result(tangent, tuple(points), vectors)
        return tangent_result(tangent, points[0], vectors)

    def _call(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        argnums, has_aux, holomorphic = self.given
        *point, vector = args if args else (None,)
        target = self.derivative.target
        vectors = _vectors("hvp", target, argnums, self.places, vector)
        values, named = _bound(target, tuple(point), kwargs)
        _require_points("hvp", target, self.places, values, named)
        if holomorphic:
            bound = target.bind(values, named)
            require_complex(target, target.wanted(argnums), target.places(argnums), bound)
        positional = all(k < len(values) for k in self.places) and not self._takes_all_gathered
        if (
            positional
            and not has_aux
            and not named
            and all(map(_has_own_kind, map(values.__getitem__, self.places)))
        ):
            found = self._along(values, [values[k] for k in self.places], vectors)
            self._usual = len(args)  # whose next call needs no other look than that at the kinds
            return found
        directions = self.derivative.chosen_directions("hvp", argnums, values, named, vector)
        value, tangent = Pushforward(self.derivative, values, named, tuple(directions))(directions)
        result = tangent_result(tangent, value, directions)
        return (result[0], value[1]) if has_aux else result

    @property
    def source(self) -> str:
        """The text of the generated function."""
        return (self.tangent if self.derivative.latest is None else self.derivative).source


class TangentAlone(Jvp):
    """The forward derivative without the value."""

    mode = "tangent"


def _has_own_kind(value: Any) -> bool:
    """Tell whether the gradient with respect to a value has the value's own type, shape and dtype."""
    return type(value) is float or type(value) is np.ndarray and value.dtype.kind == "f"


def places_of(f: Any, argnums: Argnums) -> tuple[int, ...]:
    """Return the positions of the arguments that ``argnums`` asks for.

    Examples
    --------
    >>> places_of(lambda x, y: x * y, ("y", 0))
    (1, 0)
    """
    target = Target(f)
    names = target.names[len(target.before) :]
    chosen = target.positioned(argnums)
    wanted = target.wanted(argnums)
    return tuple(w if type(w) is int and w >= 0 else names.index(n) for w, n in zip(chosen, wanted))


def _bound(
    target: Target, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Return the arguments of a call by position, those that must be named by name."""
    if not kwargs:
        return args, {}
    target.bind(args, kwargs)  # which says what does not fit
    bound = target.signature.bind(*target.before, *args, **{**target.options, **kwargs})
    bound.apply_defaults()
    return bound.args[len(target.before) :], bound.kwargs


def _vectors(title: str, target: Target, argnums: Argnums, places: tuple[int, ...], vector: Any) -> Any:
    """Return the vectors that belong to ``argnums``."""
    target.require_once(argnums)
    vectors = vector if isinstance(argnums, tuple) else (vector,)
    if not isinstance(vectors, (tuple, list)) or len(vectors) != len(places):
        raise ArgumentError(f"{title} of '{target.title()}' needs a tuple of {len(places)} vectors.",
                            "Give one for each of argnums.", place(target.func))  # fmt: skip
    return vectors


def _require_points(
    title: str, target: Target, places: tuple[int, ...], values: tuple[Any, ...], named: dict[str, Any]
) -> None:
    """Refuse a call without the arguments to differentiate by, or without others that the function needs."""
    names = target.names[len(target.before) :]
    missing = [k for k in places if k >= len(values) and (k >= len(names) or names[k] not in named)]
    if any(k >= len(names) or not _is_by_name_with_default(target, names[k]) for k in missing):
        raise ArgumentError(f"{title} of '{target.title()}' is called without an argument to differentiate by.",
                            _way_out(title), place(target.func))  # fmt: skip
    if not named and len(target.before) + len(values) < len(target.names):
        try:
            target.signature.bind(*target.before, *values, **target.options)
        except TypeError as error:
            reason = f"{title} of '{target.title()}' is called with too few arguments: {error}."
            raise ArgumentError(reason, _way_out(title), place(target.func)) from None


def _way_out(title: str) -> str:
    return f"Call {title}(f)(*args, v), with the vector last."


def _is_by_name_with_default(target: Target, name: str) -> bool:
    parameter = target.signature.parameters[name]
    return parameter.kind is parameter.KEYWORD_ONLY and parameter.default is not parameter.empty


WRITTEN: dict[Any, Callable[..., Any]] = {}
"""Functions that write out for one function what an operator makes of it; they return None where they cannot."""


def _written_out(operator: Any, *given: Any, **options: Any) -> Any:
    """Return the function that an operator makes, in Python that can be differentiated."""
    source: Any = registry.source_of(operator)
    return source(*given, **options)


class _Plain(Bindable, WrittenOut, Remade):
    """A function made by an operator of a function and options, of which one is ``argnums``."""

    def __init__(self, call: Callable[..., Any], operator: Any, f: Any, **options: Any) -> None:
        self.__wrapped__ = f
        self._call, self._operator, self._options = call, operator, options
        self.remade_by(operator, f, **options)

    def of_method(self) -> Any:
        """Return what the operator makes of the function, with ``argnums`` that count from the second parameter."""
        options = {**self._options, "argnums": after_instance(self._options["argnums"])}
        return self._operator(self.__wrapped__, **options)

    @functools.cached_property
    def plain(self) -> Any:
        """The function that does the same."""
        written = (
            WRITTEN[self._operator](self.__wrapped__, **self._options) if self._operator in WRITTEN else None
        )
        return _written_out(self._operator, self.__wrapped__, **self._options) if written is None else written

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Compute the result."""
        return with_deep_calls(self._call)(*args, **kwargs)


def half_squared_norm(value: Any) -> Any:
    return 0.5 * np.sum(value * value)


def ggnvp(
    f: Any,
    g: Any = half_squared_norm,
    argnums: Argnums = 0,
    has_aux: bool = False,
    holomorphic: bool = False,
) -> Callable[..., Any]:
    """Return a function that multiplies the generalized Gauss-Newton matrix of ``g(f(...))`` with a vector.

    Parameters
    ----------
    f : callable
        The model.
    g : callable
        The loss, a convex function of the model's result; half its squared norm by default.
    argnums : int, str or tuple of these
        The parameters of ``f`` to differentiate with respect to, by position or name.
    has_aux : bool
        ``f`` returns a pair, of which only the first is differentiated; the result is ``(product, auxiliary)``.
    holomorphic : bool
        The arguments are complex, and ``f`` and ``g`` are complex differentiable.

    Returns
    -------
    callable
        ``ggnvp(f, g)(*args, v)`` is ``J.T @ H @ J @ v`` for the Jacobian ``J`` of ``f`` and the Hessian ``H`` of
        ``g`` (Schraudolph, Fast curvature matrix-vector products for second-order gradient descent, 2002).

    Examples
    --------
    >>> import numpy as np
    >>> from srcad.operators import ggnvp
    >>> A = np.array([[1.0, 2.0], [0.0, 1.0]])
    >>> ggnvp(lambda x: A @ x)(np.ones(2), np.array([1.0, 0.0]))
    array([1., 2.])
    """
    forward, curvature = Jvp(f, has_aux), hvp(g, holomorphic=holomorphic)
    places = places_of(f, argnums)

    def product(*args: Any, **kwargs: Any) -> Any:
        *point, vector = args if args else (None,)
        target = forward.target
        _vectors("ggnvp", target, argnums, places, vector)
        values, named = _bound(target, tuple(point), kwargs)
        _require_points("ggnvp", target, places, values, named)
        if holomorphic:
            bound = target.bind(values, named)
            require_complex(target, target.wanted(argnums), target.places(argnums), bound)
        directions = forward.chosen_directions("ggnvp", argnums, values, named, vector)
        value, tangent = Pushforward(forward, values, named, tuple(directions))(directions)
        first, *aux = split_aux(target, value) if has_aux else (value,)
        curved = curvature(first, tangent_result(tangent[0] if has_aux else tangent, first))
        pull = vjp(f, *values, argnums=argnums, has_aux=has_aux, holomorphic=holomorphic, **named)[1]
        result = pull(curved)
        return (result, *aux) if has_aux else result

    options = {"g": g, "argnums": argnums, "has_aux": has_aux, "holomorphic": holomorphic}
    return _Plain(product, ggnvp, f, **options)


def elementwise_grad(
    f: Any, argnums: Argnums = 0, has_aux: bool = False, holomorphic: bool = False
) -> Callable[..., Any]:
    """Return a function that computes the derivative of a function that works element by element.

    Strictly, it is the gradient of the sum of the result: the product of ones with the Jacobian.

    Parameters
    ----------
    f : callable
        The function; its result is a number, an array or a container of these.
    argnums : int, str or tuple of these
        The parameters to differentiate with respect to, by position or name.
    has_aux : bool
        ``f`` returns a pair, of which only the first is differentiated; the result is ``(derivative, auxiliary)``.
    holomorphic : bool
        The arguments are complex, and ``f`` is complex differentiable: the result is its derivative.

    Raises
    ------
    ArgumentError
        When called, under ``holomorphic``, if an argument to differentiate by is not complex.

    Examples
    --------
    >>> import numpy as np
    >>> from srcad.operators import elementwise_grad
    >>> elementwise_grad(lambda x: x ** 3)(np.array([1.0, 2.0]))
    array([ 3., 12.])
    """
    Target(f).wanted(argnums)  # which says what does not fit
    given = {"argnums": argnums, "has_aux": has_aux, "holomorphic": holomorphic}

    def derivative(*args: Any, **kwargs: Any) -> Any:
        value, pullback, *aux = vjp(f, *args, **given, **kwargs)
        result = pullback(tree.map(_ones, value))
        return (result, *aux) if has_aux else result

    return _Plain(derivative, elementwise_grad, f, argnums=argnums, has_aux=has_aux, holomorphic=holomorphic)


def _ones(leaf: Any) -> Any:
    zero = zero_tangent(clone(leaf))
    return zero + 1 if not isinstance(leaf, (str, type(None), bool)) else zero

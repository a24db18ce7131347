"""Products with matrices of derivatives, without the matrices."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from srcad import tree
from srcad.api import grad, vjp
from srcad.errors import ArgumentError
from srcad.operators.forward import Jvp, Pushforward
from srcad.runtime import clone
from srcad.runtime.tangents import tangent_result, zero_tangent
from srcad.targets import Target, place

__all__ = ["elementwise_grad", "ggnvp", "hvp"]

Argnums = int | str | tuple[int | str, ...]


def hvp(f: Any, argnums: Argnums = 0) -> Callable[..., Any]:
    """Return a function that multiplies the Hessian of ``f`` with a vector: forward mode over reverse mode.

    Parameters
    ----------
    f : callable
        A function that returns a real scalar.
    argnums : int, str or tuple of these
        The parameters to differentiate with respect to, by position or name.

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
    return _HessianProduct(f, argnums)


class _HessianProduct:
    """Computes products with the Hessian of one function."""

    def __init__(self, f: Any, argnums: Argnums) -> None:
        self.__wrapped__ = f
        self.argnums = argnums
        self.derivative = Jvp(grad(f, argnums))
        self.wanted = self.derivative.target.wanted(argnums)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Return the product at ``args[:-1]`` with ``args[-1]``."""
        *point, vector = args if args else (None,)
        vectors = vector if isinstance(self.argnums, tuple) else (vector,)
        target = self.derivative.target
        if not isinstance(vectors, (tuple, list)) or len(vectors) != len(self.wanted):
            raise ArgumentError(f"hvp of '{target.title()}' needs a tuple of {len(self.wanted)} vectors.",
                                "Give one for each of argnums.", place(target.func))  # fmt: skip
        bound = dict(zip(target.names, target.bind(tuple(point), kwargs)))
        directions = {n: self.derivative.direction(n, bound[n], v) for n, v in zip(self.wanted, vectors)}
        push = Pushforward(self.derivative, tuple(point), kwargs, tuple(directions))
        value, tangent = push(directions)
        return tangent_result(tangent, value, directions)

    @property
    def source(self) -> str:
        """The text of the generated function."""
        return self.derivative.source


def _half_squared_norm(value: Any) -> Any:
    return 0.5 * np.sum(value * value)


def ggnvp(f: Any, g: Any = _half_squared_norm, argnums: Argnums = 0) -> Callable[..., Any]:
    """Return a function that multiplies the generalized Gauss-Newton matrix of ``g(f(...))`` with a vector.

    Parameters
    ----------
    f : callable
        The model.
    g : callable
        The loss, a convex function of the model's result; half its squared norm by default.
    argnums : int, str or tuple of these
        The parameters of ``f`` to differentiate with respect to.

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
    forward, curvature = Jvp(f), hvp(g)
    wanted = forward.target.wanted(argnums)

    def product(*args: Any, **kwargs: Any) -> Any:
        *point, vector = args
        vectors = vector if isinstance(argnums, tuple) else (vector,)
        target = forward.target
        bound = dict(zip(target.names, target.bind(tuple(point), kwargs)))
        directions = {n: forward.direction(n, bound[n], v) for n, v in zip(wanted, vectors)}
        value, tangent = Pushforward(forward, tuple(point), kwargs, tuple(directions))(directions)
        curved = curvature(value, tangent_result(tangent, value))
        gradients = dict(zip(wanted, _pulled(f, bound, wanted, target, curved)))
        return tuple(gradients[n] for n in wanted) if isinstance(argnums, tuple) else gradients[wanted[0]]

    return product


def _pulled(f: Any, bound: dict[str, Any], wanted: tuple[str, ...], target: Target, cotangent: Any) -> Any:
    """Return the gradients of the wanted parameters for a cotangent of the result."""
    names = target.names[len(target.before) :]
    gradients = vjp(f, *[bound[n] for n in names])[1](cotangent)
    return [gradients[names.index(n)] for n in wanted]


def elementwise_grad(f: Any, argnums: Argnums = 0) -> Callable[..., Any]:
    """Return a function that computes the derivative of a function that works element by element.

    Strictly, it is the gradient of the sum of the result: the product of ones with the Jacobian.

    Parameters
    ----------
    f : callable
        The function; its result is a number, an array or a container of these.
    argnums : int, str or tuple of these
        The parameters to differentiate with respect to.

    Examples
    --------
    >>> import numpy as np
    >>> from srcad.operators import elementwise_grad
    >>> elementwise_grad(lambda x: x ** 3)(np.array([1.0, 2.0]))
    array([ 3., 12.])
    """
    target = Target(f)
    wanted = target.wanted(argnums)

    def derivative(*args: Any, **kwargs: Any) -> Any:
        bound = dict(zip(target.names, target.bind(args, kwargs)))
        names = target.names[len(target.before) :]
        value, pullback = vjp(f, *[bound[n] for n in names])
        gradients = dict(zip(names, pullback(tree.map(_ones, value))))
        return tuple(gradients[n] for n in wanted) if isinstance(argnums, tuple) else gradients[wanted[0]]

    return derivative


def _ones(leaf: Any) -> Any:
    zero = zero_tangent(clone(leaf))
    return zero + 1 if not isinstance(leaf, (str, type(None), bool)) else zero

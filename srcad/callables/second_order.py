"""Reverse mode of gradients whose program works on shadow memory: forward mode, since second derivatives are symmetric.

The generated program of a gradient that only computes new values is differentiated like any other.  One that mirrors
lists, objects or calls in shadows is not: the vector-Jacobian product ``v.T @ H`` of a gradient is ``H @ v``, which
forward mode over the same program gives (Pearlmutter, Fast exact multiplication by the Hessian, 1994).  That holds in
the convention for complex arguments too, and where the gradient of some arguments is differentiated with respect to
others: the derivative of the gradient of the latter, in a direction of the former.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from srcad import runtime as rt
from srcad.analysis.kinds import is_differentiable
from srcad.analysis.kinds_of_values import kind_of
from srcad.callables import structures
from srcad.callables.compilation import compiled
from srcad.callables.derivatives import Composable
from srcad.callables.places import place
from srcad.callables.replay import Replay
from srcad.callables.targets import Target
from srcad.callables.wrappers import written
from srcad.derive.request import Request
from srcad.errors import UnsupportedError
from srcad.pipeline import Code, counted_by
from srcad.rules import registry
from srcad.runtime.tangents import zero_tangent
from srcad.runtime.user_tangents import as_tangent, tangent_result

__all__ = [
    "Form", "Gradient", "agree", "code_by_symmetry", "direction_of", "gradient_by_product", "has_shadows", "names_in",
    "product", "set_product",
]  # fmt: skip

_RUNTIME_NAME = re.compile(r"\brt\.(\w+)\(")
_LANGUAGE = (rt.closure, rt.named_tuple, rt.sequence)


def has_shadows(code: Code) -> bool:
    """Tell whether generated code calls functions of the runtime that have no derivative rule of their own."""
    called = (getattr(rt, name) for name in set(_RUNTIME_NAME.findall(code.text)))
    return any(
        registry.find(function) is None and not registry.is_constant(function) and function not in _LANGUAGE
        for function in called
    )


@dataclass(frozen=True)
class Form:
    """A function whose gradient stands in a `product`; ``mode`` is ``"aux"`` if it returns more than its value."""

    target: Target
    mode: str
    holomorphic: bool

    @property
    def names(self) -> tuple[str, ...]:
        """The parameters and captured variables."""
        return (*self.target.names, *self.target.captured_names())


def names_in(form: Callable[[], Form]) -> tuple[str, ...]:
    """Return the parameters and captured variables of a function whose gradient stands in a `product`."""
    return form().names


registry.constant(names_in)


def product(
    form: Callable[[], Form],
    out: tuple[str, ...],
    replay: Any,
    expected: Any,
    everything: tuple[Any, ...],
    vectors: tuple[Any, ...],
) -> tuple[Any, ...]:
    """Return the gradient of a function, differentiated in the directions of some vectors.

    Parameters
    ----------
    form : callable
        Returns the function; a function itself, so that nobody looks for numbers in it.
    out : tuple of str
        The parameters that the gradient is with respect to.
    replay : Replay, optional
        The context in which the function runs again.
    expected : tuple, optional
        What the product without the last vector has been, for its parameters.
    everything : tuple
        All arguments and captured values.
    vectors : tuple
        For each direction the names of parameters, and the direction in each of them.
    """
    result: tuple[Any, ...] = _products[0](form, out, replay, expected, everything, vectors)
    return result


def gradient_by_product(
    target: Target,
    holomorphic: bool,
    mode: str,
    wanted: tuple[str, ...],
    places: Any,
    several: bool,
    vectors: str,
) -> Any:
    """Return the function of all arguments and captured values that computes the gradient of ``target`` by a `product`.

    Parameters
    ----------
    target, holomorphic, mode, wanted, places, several
        What the gradient is of, whether that is complex differentiable, its mode, the parameters with the elements of
        them, and whether it is a tuple.
    vectors : str
        The directions in which it is differentiated, as text.
    """
    names = ", ".join([*target.names, *target.captured_names()])
    out = tuple(dict.fromkeys(wanted))
    parts = [f"gradients[{out.index(n)}]" + ("" if k is None else f"[{k}]") for n, k in zip(wanted, places)]
    chosen = f"({', '.join(parts)},)" if several else parts[0]
    result = {
        "grad": chosen,
        "value_and_grad": f"primal({names}), {chosen}",
        "aux": f"{chosen}, primal({names})[1]",
    }
    form = Form(target, mode if mode == "aux" else "value_and_grad", holomorphic)
    text = (
        f"def gradient({names}):\n"
        f"    gradients = product(form, {out!r}, None, None, ({names},), {vectors})\n"
        f"    return {result[mode]}\n"
    )
    return written(text, "gradient", product=product, form=lambda: form, primal=target.func)


_products: list[Callable[..., Any]] = []


def set_product(compute: Callable[..., Any]) -> None:
    """Install what computes products."""
    _products[:] = [compute]


@dataclass(frozen=True)
class Gradient:
    """A gradient that is to be differentiated.

    Attributes
    ----------
    target : Target
        The function that it is the gradient of.
    wanted : tuple of str
        The parameters that the gradient is with respect to.
    single, valued : bool
        The gradient stands alone and not in a tuple; the value of the function stands before it.
    compute : callable
        Returns the gradient, and under ``valued`` the value, for all arguments and captured values.
    holomorphic : bool
        The function and its arguments are complex.
    """

    target: Target
    wanted: tuple[str, ...]
    single: bool
    valued: bool
    compute: Callable[..., Any]
    holomorphic: bool = False

    def cotangents(self, cotangent: Any) -> tuple[Any, tuple[Any, ...]]:
        """Return the cotangent of the value, and those of the gradient's parts."""
        value, parts = cotangent if self.valued else (0.0, cotangent)
        if self.single:
            return value, (parts,)
        return value, (0.0,) * len(self.wanted) if isinstance(parts, float) else tuple(parts)


class _FullGradient(Composable):
    """The gradient of a function with respect to some of its parameters, to be differentiated in forward mode."""

    def __init__(self, gradient: Gradient, wanted: tuple[str, ...], aliased: bool) -> None:
        self.target, self.wanted, self.aliased = gradient.target, wanted, aliased
        self.holomorphic = gradient.holomorphic

    def code(self, values: tuple[Any, ...]) -> Code:
        """Return the code of the value and the gradient."""
        mode = "value_and_grad"
        return compiled(self.target, values, self.wanted, mode, False, self.aliased, self.holomorphic)

    def derived(self, values: tuple[Any, ...]) -> Any:
        """Return the generated function."""
        return self.code(values).entries[0]


class _Product:
    """Products of a function's second derivatives with vectors, for arguments of certain kinds.

    Parameters
    ----------
    gradient : Gradient
        What is differentiated.
    values : tuple
        The arguments, of which only the kinds matter.
    wanted : tuple of str
        What it is differentiated with respect to.
    aliased : bool
        Two of the arguments may refer to the same memory.
    """

    def __init__(
        self, gradient: Gradient, values: tuple[Any, ...], wanted: tuple[str, ...], aliased: bool
    ) -> None:
        target = gradient.target
        self.gradient = gradient
        self.names = [*target.names, *target.captured_names()]
        self.integers = _integers(target, values, wanted, gradient.wanted)
        values = self.with_floats(values)
        everything = dict(zip(self.names, (*values, *target.captured())))
        self.wanted = tuple(n for n in wanted if is_differentiable(kind_of(everything[n])))
        both = {*self.wanted, *gradient.wanted}
        self.parts = tuple(n for n in self.names if n in both)
        full = _FullGradient(gradient, self.parts, aliased)
        self.code = compiled(Target(full), values, gradient.wanted, "jvp")
        if aliased and self.code.changes_arguments:
            raise UnsupportedError(f"Two arguments of '{target.title()}' share memory that it may change, and its "
                                   "gradient is differentiated.", "Pass a copy of one of them.",
                                   place(target.func))  # fmt: skip
        self.dependencies = [*full.code(values).dependencies, *self.code.dependencies]

    def with_floats(self, everything: tuple[Any, ...]) -> tuple[Any, ...]:
        """Return arguments with floats for the integers that are differentiated by."""
        return tuple(_as_float(v) if n in self.integers else v for n, v in zip(self.names, everything))

    def __call__(
        self, everything: tuple[Any, ...], cotangent: Any
    ) -> tuple[Any, dict[str, Any], dict[str, Any]]:
        """Return the value of the function, its gradients by name, and the adjoints of the arguments by name."""
        weight, vectors = self.gradient.cotangents(cotangent)
        everything = self.with_floats(everything)
        given = dict(zip(self.names, everything))
        directions = {n: direction_of(v, given[n]) for n, v in zip(self.gradient.wanted, vectors)}
        if self.code.changes:
            everything, directions = rt.clone(everything), rt.clone(directions)
        (value, parts), tangent = self.code.entries[0](
            *everything, *(directions[n] for n in self.gradient.wanted)
        )
        product = tangent_result(tangent[1], parts)
        gradients = dict(zip(self.parts, parts))
        adjoints = dict(zip(self.parts, product))
        if self.gradient.valued:
            adjoints = {n: _weighted_sum(weight, gradients[n], part) for n, part in adjoints.items()}
        return value, gradients, {n: adjoints[n] for n in self.wanted}


def _integers(
    target: Target, values: tuple[Any, ...], wanted: tuple[str, ...], differentiated: tuple[str, ...]
) -> set[str]:
    """Return the parameters among some whose arguments are integers that do not count or select.

    A pullback with respect to all arguments, of which others are no integers, takes an integer for one that may count.
    """
    arrays = {n for n, v in zip(target.names, values) if _is_integer_array(v)}
    integers = {n for n, v in zip(target.names, values) if kind_of(v).name == "int"} | arrays
    asked_for = set(wanted) if set(wanted) <= integers else set(wanted) & arrays
    found = integers & {*asked_for, *differentiated}
    own = target.closure.function if target.closure is not None else target.func
    return found - counted_by(own) if found else found


def _is_integer_array(value: Any) -> bool:
    return isinstance(value, np.ndarray) and value.dtype.kind in "iu"


def _as_float(value: Any) -> Any:
    return value.astype(float) if _is_integer_array(value) else rt.whole(value)


def direction_of(cotangent: Any, value: Any) -> Any:
    """Return the cotangent of a gradient as a tangent of the argument, whose structure it has."""
    if isinstance(cotangent, float) and cotangent == 0.0:
        return zero_tangent(value)
    if isinstance(value, (list, tuple)) and isinstance(cotangent, (list, tuple)):
        parts = [direction_of(part, item) for part, item in zip(cotangent, value)]
        return type(value)(*parts) if hasattr(value, "_fields") else type(value)(parts)
    if isinstance(value, dict) and isinstance(cotangent, dict):
        return {key: direction_of(cotangent.get(key, 0.0), item) for key, item in value.items()}
    return as_tangent(cotangent, value)


def _weighted_sum(weight: Any, gradient: Any, product: Any) -> Any:
    """Return ``weight * gradient + product`` for two structures of numbers."""
    others = iter(structures.leaves(product))

    def add(leaf: Any) -> Any:
        other = next(others)
        return leaf if isinstance(leaf, (str, type(None))) else weight * leaf + other

    return structures.mapped(add, gradient)


@dataclass(frozen=True)
class _Residuals:
    """What a backward pass needs: the arguments as they were, the gradient there, and how to run it again."""

    everything: tuple[Any, ...]
    result: Any
    replay: Replay


class _Entries:
    """The functions of a second derivative, in the forms of `srcad.pipeline.Code`."""

    def __init__(
        self, gradient: Gradient, product: _Product, wanted: tuple[str, ...], single: bool, holomorphic: bool
    ) -> None:
        self.seed = rt.holomorphic_seed if holomorphic else rt.seed
        self.gradient, self.product, self.wanted, self.single = gradient, product, wanted, single

    def seeded(self, *everything: Any) -> Any:
        """Return the gradient, which is a number, and its own gradient."""
        result: Any = None
        only = dict(zip(self.product.names, everything))[self.gradient.wanted[0]]
        if not self.gradient.single or self.gradient.valued or np.ndim(only) != 0 or np.iscomplexobj(only):
            result = self.gradient.compute(*everything)
            self.seed(result)
        _, gradients, adjoints = self.product(everything, 1.0)
        value = gradients[self.gradient.wanted[0]] if result is None else result
        self.seed(value)
        return value, self._arranged(everything, adjoints)

    def slope(self, *everything: Any) -> Any:
        """Return the gradient of the gradient, which is a number."""
        return self.seeded(*everything)[1]

    def _arranged(self, everything: tuple[Any, ...], adjoints: dict[str, Any]) -> Any:
        found = tuple(self._parts(everything, adjoints))
        return found[0] if self.single else found

    def _parts(self, everything: tuple[Any, ...], adjoints: dict[str, Any]) -> list[Any]:
        given = dict(zip(self.product.names, everything))
        return [adjoints[n] if n in adjoints else rt.finish(0.0, given[n]) for n in self.wanted]

    def forward(self, *everything: Any) -> tuple[Any, _Residuals]:
        """Return the gradient and what its pullback needs."""
        replay = Replay(everything, self.gradient.target.func)
        kept = rt.clone(everything)
        result = self.gradient.compute(*everything)
        return result, _Residuals(kept, rt.clone(result), replay)

    def backward(self, residuals: _Residuals, cotangent: Any) -> tuple[Any, ...]:
        """Return the adjoint of each argument."""
        with residuals.replay:
            value, gradients, adjoints = self.product(residuals.everything, cotangent)
        again = tuple(gradients[n] for n in self.gradient.wanted)
        found: Any = again[0] if self.gradient.single else again
        if not agree(residuals.result, (value, found) if self.gradient.valued else found):
            target = self.gradient.target
            raise UnsupportedError(f"The gradient of '{target.title()}' is differentiated by running the function again, "
                                   "and it gives another result then.",
                                   "Pass what it draws or counts as an argument.", place(target.func))  # fmt: skip
        return tuple(self._parts(residuals.everything, adjoints))


def agree(first: Any, second: Any) -> bool:
    """Tell whether two structures hold the same numbers but for rounding.

    Examples
    --------
    >>> agree([1.0, {"a": 2.0}], [1.0 + 1e-14, {"a": 2.0}])
    True
    """
    pairs = zip(structures.leaves(first), structures.leaves(second))
    return all(_close(a, b) for a, b in pairs if isinstance(a, (float, complex, np.inexact, np.ndarray)))


def _close(first: Any, second: Any) -> bool:
    single = np.asarray(first).dtype.char in "fFe"
    size = np.max(np.abs(first), initial=0.0, where=np.isfinite(first))
    tolerance = 1e-3 if single else 1e-8
    return np.shape(first) == np.shape(second) and np.allclose(
        first, second, rtol=tolerance, atol=tolerance * float(size), equal_nan=True
    )


def code_by_symmetry(gradient: Gradient, request: Request, values: tuple[Any, ...]) -> Code:
    """Return the derivative of a gradient that is requested.

    Parameters
    ----------
    gradient : Gradient
        The gradient.
    request : Request
        What is asked for, with respect to which of its parameters.
    values : tuple
        The arguments.

    Raises
    ------
    UnsupportedError
        If the derivative has a third order or stands beside auxiliary output, or if two arguments share memory that
        may be changed.

    Notes
    -----
    Where the cotangent is known only after the gradient (``vjp``, and calls inside of a program), the backward pass
    runs the program a second time, with the same random numbers and without its output.
    """
    wanted = request.wanted
    if request.mode == "aux":
        raise UnsupportedError("A gradient is differentiated beside auxiliary output.",
                               "Differentiate a function that returns the value alone.",
                               place(gradient.target.func))  # fmt: skip
    product = _Product(gradient, values, wanted, request.aliased)
    entries = _Entries(gradient, product, wanted, request.single, request.holomorphic)
    functions = {"grad": [entries.slope], "value_and_grad": [entries.seeded]}
    return Code(
        product.code.text, product.code.trace, product.dependencies,
        functions.get(request.mode, [entries.forward, entries.backward]), valued=wanted, changes=product.code.changes,
        changed_arguments=product.code.changed_arguments,
    )  # fmt: skip

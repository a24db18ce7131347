"""Empty arrays, arrays without axes, scalars, dtypes and layouts: the same for each of many functions, in both modes."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from srcad import check_grads, grad, jvp, vjp

Function = Callable[[Any], Any]


def filled(x: Any) -> Any:
    y = np.zeros(np.shape(x), np.asarray(x).dtype)
    y[...] = x
    y *= x
    return y


ELEMENTWISE: dict[str, Function] = {
    name: getattr(np, name)
    for name in (
        "sin cos tan sinh cosh tanh arcsin arccos arctan arcsinh arctanh exp exp2 expm1 log log2 log10 log1p sqrt square "
        "cbrt reciprocal negative positive absolute fabs sign sinc deg2rad rad2deg conj real angle nan_to_num i0 floor "
        "rint"
    ).split()
} | {
    "add": lambda x: x + x * 2,
    "subtract": lambda x: 1 - x,
    "divide": lambda x: 1 / x,
    "power": lambda x: x**3,
    "power of": lambda x: 2**x,
    "power of itself": lambda x: x**x,
    "maximum": lambda x: np.maximum(x, 0.5),
    "fmin": lambda x: np.fmin(x, x * x),
    "hypot": lambda x: np.hypot(x, 2 * x),
    "arctan2": lambda x: np.arctan2(x, 2),
    "logaddexp": lambda x: np.logaddexp(x, 1),
    "copysign": lambda x: np.copysign(x, -1),
    "remainder": lambda x: x % 0.3,
    "modf": lambda x: np.modf(x)[0],
    "frexp": lambda x: np.frexp(x)[0],
    "clip": lambda x: np.clip(x, 0.3, 0.6),
    "where": lambda x: np.where(x > 0.4, x, x * x),
    "select": lambda x: np.select([x > 0.4], [x * x], x),
    "choose": lambda x: np.choose(np.zeros(np.shape(x), int), [x, x * x]),
    "interp": lambda x: np.interp(x, [0.0, 0.5, 1.0], [1.0, 3.0, 2.0]),
    "polyval": lambda x: np.polyval([1.0, 2.0, 3.0], x),
    "einsum": lambda x: np.einsum("...,...->...", x, x),
    "filled in place": filled,
}
REDUCING: dict[str, Function] = {
    name: getattr(np, name)
    for name in (
        "sum prod mean max min var std ptp median average nansum nanprod nanmean nanmax nanvar nanstd cumsum cumprod "
        "nancumsum ediff1d"
    ).split()
} | {
    "quantile": lambda x: np.quantile(x, 0.3),
    "norm": lambda x: np.linalg.norm(x),
    "vdot": lambda x: np.vdot(x, x),
    "dot": lambda x: np.dot(np.ravel(x), np.ravel(x)),
    "inner": lambda x: np.inner(x, x),
    "tensordot": lambda x: np.tensordot(x, x, np.ndim(x)),
    "trapezoid": lambda x: np.trapezoid(np.ravel(x)),
    "diff": lambda x: np.diff(np.ravel(x)),
    "covariance": lambda x: np.cov(np.ravel(x)),
    "add.reduce": lambda x: np.add.reduce(np.ravel(x)),
    "multiply.accumulate": lambda x: np.multiply.accumulate(np.ravel(x)),
    "a loop": lambda x: sum([v * v for v in np.ravel(x)]),
}
MOVING: dict[str, Function] = {
    name: getattr(np, name) for name in "ravel transpose copy flip squeeze array asarray diagflat".split()
} | {
    "atleast_2d": lambda x: np.atleast_2d(x),
    "sort": lambda x: np.sort(x, axis=None),
    "unique": lambda x: np.unique(x),
    "reshape": lambda x: np.reshape(x, (-1,)),
    "roll": lambda x: np.roll(x, 1),
    "tile": lambda x: np.tile(x, 2),
    "repeat": lambda x: np.repeat(x, 2),
    "resize": lambda x: np.resize(x, (2,)),
    "expand_dims": lambda x: np.expand_dims(x, 0),
    "broadcast_to": lambda x: np.broadcast_to(x, (2, *np.shape(x))),
    "concatenate": lambda x: np.concatenate([np.ravel(x), np.ravel(x)]),
    "stack": lambda x: np.stack([x, x * x]),
    "append": lambda x: np.append(x, x),
    "insert": lambda x: np.insert(x, 0, 0.5),
    "pad": lambda x: np.pad(x, 1),
    "outer": lambda x: np.outer(x, x),
    "kron": lambda x: np.kron(x, x),
    "add.outer": lambda x: np.add.outer(x, x),
    "vander": lambda x: np.vander(np.ravel(x), 3),
    "convolve": lambda x: np.convolve(np.ravel(x), [1.0, 2.0]),
    "fft": lambda x: np.abs(np.fft.fft(np.ravel(x))) ** 2,
    "take": lambda x: np.take(x, np.arange(np.size(x))),
    "everything": lambda x: np.asarray(x)[...] * 2,
    "a mask": lambda x: np.asarray(x)[np.asarray(x) > 0.4],
    "bincount": lambda x: np.bincount(np.arange(np.size(x)), weights=np.ravel(x)),
    "meshgrid": lambda x: np.meshgrid(x, x)[0] * 2,
    "unwrap": lambda x: np.unwrap(np.ravel(x)),
    "block": lambda x: np.block([np.ravel(x), np.ravel(x)]),
}
FUNCTIONS = ELEMENTWISE | REDUCING | MOVING
X = np.random.default_rng(0).permutation(12).reshape(3, 4) / 14 + 0.12


def results(function: Function, x: Any) -> Any:
    """Return the plain value; None where NumPy itself does not take such an argument."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return function(x)
        except (ValueError, TypeError, ZeroDivisionError, IndexError):
            return None


def derivatives(function: Function, x: Any, plain: Any) -> Iterator[tuple[Any, Any]]:
    """Yield the gradient beside the argument, and the tangent beside the value."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        value, pullback = vjp(function, x)
        np.testing.assert_array_equal(value, plain)
        yield pullback(np.ones_like(value))[0], x
        yield jvp(function, (x,), (np.ones_like(x),))[1], plain


def check_form(found: Any, like: Any) -> None:
    """Assert the shape and the dtype; a number's derivative is a number."""
    assert np.shape(found) == np.shape(like)
    kind = np.asarray(like).dtype
    assert np.asarray(found).dtype == (kind if kind.kind in "fc" else np.float64)


@pytest.mark.parametrize("shape", [(0,), (0, 3), (3, 0)], ids=str)
@pytest.mark.parametrize("function", FUNCTIONS.values(), ids=FUNCTIONS)
def test_empty_arrays_have_empty_gradients(function: Function, shape: tuple[int, ...]) -> None:
    x = np.zeros(shape)
    plain = results(function, x)
    if plain is not None:
        for found, like in derivatives(function, x, plain):
            check_form(found, like)


@pytest.mark.parametrize("function", FUNCTIONS.values(), ids=FUNCTIONS)
def test_an_array_without_axes_has_a_gradient_without_axes(function: Function) -> None:
    x = np.array(0.37)
    plain = results(function, x)
    if plain is None:
        return
    for found, like in derivatives(function, x, plain):
        check_form(found, like)
    gradient = next(derivatives(function, x, plain))[0]
    assert isinstance(gradient, np.ndarray) and gradient.flags.writeable
    np.testing.assert_allclose(gradient, next(derivatives(function, 0.37, results(function, 0.37)))[0])


@pytest.mark.parametrize("kind", [np.float16, np.float32, np.longdouble, np.float64, float])
@pytest.mark.parametrize("function", FUNCTIONS.values(), ids=FUNCTIONS)
def test_a_scalar_has_a_scalar_gradient_of_its_type(function: Function, kind: Any) -> None:
    x = kind(0.37)
    plain = results(function, x)
    if plain is None:
        return
    for found, like in derivatives(function, x, plain):
        check_form(found, like)
    gradient = next(derivatives(function, x, plain))[0]
    assert isinstance(gradient, float if kind in (float, np.float64) else kind)


@pytest.mark.parametrize("kind", [np.float16, np.float32, np.longdouble])
@pytest.mark.parametrize("function", FUNCTIONS.values(), ids=FUNCTIONS)
def test_the_precision_is_kept(function: Function, kind: Any) -> None:
    x = X.astype(kind)
    plain = results(function, x)
    if plain is None:
        return
    for found, like in derivatives(function, x, plain):
        check_form(found, like)
    exact = next(derivatives(function, x.astype(float), results(function, x.astype(float))))[0]
    size = max(np.max(np.abs(exact)), 1.0)
    tolerance = 0.02 if kind is np.float16 else 1e-4
    np.testing.assert_allclose(
        next(derivatives(function, x, plain))[0].astype(float), exact, rtol=tolerance, atol=tolerance * size
    )


def layouts() -> dict[str, np.ndarray]:
    """Return the same numbers in other memory."""
    read_only, wide = X.copy(), np.zeros((3, 8))
    read_only.flags.writeable = False
    wide[:, ::2] = X
    return {
        "Fortran": np.asfortranarray(X),
        "strided": wide[:, ::2],
        "reversed": X[::-1, ::-1].copy()[::-1, ::-1],
        "read-only": read_only,
    }


@pytest.mark.parametrize("layout", layouts())
@pytest.mark.parametrize("function", FUNCTIONS.values(), ids=FUNCTIONS)
def test_the_layout_of_memory_does_not_matter(function: Function, layout: str) -> None:
    same = layouts()[layout]
    plain = results(function, same)
    pairs = zip(derivatives(function, same, plain), derivatives(function, X.copy(), results(function, X)))
    for (found, like), (expected, _) in pairs:
        check_form(found, like)
        np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-14)
    np.testing.assert_array_equal(same, X)


@pytest.mark.parametrize("function", ELEMENTWISE.values(), ids=ELEMENTWISE)
def test_a_row_that_is_repeated_without_memory_of_its_own(function: Function) -> None:
    repeated = np.broadcast_to(X[0], (3, 4))
    found = next(derivatives(function, repeated, results(function, repeated)))[0]
    expected = next(derivatives(function, repeated.copy(), results(function, repeated.copy())))[0]
    np.testing.assert_allclose(found, expected)
    assert found.shape == (3, 4) and found.flags.writeable


WHOLE_NUMBERS = (
    *"square sin exp add divide power maximum where sum prod mean max cumsum sort stack".split(),
)


@pytest.mark.parametrize("name", WHOLE_NUMBERS)
def test_whole_numbers_have_gradients_in_double_precision(name: str) -> None:
    numbers = np.arange(1, 7).reshape(2, 3)
    found = grad(lambda x: np.sum(FUNCTIONS[name](x)))(numbers)
    assert found.dtype == np.float64
    np.testing.assert_allclose(found, grad(lambda x: np.sum(FUNCTIONS[name](x)))(numbers.astype(float)))


# -- where: NaN in the branch that is not taken ------------------------------------------------------


def in_a_loop(x: Any) -> Any:
    y = x
    for _ in range(2):
        y = np.where(y > 0, np.log(y) * y, y)
    return y


BROKEN: dict[str, tuple[Function, list[float]]] = {
    "logarithm of negative numbers": (lambda x: np.where(x > 0, np.log(x), x * x), [-1.0, 2.0]),
    "square root of negative numbers": (lambda x: np.where(x > 0, np.sqrt(x), 0.0), [-1.0, 2.0]),
    "square root of zero": (lambda x: np.where(x > 0, np.sqrt(x), x), [0.0, 2.0]),
    "power of negative numbers": (lambda x: np.where(x > 0, x**0.5, x), [-1.0, 2.0]),
    "nested": (lambda x: np.where(x > 0, np.where(x > 1, np.log(x - 1.0) * x, x), x * x), [-1.0, 0.5, 3.0]),
    "with a scalar": (lambda x: np.where(x > 0, np.log(x), np.log(-x)), [-1.0, 2.0]),
    "a quotient": (lambda x: np.where(x != 0, np.sin(x) / x, 1.0), [0.0, 2.0]),
    "a quotient of zeros": (lambda x: np.where(x > 0, x / (x * x), x), [0.0, 2.0]),
    "inverse sine": (lambda x: np.where(np.abs(x) < 1, np.arcsin(x), x), [-3.0, 0.5]),
    "a chain": (lambda x: np.where(x > 0, np.exp(np.log(np.sqrt(x)) * x) / x, x**2), [-1.0, 2.0]),
    "NaN in the data": (lambda x: np.where(np.isnan(x), 0.0, x * x * np.sin(x)), [np.nan, 2.0]),
    "a variable of a loop": (in_a_loop, [-1.0, 2.0]),
    "by select": (lambda x: np.select([x > 0], [np.log(x) * np.sqrt(x)], x), [-1.0, 2.0]),
    "in the reduction": (lambda x: np.sum(np.log(x) * x, where=x > 0), [-1.0, 2.0]),
    "by nan_to_num": (lambda x: np.nan_to_num(np.log(x)) * 2.0, [-1.0, 2.0]),
    "by nansum": (lambda x: np.nansum(np.log(x)) ** 2, [-1.0, 2.0]),
}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("function", "point"), BROKEN.values(), ids=BROKEN)
def test_where_lets_no_nan_out_of_the_branch_not_taken(function: Function, point: list[float]) -> None:
    def loss(x: Any) -> Any:
        return np.sum(function(x) ** 2)

    x = np.array(point)
    assert np.all(np.isfinite(grad(loss)(x)))
    assert np.all(np.isfinite(jvp(loss, (x,), (np.ones_like(x),))[1]))
    if function is not in_a_loop and 0.0 not in point and np.nan not in point:
        check_grads(loss, (x,), order=2, rtol=1e-4, atol=1e-5)


def test_a_product_that_is_too_small_or_too_large_for_a_float_has_its_derivative() -> None:
    small, large = np.array([1e-200, 2e-200]), np.array([1e200, 3e200])
    np.testing.assert_allclose(grad(np.prod)(small), small[::-1], rtol=1e-12, atol=0.0)
    with np.errstate(over="ignore"):
        np.testing.assert_allclose(grad(np.prod)(large), large[::-1], rtol=1e-12)


def test_a_row_of_numbers_moves_with_its_start_and_its_step() -> None:
    def row(a: Any) -> Any:
        return np.sum(np.arange(0.0, 3.0 * a, a) ** 2) + np.sum([np.arange, np.sin][0](a, 2.0)) * a

    check_grads(row, (0.7,), order=2)
    assert grad(lambda a: np.sum(np.arange(5.0 * a)) * a)(0.7) == 6.0
    assert grad(lambda a: np.sum(np.arange(a, 5.0, dtype=int)) * a)(0.7) == 10.0


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int64])
def test_a_scalar_of_numpy_that_is_indexed_has_a_scalar_for_gradient(dtype: Any) -> None:
    for function in (lambda x: np.sum(x[None]), lambda x: x[np.newaxis][0]):
        gradient = grad(function)(dtype(2))
        assert isinstance(gradient, np.float32 if dtype is np.float32 else np.float64) and gradient == 1.0

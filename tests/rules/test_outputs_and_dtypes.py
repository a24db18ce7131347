"""Arrays that results are written to, by keyword and by position; ``dtype`` and the other options of ufuncs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import scipy.fft
import scipy.linalg
import scipy.ndimage
import scipy.signal

from srcad import check_grads, grad, jvp, vjp
from srcad.errors import NoDerivativeError, SrcadError

X = np.array([[0.7, -1.3, 0.4], [1.9, 0.6, -0.8]])


def ufunc_by_keyword(x, out):
    np.multiply(x, x, out=out)


def ufunc_by_position(x, out):
    np.exp(x, out)


def ufunc_in_a_tuple(x, out):
    np.exp(x, out=(out,))


def ufunc_where(x, out):
    np.exp(x, out=out, where=x > 0)


def first_of_two_results(x, out):
    np.modf(x * x, out, None)


def first_of_two_results_by_keyword(x, out):
    fraction, whole = np.modf(x * x, out=(out, None))
    out *= fraction + whole


def sum_by_position(x, out):
    out[0] = x[1]
    np.sum(x * x, 0, None, out[1])


def method_by_position(x, out):
    x.cumsum(1, None, out)


def method_by_keyword(x, out):
    largest = (x * x).max(axis=0, out=out[0])
    out[1] = largest * x[0]


def reduction_of_a_ufunc(x, out):
    np.multiply.reduce(x, 0, None, out[0])


def rounded(x, out):
    out[...] = x
    np.round(x[0], 1, out[0])


def product_of_matrices(x, out):
    np.matmul(x, np.outer(x[0], x[1]), out=out)


def filter_by_position(x, out):
    scipy.ndimage.correlate1d(x, [1.0, 2.0, 0.5], 0, out)


def filter_by_keyword(x, out):
    scipy.ndimage.convolve1d(x, [1.0, 2.0, 0.5], output=out)


def numbers_for_nan(x, out):
    out[...] = x
    out[0, 1] = np.inf
    out[1, 1] = np.nan
    np.nan_to_num(out, copy=False, posinf=2.0, nan=3.0)


WRITERS = (
    ufunc_by_keyword, ufunc_by_position, ufunc_in_a_tuple, ufunc_where, first_of_two_results,
    first_of_two_results_by_keyword, sum_by_position, method_by_position, method_by_keyword, reduction_of_a_ufunc,
    rounded, product_of_matrices, filter_by_position, filter_by_keyword, numbers_for_nan,
)  # fmt: skip


@pytest.mark.parametrize("write", WRITERS)
def test_what_is_written_to_an_array_has_its_derivative(write: Callable[..., Any]) -> None:
    def program(x):
        out = np.zeros((2, 3))
        write(x, out)
        return np.sum(out**2 * x) + np.sum(out)

    check_grads(program, (X,), order=2, rtol=1e-4, atol=1e-5)


CONVERTING: dict[str, Callable[[Any], Any]] = {
    "ufunc": lambda x: np.add(x, 2.0, dtype=np.float64),
    "ufunc, layout": lambda x: np.multiply(x, x, order="F", subok=False, casting="same_kind"),
    "ufunc, defaults": lambda x: np.multiply(x, x, out=None, where=True, dtype=None),
    "ufunc, signature": lambda x: np.multiply(x, x, signature="dd->d"),
    "ufunc, complex": lambda x: np.abs(np.exp(x * 1j, dtype=complex) + x) ** 2,
    "product": lambda x: np.prod(x, axis=0, dtype=np.float64),
    "product, by position": lambda x: np.prod(x, 0, float),
    "product, method": lambda x: x.prod(dtype=float) + x.prod(0, np.float64),
    "variance": lambda x: np.var(x, dtype=float) + np.std(x, axis=1, dtype=float),
    "running product": lambda x: np.cumprod(x, dtype=float) + np.cumulative_prod(x[0], dtype=float)[0],
    "without NaN": lambda x: (
        np.nansum(x, dtype=float) * np.nanmean(x, dtype=float) * np.nanprod(x, dtype=float)
    ),
    "trace": lambda x: np.trace(x, dtype=float) * x.trace(1, 0, 1, float),
    "einsum": lambda x: np.einsum("ij,kj->ik", x, x * x, dtype=float),
    "einsum, by lists": lambda x: np.einsum(x, [0, 1], x * x, [2, 1], dtype=float),
    "covariance": lambda x: np.cov(x, dtype=float) + np.corrcoef(x, dtype=float),
    "spaces": lambda x: (
        np.geomspace(x[0, 0], x[1, 0], 4, dtype=float) + np.logspace(x[0, 0], 1, 4, dtype=float)
    ),
    "methods of ufuncs": lambda x: np.add.reduce(x, dtype=float) * np.multiply.accumulate(x, dtype=float),
}


@pytest.mark.parametrize("function", CONVERTING.values(), ids=CONVERTING)
def test_a_dtype_converts(function: Callable[..., Any]) -> None:
    check_grads(lambda x: np.sum(function(x) ** 2), (X,), order=2, rtol=1e-4, atol=1e-5)


NARROWING: dict[str, Callable[[Any], Any]] = {
    "ufunc": lambda x: np.multiply(x, x, dtype=np.float32),
    "product": lambda x: np.prod(x, axis=0, dtype=np.float32),
    "method": lambda x: x.prod(0, np.float32),
    "variance": lambda x: np.var(x, dtype=np.float32),
    "reduction": lambda x: np.multiply.reduce(x, dtype=np.float32),
    "covariance": lambda x: np.cov(x, dtype=np.float32),
    "space": lambda x: np.geomspace(x[0, 0], x[1, 0], 4, dtype=np.float32),
}


@pytest.mark.parametrize("function", NARROWING.values(), ids=NARROWING)
def test_a_narrow_dtype_gives_results_in_it_and_gradients_in_that_of_the_argument(
    function: Callable[..., Any],
) -> None:
    value, pullback = vjp(function, X)
    assert value.dtype == np.float32
    np.testing.assert_allclose(value, function(X), rtol=1e-6)
    (gradient,) = pullback(np.ones_like(value))
    assert gradient.dtype == np.float64
    tangent = jvp(function, (X,), (X,))[1]
    np.testing.assert_allclose(np.sum(tangent), np.sum(gradient * X), rtol=1e-4)


def test_an_integer_dtype_is_a_step() -> None:
    def steps(x):
        return np.sum(np.prod(x, dtype=int) + x)

    np.testing.assert_array_equal(grad(steps)(X), np.ones_like(X))


def test_a_conversion_that_numpy_refuses_is_refused_as_it_does() -> None:
    with pytest.raises(TypeError):
        grad(lambda x: np.sum(np.real(np.multiply(x * 1j, x, dtype=float))))(X)


def test_what_is_not_initialised_is_refused_with_the_line() -> None:
    with pytest.raises(SrcadError, match="not initialised") as caught:
        grad(lambda x: np.sum(np.exp(x, where=x > 0)))(X)
    assert caught.value.location is not None


def test_an_argument_that_may_be_destroyed_is_kept_or_refused() -> None:
    check_grads(lambda x: np.median(x, overwrite_input=True) ** 2, (X,), order=2, rtol=1e-4, atol=1e-5)
    with pytest.raises(NoDerivativeError, match="destroys"):
        grad(lambda x: np.sum(np.median(x, axis=None, overwrite_input=True) * x))(X)


M = np.array([[2.0, 0.3, 0.1], [0.4, 1.5, -0.2], [0.3, 0.1, 1.2]])


@pytest.mark.parametrize(
    "program",
    [
        lambda x: np.sum(scipy.fft.dct(x, overwrite_x=True)) + x[0, 0],
        lambda x: np.sum(scipy.signal.detrend(x, overwrite_data=True)) + x[0, 0],
        lambda x: np.sum(scipy.linalg.lu_factor(x.T, overwrite_a=True)[0] * x),
        lambda x: np.sum(scipy.linalg.lu(x.T, overwrite_a=True)[2] * x),
        lambda x: np.sum(scipy.linalg.lstsq(x.T, x[:, 0], overwrite_a=True)[0] * x),
        lambda x: np.sum(scipy.linalg.cho_solve((np.eye(3), True), x[0], overwrite_b=True) * x),
        lambda x: sum(np.sum(scipy.linalg.qr(x, overwrite_a=True)[1] ** 3) for _ in range(2)),
    ],
)
def test_an_argument_that_may_be_destroyed_is_refused_where_it_is_read_again(program: Any) -> None:
    with pytest.raises(NoDerivativeError) as caught:
        grad(program)(M)
    assert caught.value.location is not None


def test_what_nothing_else_reads_may_be_destroyed() -> None:
    check_grads(lambda x: np.sum(scipy.fft.dct(x * x, overwrite_x=True) ** 2), (M,), order=2)
    check_grads(lambda x: np.sum(scipy.linalg.lu(x * 1.0, overwrite_a=True)[2] ** 2), (M,), order=2)
    check_grads(lambda x: np.sum(scipy.linalg.inv(x @ x, overwrite_a=True)) + x[0, 0], (M,), order=2)


def test_code_of_scipy_without_a_rule_is_refused_and_runs_on_data() -> None:
    data = X.copy()
    with pytest.raises(NoDerivativeError, match="no derivative rule"):
        grad(lambda x: np.sum(scipy.ndimage.grey_opening(x, 2) ** 2))(X)
    edges = scipy.ndimage.grey_opening(X, 2)
    np.testing.assert_allclose(grad(lambda x: np.sum(scipy.ndimage.grey_opening(data, 2) * x))(X), edges)


def stored_in_single_precision(x: Any) -> Any:
    kept = np.zeros(4, dtype=np.float32)
    kept[:] = x
    kept[1:] += x[:3]
    return np.sum(kept.astype(np.float64) ** 2)


def test_a_float_in_single_precision_has_a_float_for_a_gradient() -> None:
    assert type(grad(lambda x: np.float32(x) * 2)(0.5)) is float


def test_store_in_single_precision_leaves_the_gradient_the_dtype_of_its_argument() -> None:
    gradient = grad(stored_in_single_precision)(np.array([1.0, 2.0, 3.0, 4.0]))
    assert gradient.dtype == np.float64
    assert np.allclose(gradient, [8.0, 16.0, 24.0, 14.0])


def test_options_that_are_handed_on_as_none_have_their_defaults() -> None:
    def smooth(x, axis=None, dtype=None, depth=2):
        if depth == 0:
            return np.mean(x * x, axis=axis, dtype=dtype)
        return smooth(np.sin(x), axis, dtype, depth - 1)

    check_grads(
        lambda x: np.sum(smooth(x)) + np.sum(smooth(x, 0)), (np.array([[0.1, 0.5], [0.4, -0.3]]),), order=2
    )


def test_an_output_that_is_handed_on_as_none_is_none() -> None:
    def product(x, out=None):
        return [np.prod, lambda v, out=None: np.prod(v, out=out)][1](x, out)

    check_grads(product, (np.array([0.5, 1.2, -0.7]),), order=2)

"""The conventions at ties, zeros and edges, and for every kind of array."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest

from srcad import grad
from srcad.errors import SrcadError
from srcad.rules import registry
from tests.rules.harness import Sample, check_dtype, gradients
from tests.rules.samples import SAMPLES

# -- conventions -------------------------------------------------------------------------------------


def gradient_at(function: Any, *args: Any, g: Any = 1.0, **kwargs: Any) -> dict[str, Any]:
    """Return the gradients of one rule, with warnings as errors."""
    sample = Sample(function, args, kwargs)
    rule = registry.find(function)
    assert rule is not None
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return gradients(rule, sample, g)


def test_ties_are_shared_equally() -> None:
    tied = gradient_at(np.maximum, np.array([1.0, 2.0]), np.array([1.0, 3.0]), g=np.ones(2))
    np.testing.assert_array_equal(tied["x1"], [0.5, 0.0])
    np.testing.assert_array_equal(tied["x2"], [0.5, 1.0])
    assert gradient_at(np.minimum, 1.0, 1.0) == {"x1": 0.5, "x2": 0.5}
    np.testing.assert_array_equal(gradient_at(np.max, np.array([3.0, 1.0, 3.0]))["a"], [0.5, 0.0, 0.5])
    np.testing.assert_array_equal(gradient_at(np.clip, np.array([1.0]), 1.0, 2.0, g=np.ones(1))["a"], [0.5])
    infinite = np.array([np.inf, -np.inf])
    np.testing.assert_array_equal(gradient_at(np.maximum, infinite, infinite, g=np.ones(2))["x1"], [0.5, 0.5])


@pytest.mark.parametrize("zero", [0.0, np.float64(0.0), np.zeros(2)], ids=["float", "scalar", "array"])
def test_absolute_values_and_norms_at_zero(zero: Any) -> None:
    assert not np.any(gradient_at(np.absolute, zero)["x"])
    assert not np.any(gradient_at(abs, zero)["x"])
    assert not np.any(gradient_at(np.hypot, zero, zero)["x1"])
    assert not np.any(gradient_at(np.linalg.norm, np.zeros(3))["x"])
    assert not np.any(gradient_at(np.std, np.ones(3))["a"])


@pytest.mark.parametrize("zero", [0.0, np.float64(0.0), np.zeros(2)], ids=["float", "scalar", "array"])
def test_powers_at_zero(zero: Any) -> None:
    for exponent, expected in ((0, 0), (0.0, 0), (1, 1), (1.0, 1), (2, 0), (2.0, 0), (0.5, np.inf)):
        found = gradient_at(np.power, zero, exponent)
        assert np.all(found["x1"] == expected), exponent
        assert np.all(np.isfinite(found["x2"])), exponent
    if isinstance(zero, np.ndarray):
        found = gradient_at(np.power, zero, np.array([0.0, 2.0]), g=np.ones(2))
        np.testing.assert_array_equal(found["x1"], [0.0, 0.0])


def test_where_cuts_what_was_not_taken() -> None:
    g = np.array([np.inf, np.nan, 1.0])
    found = gradient_at(np.where, np.array([False, False, True]), np.ones(3), np.ones(3), g=g)
    np.testing.assert_array_equal(found["x"], [0.0, 0.0, 1.0])


def test_integers_get_floating_gradients() -> None:
    found = gradient_at(np.power, np.array([1, 2, 3]), 2, g=np.ones(3))
    np.testing.assert_array_equal(found["x1"], [2.0, 4.0, 6.0])
    assert gradient_at(np.maximum, np.array([1, 2]), 2, g=np.ones(2))["x1"].dtype == np.float64
    assert gradient_at(np.max, np.array([1, 2, 2]))["a"].dtype == np.float64


def test_the_gradient_of_a_cast_to_integers_is_zero() -> None:
    assert not np.any(gradient_at(np.ndarray.astype, np.array([0.5, 1.5]), int, g=np.ones(2))["self"])


def test_products_with_one_and_two_zeros() -> None:
    np.testing.assert_array_equal(gradient_at(np.prod, np.array([2.0, 0.0, 3.0]))["a"], [0.0, 6.0, 0.0])
    np.testing.assert_array_equal(gradient_at(np.prod, np.array([0.0, 0.0, 3.0]))["a"], [0.0, 0.0, 0.0])
    found = gradient_at(np.cumprod, np.array([2.0, 0.0, 3.0]), g=np.ones(3))
    np.testing.assert_array_equal(found["a"], [1.0, 8.0, 0.0])


def test_zero_to_a_power() -> None:
    found = gradient_at(np.power, 0.0, np.array([2.0, 0.5, 3.0]), g=np.ones(3))
    np.testing.assert_array_equal(found["x2"], np.zeros(3))


def test_a_mask_cuts_what_a_reduction_leaves_out() -> None:
    x = np.array([1.0, np.nan, 3.0])
    mask = np.array([True, False, True])
    for function in (np.sum, np.mean, np.prod, np.var, np.std):
        found = gradient_at(function, x, where=mask)["a"]
        assert found[1] == 0.0 and np.all(np.isfinite(found)), function
    np.testing.assert_array_equal(gradient_at(np.nansum, x)["a"], [1.0, 0.0, 1.0])
    np.testing.assert_array_equal(gradient_at(np.nanmax, x)["a"], [0.0, 0.0, 1.0])


def test_extremes_beside_an_initial_value_share_ties_with_it() -> None:
    found = gradient_at(np.max, np.array([3.0, 1.0]), initial=3.0)["a"]
    np.testing.assert_array_equal(found, [0.5, 0.0])
    np.testing.assert_array_equal(gradient_at(np.max, np.array([3.0, 1.0]), initial=4.0)["a"], [0.0, 0.0])


def test_order_statistics_give_the_gradient_to_the_entries_they_return() -> None:
    np.testing.assert_array_equal(gradient_at(np.median, np.array([3.0, 1.0, 2.0]))["a"], [0.0, 0.0, 1.0])
    np.testing.assert_array_equal(
        gradient_at(np.median, np.array([4.0, 1.0, 2.0, 3.0]))["a"], [0.0, 0.0, 0.5, 0.5]
    )
    found = gradient_at(np.unique, np.array([2.0, 1.0, 2.0]), g=np.array([10.0, 20.0]))["ar"]
    np.testing.assert_array_equal(found, [20.0, 10.0, 0.0])
    found = gradient_at(
        np.intersect1d, np.array([3.0, 1.0, 2.0]), np.array([2.0, 3.0]), g=np.array([10.0, 20.0])
    )
    np.testing.assert_array_equal(found["ar1"], [20.0, 0.0, 10.0])
    found = gradient_at(np.trim_zeros, np.array([0.0, 5.0, 0.0, 7.0, 0.0]), g=np.array([1.0, 2.0, 3.0]))[
        "filt"
    ]
    np.testing.assert_array_equal(found, [0.0, 1.0, 2.0, 3.0, 0.0])


# -- kinds of arrays ---------------------------------------------------------------------------------


@pytest.mark.parametrize("function", [np.sum, np.prod, np.cumsum, np.sort, np.ravel, np.exp, np.var, np.diff])
def test_empty_arrays_have_empty_gradients(function: Any) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = grad(lambda x: np.sum(function(x)))(np.zeros((0,)))
    assert found.shape == (0,) and found.dtype == np.float64


@pytest.mark.parametrize(
    "function", [np.sum, np.mean, np.prod, np.max, np.exp, np.ravel, np.abs, np.atleast_1d]
)
def test_arrays_without_axes_have_gradients_without_axes(function: Any) -> None:
    found = grad(lambda x: np.sum(function(x)))(np.array(0.7))
    assert np.shape(found) == ()
    np.testing.assert_allclose(found, grad(lambda x: np.sum(function(x)))(0.7))


@pytest.mark.parametrize("kind", [np.float32, np.float64, np.longdouble])
def test_scalars_of_numpy_keep_their_type(kind: Any) -> None:
    found = grad(lambda x: np.sin(x) * x)(kind(0.7))
    assert isinstance(found, kind)


def summed(x: Any) -> Any:
    return np.sum(np.exp(x) * np.cumsum(x, axis=0) + np.sort(x, axis=1) @ x.T @ x)


X = np.random.default_rng(0).uniform(0.2, 0.9, (3, 4))


@pytest.mark.parametrize(
    "same",
    [np.asfortranarray(X), np.repeat(X, 2, axis=1)[:, ::2], X.T.copy().T, np.flip(np.flip(X).copy())],
    ids=["Fortran", "strided", "transposed", "reversed"],
)
def test_the_layout_of_memory_does_not_matter(same: np.ndarray) -> None:
    np.testing.assert_allclose(grad(summed)(same), grad(summed)(X), rtol=1e-14)


def test_read_only_arrays_are_read() -> None:
    locked = X.copy()
    locked.flags.writeable = False
    found = grad(summed)(locked)
    np.testing.assert_allclose(found, grad(summed)(X))
    assert found.flags.writeable


@pytest.mark.parametrize(
    "wrong",
    [np.ma.masked_array([1.0, 2.0], [False, True]), np.array([1.0, 2.0], dtype=object)],
    ids=["masked", "object"],
)
def test_masked_and_object_arrays_are_refused(wrong: Any) -> None:
    with pytest.raises(SrcadError):
        grad(lambda x: np.sum(x * x))(wrong)


# -- precision ---------------------------------------------------------------------------------------


def keeps(sample: Sample, dtype: Any) -> bool:
    """Check the dtype of gradients at a sample; return whether the function takes the dtype."""
    rule = registry.find(sample.function)
    assert rule is not None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return check_dtype(rule, sample, dtype)
    except TypeError:
        return False


@pytest.mark.parametrize("dtype", [np.float16, np.longdouble])
def test_half_and_extended_precision_are_kept(dtype: Any) -> None:
    first = {
        sample.function: sample for sample in reversed(SAMPLES) if not hasattr(sample.function, "__wrapped__")
    }
    numpy_only = [s for f, s in first.items() if getattr(np, getattr(f, "__name__", ""), None) is f]
    checked = [sample for sample in numpy_only if keeps(sample, dtype)]
    assert len(checked) > 60

"""The quick ways of the helpers agree with the general ones."""

import warnings

import numpy as np
import pytest

from srcad import runtime as rt

ENTRIES = np.array([[0.0, -1.5, 2.0], [3.0, 0.0, 0.5]])


@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.complex128, np.complex64])
@pytest.mark.parametrize("x", [0.0, 2.0, -2.0, 1e-40, 1e38, np.inf, np.nan])
def test_powers_of_numbers_are_those_of_arrays(dtype, x):
    for exponent in (0, 1, 2, -1, 0.5, -0.5):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            number = rt.scaled_power(3, dtype(x), exponent)
            entry = rt.scaled_power(3, np.array([x], dtype), exponent)[0]
        assert type(number) is type(entry)
        np.testing.assert_allclose(number, entry, rtol=1e-6)


def test_a_mask_gives_what_the_places_that_it_selects_give():
    mask = ENTRIES != 0.0
    places = np.nonzero(mask)
    found, expected = rt.store_gradient(ENTRIES, mask), rt.store_gradient(ENTRIES, places)
    assert np.array_equal(found, expected)
    assert not np.shares_memory(found, ENTRIES)
    by_mask, by_places = np.ones((2, 3)), np.ones((2, 3))
    rt.accumulate(by_mask, mask, found)
    rt.accumulate(by_places, places, found)
    assert np.array_equal(by_mask, by_places)


@pytest.mark.parametrize("axis", [None, 0, 1, (0, 1)])
@pytest.mark.parametrize(
    "a", [ENTRIES, np.maximum(ENTRIES, 2.0), ENTRIES * np.nan, ENTRIES.astype(np.float32)]
)
def test_the_shares_in_an_extreme_add_up_to_one(a, axis):
    extreme = np.max(a, axis=axis, keepdims=axis is not None)
    shares = rt.extreme_share(a, extreme, axis)
    total = np.sum(shares, axis=axis, keepdims=axis is not None)
    assert np.array_equal(total, np.where(np.isnan(extreme), 0.0, 1.0))
    assert shares.dtype in (bool, a.dtype)


def test_a_quotient_meets_no_pole():
    x = np.array([0.0, 2.0, 0.0])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert np.array_equal(rt.quotient(np.array([0.0, 1.0, 1.0]), x), [0.0, 0.5, np.inf])
        assert np.array_equal(rt.quotient(np.array([0.0, 1.0, 1.0]), x + 1.0), [0.0, 1 / 3, 1.0])


@pytest.mark.parametrize("x", [0.5, np.float64(0.5), np.float32(0.5), np.array(0.5), 1, 0.5j])
@pytest.mark.parametrize("cotangent", [ENTRIES, ENTRIES[0], np.array(2.0), ENTRIES > 0.0, 3.0])
def test_the_gradient_of_a_number_is_a_sum(cotangent, x):
    found = rt.unbroadcast(cotangent, x)
    assert np.shape(found) == ()
    assert isinstance(found, np.ndarray) <= isinstance(x, np.ndarray)
    np.testing.assert_allclose(found, np.sum(cotangent))

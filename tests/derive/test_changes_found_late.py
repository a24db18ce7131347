"""Changes of arrays that are found when the program runs."""

from __future__ import annotations

import operator

import numpy as np
import pytest

from srcad import grad
from srcad.errors import UnsupportedError


def known(x):
    a = x * 1.0
    a @= np.outer(x, x)
    return np.sum(a * a)


def found_when_it_runs(x):
    a = x * 1.0
    multiply = [operator.imatmul][0]
    a = multiply(a, np.outer(x, x))
    return np.sum(a * a)


def test_the_product_of_a_known_array_has_its_gradient():
    x = np.array([0.3, 0.7])
    np.testing.assert_allclose(grad(known)(x), 6 * np.dot(x, x) ** 2 * x)


def test_a_product_that_is_resolved_when_it_happens_is_refused():
    with pytest.raises(UnsupportedError, match=r"(?s)'@='.*multiply\(a"):
        grad(found_when_it_runs)(np.array([0.3, 0.7]))


class Holder:
    def __init__(self, entries):
        self.entries = entries


def stored_attribute(x, name):
    holders = [Holder(x * 1.0), Holder(x * 2.0)]
    for holder in holders:
        setattr(holder.entries, name, x[0])
    return np.sum(holders[0].entries)


def test_an_attribute_of_an_array_that_is_found_late_is_not_stored():
    with pytest.raises(UnsupportedError, match="'imag' is stored of an array"):
        grad(stored_attribute)(np.array([0.3, 0.7]), "imag")

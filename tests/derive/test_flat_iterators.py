"""An iterator over the entries of an array is taken for indices into it, or refused where it is a value."""

from __future__ import annotations

import numpy as np
import pytest

from srcad import grad
from srcad.errors import UnsupportedError


def kept(a):
    return {"entries": a.flat}["entries"][0] * a[0, 0]


def test_an_iterator_in_a_container_is_refused_at_its_line() -> None:
    with pytest.raises(UnsupportedError, match="used as a value") as caught:
        grad(kept)(np.ones((2, 2)))
    assert caught.value.location is not None
    assert "a.flat" in caught.value.location.text


def total(a):
    s = 0.0
    for v in a.flat:
        s += v * v
    return s


def test_a_loop_over_the_entries_is_plain_code() -> None:
    derivative = grad(total)
    assert np.array_equal(derivative(np.arange(4.0).reshape(2, 2)), [[0.0, 2.0], [4.0, 6.0]])
    assert "rt.call" not in derivative.source

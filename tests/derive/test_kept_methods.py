"""Methods of arrays that change their array, kept as values."""

from __future__ import annotations

import numpy as np
import pytest

from srcad import SrcadError, grad, jvp

X = np.array([0.9, 0.5, 0.4])


def filled(x):
    y = x * 1.0
    fill = y.fill
    fill(x[0])
    return (y * x).sum()


def sorted_in_place(x):
    y = x * 1.0
    order = [y.sort, y.sum][0]
    order()
    return (y * np.arange(3.0)).sum()


def put(x):
    y = x * 1.0
    store = y.put
    store([0], x[1] * 3)
    return (y * x).sum()


@pytest.mark.parametrize(
    "function, expected",
    [(filled, [2 * X[0] + X[1] + X[2], X[0], X[0]]), (sorted_in_place, [2.0, 1.0, 0.0])],
)
def test_both_modes_follow_the_change(function, expected):
    np.testing.assert_allclose(grad(function)(X), expected)
    tangents = [jvp(function)((X,), (unit,))[1] for unit in np.eye(3)]
    np.testing.assert_allclose(tangents, expected)


@pytest.mark.parametrize("differentiate", [lambda: grad(put)(X), lambda: jvp(put)((X,), (X,))])
def test_other_changes_are_refused_at_their_line(differentiate):
    with pytest.raises(SrcadError, match=r"(?s)\.put of an array is kept as a value.*store = y\.put"):
        differentiate()

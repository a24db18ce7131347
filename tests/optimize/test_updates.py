"""An update in place that was derived as an assignment is one in place again, unless a history keeps its operand."""

from __future__ import annotations

import numpy as np
import pytest

from srcad import grad

X = np.array([[0.9, -0.4, 1.3], [0.2, 0.8, -0.7]])


def updated(x):
    acc = 0.0
    for row in x:
        acc += row * row
    return np.sum(np.sin(acc))


def assigned(x):
    acc = 0.0
    for row in x:
        acc = acc + row * row
    return np.sum(np.sin(acc))


def squared_in_every_trip(x):
    acc = 0.0
    total = 0.0
    for row in x:
        acc += row
        total += np.sum(acc * acc)
    return total


def test_an_update_stays_one() -> None:
    derivative = grad(updated)
    derivative(X)
    assert "acc += row * row" in derivative.source


def test_an_assignment_stays_one() -> None:
    derivative = grad(assigned)
    derivative(X)
    assert "acc = acc + row * row" in derivative.source


def test_what_a_history_keeps_is_not_changed() -> None:
    derivative = grad(squared_in_every_trip)
    found = derivative(X)
    assert "acc_history.append(acc)" in derivative.source
    assert "acc += row" not in derivative.source.replace("# line 31: acc += row", "")
    np.testing.assert_allclose(found, [2 * (2 * X[0] + X[1]), 2 * (X[0] + X[1])])


def grown(x, y):
    acc = 0.0
    for part in (x, y):
        acc += part
    return np.sum(acc)


def test_an_update_that_does_not_fit_raises_as_in_numpy() -> None:
    for function in (grown, grad(grown)):
        with pytest.raises(ValueError, match="non-broadcastable output operand"):
            function(X[0], X)

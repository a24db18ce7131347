"""Cotangents that do not fit are refused, and so are results that are no pair under ``has_aux``."""

import numpy as np
import pytest

from srcad import value_and_grad, vjp
from srcad.errors import ArgumentError, OutputError


@pytest.mark.parametrize("cotangent", [1.0, np.ones(2), [1.0, 2.0], {"a": 1.0}, "s"])
def test_a_cotangent_of_another_shape_is_refused(cotangent) -> None:
    _, pullback = vjp(lambda x: x * 2.0, np.ones(3))
    with pytest.raises(ArgumentError, match=r"where the value has \(3,\)"):
        pullback(cotangent)
    np.testing.assert_array_equal(pullback(np.ones(3))[0], [2.0, 2.0, 2.0])


def test_a_cotangent_of_another_structure_is_refused() -> None:
    _, pullback = vjp(lambda x: {"x": x, "y": (x * 2.0, "s")}, 2.0)
    with pytest.raises(ArgumentError, match="the keys"):
        pullback({"x": 1.0})
    with pytest.raises(ArgumentError, match=r"\['y'\].*has 2 items"):
        pullback({"x": 1.0, "y": 1.0})
    assert pullback({"x": 1.0, "y": (1.0, None)}) == (3.0,)
    assert pullback({"x": None, "y": [1.0, None]}) == (2.0,)


@pytest.mark.parametrize("function", [lambda w: w * w, lambda w: (w, w, w), lambda w: [w, w][0]])
def test_has_aux_needs_a_pair(function) -> None:
    with pytest.raises(OutputError, match="does not return a pair"):
        value_and_grad(function, has_aux=True)(3.0)

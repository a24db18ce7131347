"""Mixed tangents are not lost where one of the directions is zero, by chance or by choice."""

from __future__ import annotations

import numpy as np
import pytest

from srcad import grad, jvp


def resolved_late(g, p):
    several = [np.multiply]
    return several[0](several[0](g, p), p)


def known(g, p):
    return g * p * p


@pytest.mark.parametrize("directions", [((0.0, 1.4), (0.9, 0.0)), ((0.9, 0.0), (0.0, 1.4))])
def test_mixed_tangents_of_a_gradient_where_the_values_are_zero(directions):
    first, second = directions

    def twice(f):
        along = lambda g, p: jvp(grad(f, (0, 1)), (g, p), first)[1]  # noqa: E731
        return jvp(along, (0.0, 0.5), second)[1]

    np.testing.assert_allclose(twice(resolved_late), twice(known), rtol=1e-12)
    np.testing.assert_allclose(twice(known), (0.0, 2.0 * 1.4 * 0.9), rtol=1e-12)

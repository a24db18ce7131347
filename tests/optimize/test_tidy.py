"""The last touches on the final text."""

import numpy as np
import pytest

from srcad import grad


def smoothed(u):
    u[1:-1] += 0.5 * u[:-2]
    return np.sum(u * u)


def overwritten(u):
    u[0] = 2.0 * u[1]
    return np.max(u)


@pytest.mark.parametrize("changing", [smoothed, overwritten])
def test_an_argument_is_kept_under_a_second_name_only_where_it_is_read(changing):
    gradient = grad(changing)
    gradient(np.array([1.0, 2.0, 3.0]))
    assert gradient.source.count("u_argument") != 1

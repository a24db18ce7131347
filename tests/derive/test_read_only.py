"""Arrays that are read-only, in programs that would change them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from srcad import grad, jvp
from srcad.errors import UnsupportedError


def caught(x, y, s):
    try:
        x[0] = 3.0
    except ValueError:
        y[0] = s**2
    return np.sum(x) * s + np.sum(y)


def read_only() -> Any:
    array = np.ones(2)
    array.flags.writeable = False
    return array


def test_a_store_whose_error_may_be_caught_is_refused() -> None:
    zero = np.zeros(2)
    with pytest.raises(UnsupportedError, match="read-only") as refused:
        grad(caught, argnums="s")(read_only(), np.ones(2), 1.5)
    assert refused.value.location is not None
    with pytest.raises(UnsupportedError, match="read-only") as refused:
        jvp(caught, (read_only(), np.ones(2), 1.5), (zero, zero, 1.0))
    assert refused.value.location is not None


def test_what_is_only_read_may_be_read_only() -> None:
    def scaled(x, y, s):
        y *= s
        return np.sum(x * y)

    np.testing.assert_allclose(grad(scaled, argnums="s")(read_only(), np.ones(2), 1.5), 2.0)
    np.testing.assert_allclose(grad(caught, argnums="s")(np.ones(2), np.ones(2), 1.5), 4.0)

"""Imports inside of a function that fail: they raise where the program comes to them, not when it is compiled."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from srcad import grad, jvp


def exactly(x: float, exact: bool = False) -> Any:
    if exact:
        from no_such_module import precise  # type: ignore[import-not-found]  # noqa: PLC0415

        return precise(x) * 2.0
    return x * x


def with_another_in_its_place(x: Any) -> Any:
    try:
        import no_such_module as library  # noqa: PLC0415
    except ImportError:
        library = np
    return library.sin(x) * x


def with_a_function_in_its_place(x: Any) -> Any:
    try:
        from no_such_module import logistic  # noqa: PLC0415
    except ImportError:

        def logistic(t: Any) -> Any:
            return 1.0 / (1.0 + np.exp(-t))

    return logistic(x)


def test_a_branch_that_is_not_taken_needs_no_module() -> None:
    assert grad(exactly)(3.0) == 6.0
    assert jvp(exactly)((3.0,), (1.0,)) == (9.0, 6.0)
    for operator in (lambda: grad(exactly)(3.0, True), lambda: jvp(exactly)((3.0, True), (1.0, None))):
        with pytest.raises(ModuleNotFoundError, match="no_such_module"):
            operator()


def test_what_stands_in_for_it_is_differentiated() -> None:
    slope = np.sin(0.7) + 0.7 * np.cos(0.7)
    assert np.isclose(grad(with_another_in_its_place)(0.7), slope)
    assert np.isclose(jvp(with_another_in_its_place)((0.7,), (1.0,))[1], slope)
    value = 1.0 / (1.0 + np.exp(-0.7))
    assert np.isclose(grad(with_a_function_in_its_place)(0.7), value * (1.0 - value))

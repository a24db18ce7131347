"""Methods of arguments are resolved when compiling, as long as that is what Python would call."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from srcad import grad


class Linear:
    """A slope, and the shape that it scales."""

    def __init__(self, slope: float) -> None:
        self.slope = slope

    def shape(self, x: float) -> float:
        return x

    def value(self, x: float) -> float:
        return self.slope * self.shape(x)


def value(f: Any, x: float) -> float:
    return f.value(x)


def test_a_method_is_inlined() -> None:
    derivative = grad(value, argnums=1)

    assert derivative(Linear(2.0), 0.5) == 2.0
    assert "call" not in derivative.source


def test_a_function_that_an_instance_holds_stands_before_the_method() -> None:
    bent = Linear(2.0)
    bent.shape = lambda x: x * x  # type: ignore[method-assign]
    derivative = grad(value, argnums=1)

    assert [derivative(Linear(2.0), 3.0) for _ in range(6)][-1] == 2.0
    assert [derivative(bent, 3.0) for _ in range(6)][-1] == 12.0
    assert derivative(Linear(2.0), 3.0) == 2.0


def test_a_method_that_is_replaced_between_two_calls_is_seen(monkeypatch: Any) -> None:
    derivative = grad(value, argnums=1)
    assert [derivative(Linear(2.0), 3.0) for _ in range(6)][-1] == 2.0

    monkeypatch.setattr(Linear, "shape", lambda self, x: x**3)
    assert derivative(Linear(2.0), 3.0) == 54.0


def test_one_array_in_an_object_and_beside_it_has_two_gradients() -> None:
    class Layer:
        def __init__(self, w: Any) -> None:
            self.w = w

        def __call__(self, x: Any) -> Any:
            return self.w @ x

    x = np.array([0.5, 2.0])
    of_layer, of_x = grad(lambda layer, x: layer(x) ** 2, argnums=(0, 1))(Layer(x), x)

    np.testing.assert_allclose(of_layer.w, 2 * (x @ x) * x)
    np.testing.assert_allclose(of_x, 2 * (x @ x) * x)


class Point:
    """A number, made in two ways."""

    def __init__(self, x: float) -> None:
        self.x = x

    @classmethod
    def double(cls, x: float) -> Point:
        return cls(2.0 * x)

    @staticmethod
    def square(x: float) -> float:
        return x * x


def test_methods_of_a_class_are_inlined() -> None:
    derivative = grad(lambda x: Point.square(Point.double(x).x))

    assert derivative(3.0) == 24.0
    assert "call" not in derivative.source and "Point" not in derivative.source


def test_a_method_of_a_class_that_is_replaced_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    derivative = grad(lambda x: Point.square(x))
    assert derivative(3.0) == 6.0
    monkeypatch.setattr(Point, "square", staticmethod(lambda x: x * x * x))
    assert derivative(3.0) == 27.0

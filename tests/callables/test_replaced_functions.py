"""Functions whose code or defaults are replaced, as tools do that load edited modules anew, are derived anew."""

from collections.abc import Callable
from typing import Any

import pytest

from srcad import grad, jvp


def scaled(x: float, by: float = 2.0) -> float:
    return x * by


def shifted(x: float, *, by: float = 2.0) -> float:
    return x * by


def calling(x: float) -> float:
    return scaled(x) + shifted(x)


def repeated(n: int, x: float, by: float = 2.0) -> float:
    return x if n == 0 else repeated(n - 1, x * by)


def calling_a_recursive_one(x: float) -> float:
    return repeated(2, x)


class Scale:
    def times(self, x: float, by: float = 2.0) -> float:
        return x * by


def calling_a_method(x: float) -> float:
    return Scale().times(x)


def tripled(x: float) -> float:
    return 3.0 * x


def of_another_file(x: float) -> float:
    return 5.0 * x


def calling_replaced(x: float) -> float:
    return tripled(x)


CALLED: list[tuple[Callable[..., float], Callable[..., Any], tuple[float, float]]] = [
    (scaled, scaled, (2.0, 7.0)),
    (shifted, shifted, (2.0, 7.0)),
    (calling, scaled, (4.0, 9.0)),
    (calling, shifted, (4.0, 9.0)),
    (calling_a_recursive_one, repeated, (4.0, 49.0)),
    (calling_a_method, Scale.times, (2.0, 7.0)),
]


@pytest.mark.parametrize(("f", "changed", "expected"), CALLED)
def test_defaults_are_those_of_the_call(
    f: Callable[..., float], changed: Any, expected: tuple[float, float], monkeypatch: pytest.MonkeyPatch
) -> None:
    derivative = grad(f)
    for _ in range(9):  # calls that are made often are made by a shorter way
        assert derivative(1.0) == expected[0]
    kind = "__kwdefaults__" if changed.__kwdefaults__ else "__defaults__"
    monkeypatch.setattr(changed, kind, {"by": 7.0} if changed.__kwdefaults__ else (7.0,))
    assert derivative(1.0) == expected[1]
    assert jvp(f, (1.0,), (1.0,))[1] == expected[1]


@pytest.mark.parametrize("f", [tripled, calling_replaced])
def test_code_is_that_of_the_call(f: Callable[..., float], monkeypatch: pytest.MonkeyPatch) -> None:
    derivative = grad(f)
    for _ in range(9):
        assert derivative(1.0) == 3.0
    monkeypatch.setattr(tripled, "__code__", of_another_file.__code__)
    assert derivative(1.0) == 5.0
    assert jvp(f, (1.0,), (1.0,))[1] == 5.0

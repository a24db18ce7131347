"""Classes that extend arrays and redefine their operators are refused, wherever a program finds their instances."""

import datetime
import enum
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from srcad import grad, jvp
from srcad.errors import SrcadError


class Product(np.ndarray):
    """An array whose ``*`` is that of matrices."""

    def __mul__(self, other: Any) -> Any:
        return np.asarray(self) @ np.asarray(other)


class Named(np.ndarray):
    """An array that has a name besides."""

    def __array_finalize__(self, other: Any) -> None:
        self.name = getattr(other, "name", "")


class Holder:
    def __init__(self, value: Any) -> None:
        self.inner = SimpleNamespace(value=value)


class Slotted:
    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value


PLAIN = np.array([[1.0, 2.0], [3.0, 4.0]])
ODD = {
    "a matrix": PLAIN.view(np.matrix),
    "a masked array": np.ma.array(PLAIN, mask=PLAIN > 3.0),
    "a class of one's own": PLAIN.view(Product),
}
held: Any = None


def of_argument(x: Any, m: Any) -> Any:
    return np.sum(m * x)


def of_global(x: Any, m: Any) -> Any:
    return np.sum(held * x)


def of_item(x: Any, m: Any) -> Any:
    return np.sum(m["a"][0] * x)


def of_attribute(x: Any, m: Any) -> Any:
    return np.sum(m.inner.value * x)


def of_slot(x: Any, m: Any) -> Any:
    return np.sum(m.value * x)


def of_global_object(x: Any, m: Any) -> Any:
    return np.sum(held.inner.value * x)


WAYS = {
    of_argument: (lambda odd: odd, None),
    of_global: (lambda odd: 0.0, lambda odd: odd),
    of_item: (lambda odd: {"a": [odd]}, None),
    of_attribute: (Holder, None),
    of_slot: (Slotted, None),
    of_global_object: (lambda odd: 0.0, Holder),
}


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD)
@pytest.mark.parametrize("program", WAYS, ids=lambda f: f.__name__)
def test_they_are_refused(program: Any, odd: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    argument, outside = WAYS[program]
    monkeypatch.setattr(f"{__name__}.held", outside(odd) if outside else None)
    x = np.array([[1.0, 2.0], [3.0, 5.0]])
    for derive in (lambda m: grad(program)(x, m), lambda m: jvp(program, (x, m), (x, None))):
        with pytest.raises(SrcadError, match="no plain array") as caught:
            derive(argument(odd))
        assert caught.value.location is not None


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD)
def test_they_are_refused_after_a_call_with_an_array(odd: Any) -> None:
    derivative = grad(of_argument, argnums=1)
    for _ in range(9):
        derivative(PLAIN, PLAIN)
    with pytest.raises(SrcadError, match="no plain array"):
        derivative(PLAIN, odd)


def test_arrays_that_only_have_more_attributes_are_arrays(tmp_path: Any) -> None:
    kept = np.memmap(tmp_path / "kept", dtype=float, mode="w+", shape=(2, 2))
    kept[:] = PLAIN
    for m in (PLAIN.view(Named), kept):
        assert np.array_equal(grad(of_argument)(PLAIN, m), PLAIN)
        assert np.array_equal(grad(of_argument, argnums=1)(PLAIN, m), PLAIN)


class Tenfold(float):
    """A number whose ``*`` is another."""

    def __mul__(self, other: Any) -> Any:
        return float(self) + 10.0 * float(other)

    __rmul__ = __mul__


class Double(np.float64):
    def __mul__(self, other: Any) -> Any:
        return 7.0

    __rmul__ = __mul__


def made(x: Any, m: Any) -> Any:
    return Tenfold(3.0) * x


def make() -> Any:
    return Tenfold(3.0)


def made_elsewhere(x: Any, m: Any) -> Any:
    return make() * x


@pytest.mark.parametrize("number", [Tenfold(3.0), Double(3.0)])
@pytest.mark.parametrize("program", WAYS, ids=lambda f: f.__name__)
def test_numbers_with_operators_of_their_own_are_refused(
    program: Any, number: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    argument, outside = WAYS[program]
    monkeypatch.setattr(f"{__name__}.held", outside(number) if outside else None)
    for derive in (lambda m: grad(program)(2.0, m), lambda m: jvp(program, (2.0, m), (1.0, None))):
        with pytest.raises(SrcadError, match="no plain number") as caught:
            derive(argument(number))
        assert caught.value.location is not None


@pytest.mark.parametrize("program", [made, made_elsewhere])
def test_numbers_made_in_the_program_are_refused(program: Any) -> None:
    for derive in (lambda: grad(program)(2.0, 0.0), lambda: jvp(program, (2.0, 0.0), (1.0, 0.0))):
        with pytest.raises(SrcadError, match="no plain number") as caught:
            derive()
        assert caught.value.location is not None


class Level(float, enum.Enum):
    LOW = 2.5


def test_numbers_with_names_are_numbers() -> None:
    assert grad(of_argument)(2.0, Level.LOW) == 2.5


def waited(x: float) -> float:
    return (datetime.timedelta(seconds=2) * x).total_seconds()


def test_a_time_that_is_multiplied_is_refused() -> None:
    for derive in (lambda: grad(waited)(2.0), lambda: jvp(waited, (2.0,), (1.0,))):
        with pytest.raises(SrcadError, match="meets a timedelta") as caught:
            derive()
        assert caught.value.location is not None

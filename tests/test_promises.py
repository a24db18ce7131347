"""What a derivative promises before and around its calls: annotations, types of values, names, places."""

from __future__ import annotations

import dataclasses
import logging
from typing import Any

import numpy as np
import pytest

from srcad import grad, jvp, value_and_grad, vjp
from srcad.errors import OutputError


@dataclasses.dataclass
class Line:
    slope: float
    offset: float = 0.0

    def at(self, x: float) -> float:
        return self.slope * x + self.offset


def powers(x: np.ndarray, k: int, w: float) -> float:
    return np.sum(x**k) * w


def on_line(line: Line, x: float) -> float:
    return line.at(x)


def of_unknown_type(x: Unknown, n: int) -> float:  # type: ignore[name-defined]  # noqa: F821
    return x * n


def undefined(x):
    return x * not_defined_anywhere  # type: ignore[name-defined]  # noqa: F821


def test_the_source_before_a_call_is_that_of_the_annotations() -> None:
    assert "unbroadcast" not in grad(powers).source
    assert "call" not in grad(on_line).source
    assert grad(of_unknown_type).source.startswith("def dof_unknown_type(x, n):")


@pytest.mark.parametrize(
    "function",
    [
        lambda n: 1.0 * n,
        lambda n: n * 1.0,
        lambda n: n / 1.0,
        lambda n: n + 0.0,
        lambda n: (n * n) * 1.0,
        lambda n: -n / 1,
    ],
)
@pytest.mark.parametrize("argument", [np.array([1, 2, 3]), 3], ids=["array", "number"])
def test_an_integer_argument_gives_the_value_that_the_plain_call_gives(function: Any, argument: Any) -> None:
    value, pullback = vjp(function, argument)
    expected = function(argument)

    assert np.asarray(value).dtype == np.asarray(expected).dtype
    np.testing.assert_array_equal(value, expected)
    assert pullback(np.ones_like(argument, float))[0] is not None


def test_a_float_made_of_an_integer_may_have_a_negative_power() -> None:
    value, gradient = value_and_grad(lambda n: np.sum((1.0 * n) ** -2))(np.array([1, 2]))

    np.testing.assert_allclose(value, 1.25)
    np.testing.assert_allclose(gradient, [-2.0, -0.25])


def test_a_global_that_is_missing_is_a_name_error_as_in_the_plain_call() -> None:
    with pytest.raises(NameError, match="not_defined_anywhere"):
        grad(undefined)(2.0)


def test_an_error_of_a_library_function_is_placed_where_it_is_called() -> None:
    with pytest.raises(OutputError) as raised:
        grad(np.sin)(np.ones(3))

    assert raised.value.location is not None
    assert raised.value.location.file == __file__
    assert "grad(np.sin)(np.ones(3))" in raised.value.location.text


@dataclasses.dataclass
class _Power:
    order: int
    base: float
    name: str = "power"


def _scaled_power(p: _Power) -> float:
    value = p.base
    for _ in range(p.order):
        value = value * p.base
    return value / p.order


def test_integers_in_containers_have_gradients_like_those_passed_alone() -> None:
    assert grad(lambda v: v[0] * v[1])([2, 3]) == [3.0, 2.0]
    assert grad(lambda v: v[0] * v[1])((2, 3)) == (3.0, 2.0)
    assert grad(lambda d: d["a"] * d["b"] ** 2)({"a": 3, "b": 2, "s": "x"}) == {
        "a": 4.0,
        "b": 12.0,
        "s": None,
    }
    gradient = grad(lambda d: np.sum(d["x"] ** 2) * d["n"])({"x": np.array([1, 2]), "n": 3})
    np.testing.assert_array_equal(gradient["x"], [6.0, 12.0])
    assert gradient["n"] == 5.0
    assert grad(_scaled_power)(_Power(2, 3.0)) == _Power(-6.75, 13.5, None)  # type: ignore[arg-type]


def test_integers_in_containers_count_in_second_derivatives_and_in_calls_resolved_late() -> None:
    assert vjp(grad(_scaled_power), _Power(2, 3.0))[1](_Power(1, 0.0))[0] == _Power(6.75, -6.75, None)  # type: ignore[arg-type]
    assert vjp(grad(lambda v: v[1] ** 3 / v[0]), [2, 3.0])[1]([1.0, 0.0]) == ([6.75, -6.75],)
    assert grad(lambda f, v: f[0](v[0], v[1]), argnums=1)([lambda a, b: a * a * b], [2, 3]) == [12.0, 4.0]


def test_what_is_logged_beside_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    def noted(x: float) -> float:
        _LOG.warning("x is %s", x)
        return x * x

    assert grad(noted)(3.0) == 6.0
    assert [record.getMessage() for record in caplog.records] == ["x is 3.0"]


_LOG = logging.getLogger(__name__)


class _Repeated:
    def __init__(self, x: float, n: int) -> None:
        self.x, self.n = x, n

    def power(self) -> float:
        value = 1.0
        for _ in range(self.n):
            value = value * self.x
        return value


def _of_objects(x: float, n: int) -> float:
    objects = [_Repeated(x, n), _Repeated(x * x, n - 1)]
    print(f"{objects[0].n} and {objects[1].n // 2}")
    return sum(o.power() for o in objects) * objects[0].n + [x, 2.0 * x, 3.0 * x, x**3][objects[1].n + 1]


def _of_a_dict(x: float, n: int) -> float:
    kept = {"n": n, "x": x, n: 2.0}
    for _ in range(kept["n"]):
        kept["x"] *= x
    return kept["x"] * n * kept[n]


def test_an_integer_counts_in_what_is_known_late_and_has_a_derivative(
    capsys: pytest.CaptureFixture[str],
) -> None:
    value, gradients = value_and_grad(_of_objects, (0, 1))(1.5, 3)

    assert value == _of_objects(1.5, 3)
    np.testing.assert_allclose(gradients, (3 * (3 * 1.5**2 + 4 * 1.5**3) + 3 * 1.5**2, 1.5**3 + 1.5**4))
    np.testing.assert_allclose(vjp(_of_objects, 1.5, 3)[1](1.0), gradients)
    np.testing.assert_allclose(jvp(_of_objects, (1.5, 3), (1.0, 2.0))[1], gradients[0] + 2 * gradients[1])
    assert grad(grad(_of_objects, 1), 1)(1.5, 3) == 0.0
    assert set(capsys.readouterr().out.splitlines()) == {"3 and 1"}

    np.testing.assert_allclose(grad(_of_a_dict, (0, 1))(1.5, 3), (24 * 1.5**3, 2 * 1.5**4))


def _rows_counted(x: Any, n: int) -> Any:
    return np.sum(x[:n]) * n + np.sum(np.zeros((n, 2)) + x[0]) / n + np.sum(np.linspace(0.0, x[1], n))


def _repeated_sum(x: Any, n: int) -> Any:
    total = 0.0
    for k in range(n - 1):
        total += x[k] * (n - 1)
    return total


@pytest.mark.parametrize("function", [_rows_counted, _repeated_sum])
def test_an_integer_that_counts_and_is_a_number_has_one_gradient_in_all_modes(function: Any) -> None:
    x = np.array([1.5, 0.5, 2.0, 0.7])
    gradients = grad(function, (0, 1))(x, 3)
    pulled = vjp(function, x, 3)[1](1.0)

    assert gradients[1] != 0.0
    np.testing.assert_allclose(pulled[0], gradients[0])
    np.testing.assert_allclose(pulled[1], gradients[1])
    np.testing.assert_allclose(jvp(function, (x, 3), (np.zeros(4), 1.0))[1], gradients[1])

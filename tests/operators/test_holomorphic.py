"""Derivatives of complex functions: ``holomorphic=True`` gives f'(z), and what breaks the promise is refused."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from srcad import Derivative, grad, jvp, value_and_grad, vjp
from srcad.errors import ArgumentError, OutputError

Z = np.array([1.0 + 2.0j, 0.3 - 1.0j])


def cube(z):
    return z**3


def entire(z):
    return np.sum(np.exp(z) * z)


def kept_in_a_list(z):
    powers = [z]
    for _ in range(2):
        powers.append(powers[-1] * z)
    return powers[-1]


def filled_in_place(z):
    out = np.zeros(2, complex)
    out[0] = z[0] ** 2
    out[1] = out[0] * z[1]
    return out[1] + out[0]


def of_two(z, w):
    return z * z * w, "beside"


@pytest.mark.parametrize("z", [1.0 + 2.0j, np.complex128(1.0 + 2.0j), np.complex64(1.0 + 2.0j), np.array(1.0 + 2.0j)],
                         ids=["python", "double", "single", "array"])  # fmt: skip
@pytest.mark.parametrize("function", [cube, kept_in_a_list])
def test_the_derivative_of_a_power_in_three_orders(function: Callable[..., Any], z: Any) -> None:
    first = grad(function, holomorphic=True)
    second = grad(first, holomorphic=True)
    np.testing.assert_allclose(first(z), 3 * z**2)
    np.testing.assert_allclose(second(z), 6 * z)
    if function is cube:
        np.testing.assert_allclose(grad(second, holomorphic=True)(z), 6.0)
    assert np.asarray(first(z)).dtype == np.asarray(z).dtype


def test_gradients_of_arrays_and_of_their_gradients() -> None:
    np.testing.assert_allclose(grad(entire, holomorphic=True)(Z), np.exp(Z) * (1 + Z))
    of_sum = grad(lambda z: np.sum(grad(entire, holomorphic=True)(z)), holomorphic=True)
    np.testing.assert_allclose(of_sum(Z), np.exp(Z) * (2 + Z))
    stored = grad(filled_in_place, holomorphic=True)
    np.testing.assert_allclose(stored(Z), [2 * Z[0] * Z[1] + 2 * Z[0], Z[0] ** 2])
    for cotangent in (np.array([1.0, 0.0]), np.array([1.0j, 2.0])):
        expected = [cotangent[0] * (2 * Z[1] + 2) + cotangent[1] * 2 * Z[0], cotangent[0] * 2 * Z[0]]
        np.testing.assert_allclose(vjp(stored, Z)[1](cotangent)[0], expected)


def test_values_containers_and_several_arguments() -> None:
    value, slope = value_and_grad(cube, holomorphic=True)(1.0 + 2.0j)
    assert value == (1.0 + 2.0j) ** 3 and slope == 3 * (1.0 + 2.0j) ** 2
    found = grad(lambda p: p["a"] ** 2 * p["b"], holomorphic=True)({"a": 1.0 + 2.0j, "b": 2.0j})
    assert found == {"a": 2 * (1.0 + 2.0j) * 2.0j, "b": (1.0 + 2.0j) ** 2}
    gradients, beside = grad(of_two, argnums=("w", 0), has_aux=True, holomorphic=True)(2.0j, 1.0 + 1.0j)
    assert gradients == (-4.0 + 0.0j, 4.0j * (1.0 + 1.0j)) and beside == "beside"


def test_as_a_decorator_with_options_pickled_and_printed() -> None:
    @grad(holomorphic=True)
    def slope(z):
        return np.sin(z)

    assert "holomorphic_seed" in slope.source
    np.testing.assert_allclose(slope(1.0j), np.cos(1.0j))
    again = pickle.loads(pickle.dumps(Derivative(cube, 0, "grad", False, holomorphic=True)))
    assert again(1.0j) == -3.0


@pytest.mark.parametrize("wrong", [1.0, 2, np.ones(2), [1.0j, 2.0], "a"], ids=repr)
def test_an_argument_that_is_not_complex_is_refused(wrong: Any) -> None:
    slope = grad(lambda z: np.sum(z[0] * 1.0j) if isinstance(z, list) else np.sum(z * 1.0j), holomorphic=True)
    with pytest.raises(ArgumentError, match="holomorphic=True"):
        slope(wrong)


def test_a_real_argument_is_refused_after_a_complex_one() -> None:
    slope = grad(cube, holomorphic=True)
    assert slope(1.0j) == -3.0
    with pytest.raises(ArgumentError, match="not complex"):
        slope(1.0)


@pytest.mark.parametrize("function", [abs, lambda z: np.real(z), lambda z: z * np.ones(2)])
def test_a_result_that_is_no_complex_scalar_is_refused(function: Callable[..., Any]) -> None:
    with pytest.raises(OutputError, match="needs a complex scalar"):
        grad(function, holomorphic=True)(1.0 + 1.0j)


@pytest.mark.parametrize(
    "function", [cube, grad(cube, holomorphic=True), grad(kept_in_a_list, holomorphic=True)]
)
def test_a_complex_result_without_the_promise_points_to_it(function: Callable[..., Any]) -> None:
    with pytest.raises(OutputError, match="Pass holomorphic=True"):
        grad(function)(1.0 + 1.0j)


def test_a_real_direction_at_a_complex_number_held_in_a_list() -> None:
    z = 1.0 + 2.0j
    slope = grad(lambda z: np.real(kept_in_a_list(z)))
    assert vjp(slope, z)[1](1.0) == (6 * z,)
    assert jvp(slope, (z,), (1.0,))[1] == 6 * z
    assert grad(lambda z: np.real(slope(z)))(z) == 6 * z

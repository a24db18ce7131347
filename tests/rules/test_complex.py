"""Programs that mix real and complex numbers: a real argument has a real gradient, whatever it meets on its way."""

from __future__ import annotations

import cmath
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from srcad import check_grads, grad, jvp, vjp
from srcad.operators import hvp

RNG = np.random.default_rng(6)
A = RNG.normal(size=(3, 3))
Z = RNG.normal(size=3) + 1j * RNG.normal(size=3)


def linear_map(a: Any, z: Any) -> Any:
    return np.sum(np.abs(a @ z) ** 2)


def broadcast_product(a: Any, z: Any) -> Any:
    return np.sum(np.abs(a * z) ** 3) + np.sum((a @ np.outer(z, z)).real)


def real_and_imaginary_parts(a: Any, z: Any) -> Any:
    return np.sum(np.abs((a + 1j * a.T) ** 2)) + np.sum(z.real * a[0]) + np.sum(a @ a * z.imag)


def complex_constants(a: Any, z: Any) -> Any:
    return np.sum(np.abs(a + 1j * np.sin(a)) ** 2) + np.sum(np.real((1 + 2j) * a * z))


def squares_in_the_plane(a: Any, z: Any) -> Any:
    turned = 1j * a
    return np.sum(np.real(a * turned * np.conj(z))) + np.sum(np.abs(z))


def inner_products(a: Any, z: Any) -> Any:
    return (np.vdot(a[0], z) * z[0]).imag + np.linalg.norm(np.dot(a, z)) + np.sum(np.angle(a + z))


def repeated_in_a_loop(a: Any, z: Any) -> Any:
    w = a * 1.0
    for i in range(3):
        w = w * z[i]
    return np.sum(np.abs(w))


def filled_in_place(a: Any, z: Any) -> Any:
    out = np.zeros(3, dtype=complex)
    out[0] = a[0, 0] * z[1]
    out[1:] = a[1, 1:] + z[1:]
    return np.sum(np.abs(out) ** 2)


def spectra(a: Any, z: Any) -> Any:
    return np.sum(np.abs(np.linalg.eigvals(a)) ** 2) + np.sum(np.abs(np.fft.fft(z * a[0])))


def python_numbers(a: Any, z: Any) -> Any:
    return np.abs(complex(a[0, 0], a[0, 1]) * z[0])


PROGRAMS = (
    linear_map, broadcast_product, real_and_imaginary_parts, complex_constants, squares_in_the_plane, inner_products,
    repeated_in_a_loop, filled_in_place, spectra, python_numbers,
)  # fmt: skip


@pytest.mark.parametrize("position", [0, 1], ids=["real", "complex"])
@pytest.mark.parametrize("program", PROGRAMS)
def test_gradients_of_real_and_complex_arguments(program: Callable[..., Any], position: int) -> None:
    arguments = [A, Z]
    point = arguments[position]
    gradient = grad(program, position)(*arguments)
    assert gradient.dtype == point.dtype
    rng = np.random.default_rng(9)
    direction = rng.normal(size=point.shape)
    if position == 1:
        direction = direction + 1j * rng.normal(size=point.shape)

    def at(offset: float) -> Any:
        return program(*[x + offset * direction if k == position else x for k, x in enumerate(arguments)])

    np.testing.assert_allclose(
        np.real(np.sum(gradient * direction)), (at(1e-5) - at(-1e-5)) / 2e-5, rtol=1e-6
    )


@pytest.mark.parametrize("program", PROGRAMS)
def test_second_derivatives_with_respect_to_a_real_argument(program: Callable[..., Any]) -> None:
    def of_first(a: Any) -> Any:
        return program(a, Z)

    direction = np.random.default_rng(9).normal(size=A.shape)
    gradient = grad(of_first)
    expected = (gradient(A + 1e-5 * direction) - gradient(A - 1e-5 * direction)) / 2e-5
    np.testing.assert_allclose(hvp(of_first)(A, direction), expected, rtol=1e-5, atol=1e-6)


def test_the_modulus_pulls_back_the_conjugate_direction() -> None:
    np.testing.assert_allclose(grad(lambda z: np.sum(np.abs(z) ** 2))(Z), 2 * np.conj(Z))


def phases(x: Any) -> Any:
    return np.sum(np.real(np.exp(x + 1j * x**2)))


def signs_in_the_plane(x: Any) -> Any:
    return np.sum(np.real(np.sign(x + 1j * x**2)))


def signs_of_an_imaginary_part(x: Any) -> Any:
    return np.sum(np.imag(np.sign(2.0 + 1j * x)))


def spectrum(x: Any) -> Any:
    return np.sum(np.abs(np.fft.fft(x * x)) ** 2)


OF_REAL = (phases, signs_in_the_plane, signs_of_an_imaginary_part, spectrum)
X = np.array([1.0, -2.0, 0.5])


@pytest.mark.parametrize("program", OF_REAL)
def test_a_gradient_in_a_tuple_is_real_too(program: Callable[..., Any]) -> None:
    (gradient,), _ = vjp(grad(program, argnums=(0,)), X)

    assert gradient.dtype == np.float64
    np.testing.assert_allclose(gradient, grad(program)(X))


@pytest.mark.parametrize("program", OF_REAL)
def test_both_orders_of_a_function_of_real_numbers(program: Callable[..., Any]) -> None:
    check_grads(program, (X,), order=2, rtol=1e-4)


def column_sums_and_maxima(x: Any, z: Any) -> Any:
    return np.sum(np.abs(np.sum(x, axis=0) * z + np.max(x, axis=0) * z) ** 2)


REAL_PARTS: dict[str, Any] = {
    "variance of one beside a number": lambda a, z: np.abs(z[0] + np.var(z)) ** 2,
    "variance without NaN": lambda a, z: np.abs(np.nansum(z) + np.nanvar(z)) ** 2,
    "deviation": lambda a, z: np.abs(z[1] * z[0] + np.std(z)) ** 3,
    "logarithm of a determinant": lambda a, z: np.abs(np.linalg.slogdet(a + 1j * np.diag(z))[1] * z[0]) ** 2,
    "sign and logarithm": lambda a, z: signs_and_logarithms(a, z),
    "norm": lambda a, z: np.abs(z[0] + np.linalg.norm(z)) ** 2,
    "largest modulus": lambda a, z: np.abs(z[0] + np.max(np.abs(z))) ** 2,
    "mean of real numbers": lambda a, z: np.abs(z[0] + np.mean(a)) ** 2 + np.abs(z[1] * np.prod(a[0])) ** 2,
    "sums and maxima": lambda a, z: column_sums_and_maxima(a, z),
}


def signs_and_logarithms(a, z):
    sign, logarithm = np.linalg.slogdet(a * z)
    return np.abs(sign * logarithm + logarithm * z[0]) ** 2


@pytest.mark.parametrize("program", REAL_PARTS.values(), ids=REAL_PARTS)
def test_a_real_result_of_complex_numbers_gets_the_real_part(program: Any) -> None:
    check_grads(program, (A, Z), order=2, rtol=1e-4, atol=1e-5)


def test_the_phase_of_a_number_in_both_modes() -> None:
    def program(z):
        radius, angle = cmath.polar(z)
        return abs(cmath.phase(z) * z + radius * angle * z) ** 2

    z, step, h = 0.4 + 0.9j, 0.3 - 0.7j, 1e-6
    expected = (program(z + h * step) - program(z - h * step)) / (2 * h)
    np.testing.assert_allclose(np.real(grad(program)(z) * step), expected, rtol=1e-6)
    np.testing.assert_allclose(jvp(program, (z,), (step,))[1], expected, rtol=1e-6)


def test_a_pullback_keeps_sums_over_columns_in_complex_programs() -> None:
    gradient = grad(column_sums_and_maxima, (0, 1))
    tangents = (A[::-1].copy(), Z[::-1].copy())
    _, pullback = vjp(gradient, A, Z)
    pulled = pullback(tangents)
    direction = (np.cos(A), Z * 1j)
    h = 1e-6
    change = [
        (ahead - behind) / (2 * h)
        for ahead, behind in zip(
            gradient(A + h * direction[0], Z + h * direction[1]),
            gradient(A - h * direction[0], Z - h * direction[1]),
        )
    ]
    expected = sum(np.real(np.sum(c * t)) for c, t in zip(change, tangents))
    found = sum(np.real(np.sum(p * d)) for p, d in zip(pulled, direction))
    np.testing.assert_allclose(found, expected, rtol=1e-5)


CUTS = [
    (np.arcsin, (complex(2.0, 0.0), complex(2.0, -0.0), complex(-2.0, 0.0), complex(-2.0, -0.0)), 1e-6),
    (np.arccos, (complex(2.0, 0.0), complex(2.0, -0.0), complex(-2.0, 0.0), complex(-2.0, -0.0)), 1e-6),
    (np.arccosh, (complex(-2.0, 0.0), complex(-2.0, -0.0), complex(0.3, 0.0), complex(0.3, -0.0)), 1e-6),
    (np.arcsinh, (complex(0.0, 2.0), complex(-0.0, 2.0), complex(0.0, -2.0), complex(-0.0, -2.0)), 1e-6j),
]


@pytest.mark.parametrize(("function", "places", "step"), CUTS, ids=[c[0].__name__ for c in CUTS])
def test_inverse_functions_keep_to_the_side_of_their_branch_cut(
    function: Any, places: Any, step: Any
) -> None:
    for place in places:
        ahead, behind = (
            complex(place.real + s * step.real, place.imag)
            if step.imag == 0
            else complex(place.real, place.imag + s * step.imag)
            for s in (1, -1)
        )
        slope = (function(ahead) - function(behind)) / (2 * step)

        assert np.isclose(grad(lambda z: function(z), holomorphic=True)(place), slope)
        assert np.isclose(
            jvp(lambda z: function(z), (np.array([place]),), (np.ones(1, complex),))[1][0], slope
        )

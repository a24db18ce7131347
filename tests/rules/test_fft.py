"""Transforms in programs: real results of complex detours, lengths, and what is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from srcad import check_grads, grad, jvp
from srcad.errors import NoDerivativeError

X = np.random.default_rng(2).normal(size=7)


def power_spectrum(x: Any) -> Any:
    return np.sum(np.abs(np.fft.rfft(x)) ** 4)


def filtered(x: Any) -> Any:
    weights = np.exp(-(np.fft.rfftfreq(np.size(x)) ** 2))
    return np.sum(np.fft.irfft(weights * np.fft.rfft(x), np.size(x)) ** 3)


def convolved(x: Any) -> Any:
    padded = np.fft.fft(x, 12)
    return np.sum(np.fft.ifft(padded * np.fft.fft(np.cos(x), 12)).real ** 2)


def of_two_axes(x: Any) -> Any:
    spectrum = np.fft.fftshift(np.fft.fft2(np.outer(x, np.sin(x)), s=(5, 8)))
    return np.sum(np.abs(spectrum) ** 2) + np.sum(np.fft.hfft(x) ** 2)


@pytest.mark.parametrize("program", [power_spectrum, filtered, convolved, of_two_axes])
def test_programs_with_transforms(program: Any) -> None:
    check_grads(program, (X,), order=2, rtol=1e-4)


def test_parseval() -> None:
    np.testing.assert_allclose(grad(lambda x: np.sum(np.abs(np.fft.fft(x, norm="ortho")) ** 2))(X), 2 * X)


def test_a_real_argument_has_a_real_gradient_of_its_precision() -> None:
    gradient = grad(lambda x: np.sum(np.abs(np.fft.fft(x))))(X.astype(np.float32))
    assert gradient.dtype == np.float32


def test_the_spacing_of_frequencies_has_a_gradient() -> None:
    check_grads(lambda d: np.sum(np.fft.fftfreq(6, d) ** 2), (0.3,))


def test_a_transform_that_runs_twice_over_an_axis_is_refused() -> None:
    with pytest.raises(NoDerivativeError, match="twice over one axis"):
        grad(lambda x: np.sum(np.abs(np.fft.fftn(np.outer(x, x), axes=(0, 0)))))(X)


def power(x: Any) -> Any:
    return np.sum(WEIGHTS * np.abs(np.fft.fft(x)) ** 2)


def amplitude_times_signal(x: Any) -> Any:
    return np.sum(WEIGHTS * np.abs(np.fft.ifft(np.abs(np.fft.fft(x)) * x)) ** 3)


def one_coefficient(x: Any) -> Any:
    doubled = x * 2.0
    return np.sum(np.abs(doubled * np.fft.fft(x)[1]) ** 3 * np.abs(doubled))


def zeros_of_a_polynomial(x: Any) -> Any:
    return np.sum(np.abs(np.roots(x)) ** 2 * WEIGHTS[1:])


WEIGHTS = np.array([0.5, 2.0, 1.0])


@pytest.mark.parametrize("program", [power, amplitude_times_signal, one_coefficient, zeros_of_a_polynomial])
def test_real_numbers_have_real_parts_of_gradients_before_they_meet_others(program: Any) -> None:
    x, v, d = np.array([0.3, -1.2, 0.7]), np.array([1.0, -0.4, 0.3]), np.array([0.2, 0.8, -1.0])
    gradient = grad(program)

    def along(x: Any) -> Any:
        return np.sum(gradient(x) * v)

    h = 1e-5
    expected = (along(x + h * d) - along(x - h * d)) / (2 * h)
    np.testing.assert_allclose(grad(along)(x) @ d, expected, rtol=1e-7)
    np.testing.assert_allclose(jvp(gradient, (x,), (d,))[1] @ v, expected, rtol=1e-7)

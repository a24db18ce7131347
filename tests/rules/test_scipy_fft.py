"""The transforms of ``scipy.fft``: the value is SciPy's, and so are derivatives of two orders."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import scipy.fft

from srcad import SrcadError, check_grads, grad, jvp
from tests.rules.written import check_written

rng = np.random.default_rng(5)
IMAGE = rng.normal(size=(3, 4))
BLOCK = rng.normal(size=(2, 3, 4))
WEIGHTS = rng.normal(size=BLOCK.shape) + 1j * rng.normal(size=BLOCK.shape)

PROGRAMS: dict[str, tuple[Callable[..., Any], Any]] = {
    "fft": (lambda x: scipy.fft.fft(x, 5, norm="ortho"), IMAGE),
    "ifft": (lambda x: scipy.fft.ifft(x, axis=0), IMAGE),
    "rfft": (lambda x: scipy.fft.rfft(x), IMAGE),
    "irfft": (lambda x: scipy.fft.irfft(x * WEIGHTS, 5), BLOCK),
    "hfft": (lambda x: scipy.fft.hfft(x * WEIGHTS, norm="forward"), BLOCK),
    "ihfft": (lambda x: scipy.fft.ihfft(x), IMAGE),
    "fft2": (lambda x: scipy.fft.fft2(x), BLOCK),
    "ifft2": (lambda x: scipy.fft.ifft2(x, axes=(0, 1)), BLOCK),
    "rfft2": (lambda x: scipy.fft.rfft2(x, s=(3, 5)), BLOCK),
    "irfft2": (lambda x: scipy.fft.irfft2(x * WEIGHTS), BLOCK),
    "hfft2": (lambda x: scipy.fft.hfft2(x * WEIGHTS), BLOCK),
    "ihfft2": (lambda x: scipy.fft.ihfft2(x, norm="ortho"), BLOCK),
    "fftn": (lambda x: scipy.fft.fftn(x, s=(2, 5)), BLOCK),
    "ifftn": (lambda x: scipy.fft.ifftn(x, axes=(0, 2)), BLOCK),
    "rfftn": (lambda x: scipy.fft.rfftn(x, norm="forward"), BLOCK),
    "irfftn": (lambda x: scipy.fft.irfftn(x * WEIGHTS), BLOCK),
    "hfftn": (lambda x: scipy.fft.hfftn(x * WEIGHTS), BLOCK),
    "ihfftn": (lambda x: scipy.fft.ihfftn(x), BLOCK),
    "fftshift": (lambda x: scipy.fft.fftshift(x, 1) * x, IMAGE),
    "ifftshift": (lambda x: scipy.fft.ifftshift(x) * x, IMAGE),
    "dctn": (lambda x: scipy.fft.dctn(x, axes=(0, -1), norm="ortho"), BLOCK),
    "idctn": (lambda x: scipy.fft.idctn(x, s=(4, 3)), IMAGE),
    "dstn": (lambda x: scipy.fft.dstn(x, 3, s=4, axes=1), BLOCK),
    "idstn": (lambda x: scipy.fft.idstn(x), IMAGE),
    "of complex numbers": (lambda x: scipy.fft.dst(x * WEIGHTS, 3, axis=1), BLOCK),
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_value_and_derivatives_of_two_orders(name: str) -> None:
    check_written(*PROGRAMS[name])


@pytest.mark.parametrize("orthogonalize", [None, False, True])
@pytest.mark.parametrize("norm", [None, "ortho", "forward"])
@pytest.mark.parametrize("kind", [1, 2, 3, 4])
@pytest.mark.parametrize("transform", [scipy.fft.dct, scipy.fft.idct, scipy.fft.dst, scipy.fft.idst])
def test_sines_and_cosines_of_each_type_and_scaling(
    transform: Any, kind: int, norm: str | None, orthogonalize: bool | None
) -> None:
    def weighted(x: Any) -> Any:
        return np.sum(IMAGE * transform(x, kind, axis=0, norm=norm, orthogonalize=orthogonalize))

    expected = IMAGE.T @ transform(np.eye(3), kind, axis=0, norm=norm, orthogonalize=orthogonalize)
    np.testing.assert_allclose(grad(weighted)(IMAGE), expected.T, atol=1e-12)
    along = jvp(weighted, (IMAGE,), (IMAGE**2,))
    np.testing.assert_allclose(along, (weighted(IMAGE), np.sum(expected.T * IMAGE**2)), rtol=1e-11)


def test_single_precision_is_kept() -> None:
    def total(x: Any) -> Any:
        return np.sum(scipy.fft.dct(x, norm="ortho") * scipy.fft.dst(x, 2))

    assert grad(total)(IMAGE.astype(np.float32)).dtype == np.float32


def test_what_scipy_scales_by_other_factors_is_refused() -> None:
    def total(x: Any) -> Any:
        return np.sum(np.abs(scipy.fft.dct(x * 1j, norm="ortho")))

    with pytest.raises(SrcadError, match="complex numbers") as caught:
        grad(total)(IMAGE)
    assert "scipy.fft.dct" in caught.value.location.text


@pytest.mark.parametrize("frequencies", [scipy.fft.fftfreq, scipy.fft.rfftfreq])
def test_frequencies_move_with_the_spacing(frequencies: Any) -> None:
    check_grads(lambda d: np.sum(frequencies(6, d) ** 2), (0.3,), order=2)

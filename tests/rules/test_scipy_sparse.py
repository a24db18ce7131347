"""Products with constant sparse matrices in derivatives of derivatives."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import scipy.sparse as sparse

from srcad import grad, hvp, jvp

DENSE = np.array([[2.0, 1.0, 0.0], [0.0, 3.0, 0.5], [0.0, 0.0, 1.5]])
ARRAY = sparse.csr_array(DENSE)
MATRIX = sparse.csc_matrix(DENSE)
DIAGONALS = sparse.dia_array(DENSE)


class Operator:
    def __init__(self) -> None:
        self.matrix = ARRAY

    def __call__(self, x: Any) -> Any:
        return self.matrix @ x


OPERATOR = Operator()
PROGRAMS: dict[str, tuple[Callable[..., Any], np.ndarray]] = {
    "array @ x": (lambda x: np.sum(np.sin(ARRAY @ x)), DENSE),
    "matrix @ x": (lambda x: np.sum(np.sin(MATRIX @ x)), DENSE),
    "array.dot(x)": (lambda x: np.sum(np.sin(ARRAY.dot(x))), DENSE),
    "x @ array": (lambda x: np.sum(np.sin(x @ DIAGONALS)), DENSE.T),
    "array.T @ x": (lambda x: np.sum(np.sin(ARRAY.T @ x)), DENSE.T),
    "x @ (matrix @ x)": (lambda x: x @ (MATRIX @ x) * x[0], DENSE),
    "of an object": (lambda x: np.sum(np.sin(OPERATOR(x))), DENSE),
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_second_derivatives_in_each_combination_of_modes(name: str) -> None:
    function, matrix = PROGRAMS[name]
    x, v = np.array([0.1, 0.4, -0.2]), np.array([1.0, -0.5, 2.0])
    if name == "x @ (matrix @ x)":
        both = matrix + matrix.T
        first = np.eye(3)[0]
        expected = both @ v * x[0] + both @ x * v[0] + first * (v @ both @ x)
    else:
        expected = -(matrix.T * np.sin(matrix @ x)) @ (matrix @ v)

    def along(x: Any) -> Any:
        return jvp(function, (x,), (v,))[1]

    def projected(x: Any) -> Any:
        return np.sum(grad(function)(x) * v)

    np.testing.assert_allclose(hvp(function)(x, v), expected)
    np.testing.assert_allclose(grad(projected)(x), expected)
    np.testing.assert_allclose(grad(along)(x), expected)
    np.testing.assert_allclose(jvp(along, (x,), (v,))[1], expected @ v)

"""`GradientTape.jacobian` and `batch_jacobian`."""

from __future__ import annotations

import numpy as np
import pytest

from srcad import jacrev
from srcad.errors import ArgumentError
from srcad.tape import GradientTape, Variable
from tests.programs.numerical import numerical_gradient

A = np.array([[0.6, 1.4, 0.3], [1.1, 0.7, 1.9]])


def numerical_jacobian(f, x):
    """Return the Jacobian by difference quotients, one entry of the result at a time."""
    shape = np.shape(f(x))
    rows = []
    for index in np.ndindex(shape):
        direction = np.zeros(shape)
        direction[index] = 1.0
        rows.append(numerical_gradient(f, (x,), direction)[(0,)])
    return np.reshape(rows, shape + np.shape(x))


def test_a_jacobian_has_the_target_shape_then_the_source_shape():
    def f(x):
        return np.tanh(x @ A.T) ** 2

    with GradientTape() as tape:
        x = tape.watch(A)
        y = f(x)
    jacobian = tape.jacobian(y, x)
    assert jacobian.shape == (2, 2, 2, 3)
    np.testing.assert_allclose(jacobian, numerical_jacobian(f, A), rtol=1e-6, atol=1e-9)


def test_the_jacobian_of_a_scalar_is_the_gradient():
    with GradientTape(persistent=True) as tape:
        x = tape.watch(A)
        y = np.sum(x**3)
    np.testing.assert_array_equal(tape.jacobian(y, x), tape.gradient(y, x))


def test_the_jacobian_with_respect_to_a_number():
    with GradientTape() as tape:
        t = tape.watch(2.0)
        y = np.stack([t, t * t, t * t * t])
    np.testing.assert_array_equal(tape.jacobian(y, t), [1.0, 4.0, 12.0])


def test_a_jacobian_keeps_the_structure_of_the_sources():
    v = Variable(np.array([1.0, 2.0]))
    with GradientTape(persistent=True) as tape:
        params, unused = tape.watch(({"w": A, "name": "w"}, 1.0))
        y = params["w"][:, :2] @ v
    found = tape.jacobian(y, [params, v, unused])
    assert found[0]["w"].shape == (2, 2, 3) and found[0]["name"] is None
    np.testing.assert_array_equal(found[1], A[:, :2])
    assert found[2] is None
    zeros = tape.jacobian(y, [unused, v], unconnected_gradients="zero")[0]
    np.testing.assert_array_equal(zeros, np.zeros(2))


def test_the_jacobian_of_several_targets_is_an_error():
    with GradientTape() as tape:
        x = tape.watch(A)
        y = x * x
    with pytest.raises(ArgumentError, match="one value"):
        tape.jacobian([y, y], x)


def test_the_jacobian_of_a_gradient_is_the_hessian():
    def slope(x):
        with GradientTape() as tape:
            x = tape.watch(x)
            y = np.sum(np.sin(x) * x[::-1] ** 2)
        return tape.gradient(y, x)

    x0 = np.array([0.3, -1.2, 0.8, 2.0])
    with GradientTape() as outer:
        x = outer.watch(x0)
        gradient = slope(x)
    hessian = outer.jacobian(gradient, x)
    np.testing.assert_allclose(hessian, numerical_jacobian(slope, x0), rtol=1e-6, atol=1e-8)
    np.testing.assert_allclose(hessian, hessian.T)


def test_a_jacobian_is_differentiated_by_an_outer_tape():
    x0 = np.array([0.5, 1.5])

    def size(x):
        with GradientTape() as tape:
            x = tape.watch(x)
            y = np.sin(x) * np.sum(x)
        return np.sum(tape.jacobian(y, x) ** 2)

    with GradientTape() as outer:
        x = outer.watch(x0)
        z = size(x)
    np.testing.assert_allclose(outer.gradient(z, x), numerical_gradient(size, (x0,), 1.0)[(0,)], rtol=1e-6)


def test_a_batch_jacobian_is_the_block_diagonal_of_the_jacobian():
    w = np.array([[0.2, -0.4], [0.9, 0.1], [-0.3, 0.6]])
    with GradientTape(persistent=True) as tape:
        x = tape.watch(A)
        y = np.tanh(x @ w)
    whole = tape.jacobian(y, x)
    blocks = tape.batch_jacobian(y, x)
    assert blocks.shape == (2, 2, 3)
    np.testing.assert_allclose(blocks, np.stack([whole[b, :, b] for b in range(2)]))


def test_the_batch_jacobian_of_one_number_an_item():
    with GradientTape() as tape:
        x = tape.watch(np.array([1.0, 2.0, 3.0]))
        y = x**2
    np.testing.assert_array_equal(tape.batch_jacobian(y, x), [2.0, 4.0, 6.0])


def test_a_batch_jacobian_of_an_unconnected_source():
    with GradientTape(persistent=True) as tape:
        x, unused = tape.watch((A, A))
        y = x * x
    assert tape.batch_jacobian(y, unused) is None
    zeros = tape.batch_jacobian(y, unused, unconnected_gradients="zero")
    np.testing.assert_array_equal(zeros, np.zeros((2, 3, 3)))


def test_batches_of_different_length_are_an_error():
    with GradientTape() as tape:
        x = tape.watch(A)
        y = x.T @ x
    with pytest.raises(ArgumentError, match="same first axis"):
        tape.batch_jacobian(y, x)


def test_several_sources_of_a_batch_are_an_error():
    with GradientTape() as tape:
        x = tape.watch(np.ones((2, 2)))
        y = x**2
    with pytest.raises(ArgumentError, match="source of a Jacobian must be one value, not a list"):
        tape.batch_jacobian(y, [x, x])


def test_the_jacobian_of_complex_numbers_by_real_ones_is_complex():
    batch = np.array([[0.3, -0.7], [1.2, 0.4]])
    with GradientTape(persistent=True) as tape:
        x, z = tape.watch((batch, np.array([1.0 + 2.0j, 0.5j])))
        y = np.exp(1j * x) * x[:, :1] * z
    for part, expected in zip(tape.jacobian(y, (x, z)), jacrev_of(batch, z.value)):
        np.testing.assert_allclose(part, expected)
    rows = tape.batch_jacobian(y, x)
    for k in range(2):
        np.testing.assert_allclose(rows[k], jacrev_of(batch, z.value)[0][k, :, k])


def jacrev_of(x, z):
    by_x = jacrev(lambda x: np.exp(1j * x) * x[:, :1] * z)(x)
    return by_x, jacrev(lambda z: np.exp(1j * x) * x[:, :1] * z, holomorphic=True)(z)

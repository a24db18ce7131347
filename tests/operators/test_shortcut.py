"""A forward derivative that is called again and again takes a short way, and sees what was changed all the same."""

from __future__ import annotations

import numpy as np
import pytest

from srcad import SrcadError, hvp, jvp, linearize
from srcad.operators.forward import Jvp

RNG = np.random.default_rng(3)
FACTOR = 2.0


def scaled(x, k=3.0):
    return FACTOR * k * np.sum(x * x)


def often(derivative, primals, tangents):
    """Return the last of several results, which are all the same."""
    results = [derivative(primals, tangents) for _ in range(6)]
    for value, tangent in results:
        assert np.array_equal(value, results[0][0]) and np.array_equal(tangent, results[0][1])
    return results[-1]


def test_repeated_calls_are_guarded_and_right():
    derivative, x, dx = Jvp(scaled), RNG.normal(size=4), RNG.normal(size=4)
    value, tangent = often(derivative, (x, 1.5), (dx, None))
    assert "__call__" in vars(type(derivative))
    assert np.isclose(value, scaled(x, 1.5)) and np.isclose(tangent, 6.0 * (x @ dx))
    value, tangent = often(derivative, (x, 1.5), (dx, 1.0))
    assert np.isclose(tangent, 6.0 * (x @ dx) + 2.0 * (x @ x))
    value, tangent = often(derivative, (2.0, 1.5), (1.0, None))
    assert np.isclose(tangent, 12.0)


@pytest.mark.parametrize("direction", [[1.0, 2.0, 3.0], np.arange(6.0)[::2], np.ones(3, dtype=np.float32)])
def test_directions_of_another_make_take_the_long_way(direction):
    derivative, x = Jvp(scaled), np.array([1.0, 2.0, 3.0])
    often(derivative, (x, 1.0), (np.ones(3), None))
    _, tangent = derivative((x, 1.0), (direction, None))
    assert np.isclose(tangent, 4.0 * np.sum(x * np.asarray(direction)))


def test_directions_that_do_not_fit_are_refused_after_many_calls():
    derivative, x = Jvp(scaled), np.ones(3)
    often(derivative, (x, 1.0), (np.ones(3), None))
    for primals, tangents in (((x, 1.0), (np.ones(2), None)), ((x,), (np.ones(3), None)), ((x, 1.0), (x,))):
        with pytest.raises(SrcadError):
            derivative(primals, tangents)


def test_globals_defaults_and_captured_values_are_seen(monkeypatch):
    x, dx = np.ones(3), np.ones(3)
    assert np.isclose(often(lambda p, t: jvp(scaled, p, t), (x,), (dx,))[1], 36.0)
    monkeypatch.setitem(globals(), "FACTOR", 3.0)
    assert np.isclose(jvp(scaled, (x,), (dx,))[1], 54.0)
    monkeypatch.setattr(scaled, "__defaults__", (1.0,))
    assert np.isclose(jvp(scaled, (x,), (dx,))[1], 18.0)
    power = 2.0

    def captured(y):
        return np.sum(y**power)

    assert np.isclose(often(lambda p, t: jvp(captured, p, t), (x,), (dx,))[1], 6.0)
    power = 3.0
    assert np.isclose(jvp(captured, (x,), (dx,))[1], 9.0)


def test_tangents_are_fresh_each_time():
    def itself(y):
        return y

    derivative, x, dx = Jvp(itself), np.ones(3), np.ones(3)
    for _ in range(6):
        _, tangent = derivative((x,), (dx,))
        tangent += 1.0
    assert np.array_equal(dx, np.ones(3))


def test_a_function_that_changes_its_argument_is_called_with_copies():
    def doubled(y):
        y *= 2.0
        return np.sum(y * y)

    x = np.ones(3)
    value, tangent = often(Jvp(doubled), (x,), (np.ones(3),))
    assert np.isclose(value, 12.0) and np.isclose(tangent, 24.0) and np.array_equal(x, np.ones(3))


def test_a_product_with_the_hessian_does_not_compute_the_gradient():
    def loss(w, x):
        return np.sum(np.tanh(x @ w) ** 2)

    x, w, v = RNG.normal(size=(5, 3)), RNG.normal(size=(3, 2)), RNG.normal(size=(3, 2))
    product = hvp(loss)
    results = [product(w, x, v) for _ in range(6)]
    assert all(np.array_equal(r, results[0]) for r in results)
    assert product.source.count("x.T") == 1
    from_jvp = jvp(lambda w: hvp(loss)(w, x, v), (w,), (v,))[0]
    assert np.allclose(from_jvp, results[0])
    assert hvp(lambda y: y**3)(2.0, 1.0) == 12.0
    assert np.array_equal(hvp(lambda y: np.sum(y**3))(np.array([1, 2]), np.ones(2)), [6.0, 12.0])


def test_a_product_with_a_zero_hessian_has_the_form_of_the_argument():
    product = hvp(lambda a, b: np.sum(a) + b, argnums=(0, 1))
    first, second = product(np.ones(3, dtype=np.float32), 2.0, (np.ones(3, dtype=np.float32), 1.0))
    assert np.array_equal(first, np.zeros(3)) and first.dtype == np.float32 and second == 0.0


def test_values_do_not_share_memory_with_arguments_after_many_calls():
    def chosen(y, k):
        return y if k > 0.0 else 2.0 * y

    derivative, x, dx = Jvp(chosen), np.ones(3), np.ones(3)
    often(derivative, (x, -1.0), (dx, None))
    value, tangent = derivative((x, 1.0), (dx, None))
    assert not np.shares_memory(value, x) and not np.shares_memory(tangent, dx)


def test_a_function_that_fills_arrays_of_its_own_takes_the_short_way():
    def chain(y):
        filled = np.zeros(4)
        for i in range(4):
            filled[i] = y[i] ** 2 + filled[i - 1]
        return filled[1:]

    derivative, x, dx = Jvp(chain), RNG.normal(size=4), RNG.normal(size=4)
    kept = x.copy(), dx.copy()
    value, tangent = often(derivative, (x,), (dx,))
    assert "__call__" in vars(type(derivative))
    assert np.allclose(value, chain(x)) and np.allclose(tangent, np.cumsum(2.0 * x * dx)[1:])
    assert np.array_equal(x, kept[0]) and np.array_equal(dx, kept[1])


def test_what_a_method_reads_from_its_instance_may_change_its_class():
    class Scaled:
        def __init__(self, w):
            self.w = w

        def total(self, y):
            return np.sum(self.w * y * y) if isinstance(self.w, float) else self.w[0] * np.sum(y)

    instance, x = Scaled(2.0), np.ones(3)
    derivative, product = Jvp(instance.total), hvp(instance.total)
    assert np.isclose(often(derivative, (x,), (x,))[1], 12.0)
    assert all(np.allclose(product(x, x), 4.0) for _ in range(6))
    instance.w = np.array([5.0, 1.0])
    assert np.isclose(derivative((x,), (x,))[1], 15.0) and np.allclose(product(x, x), 0.0)


def test_linearize_by_chosen_arguments_is_what_jvp_is():
    def loss(a, b, c):
        return np.sum(a * b**2 * c)

    a, b, c, v = RNG.normal(size=(4, 3))
    for argnums in ((0,), (2, 0), ("b", "a"), 1):
        _, along = linearize(loss, a, b, c, argnums=argnums)
        directions = (v, 2.0 * v)[: len(argnums) if isinstance(argnums, tuple) else 1]
        given = directions if isinstance(argnums, tuple) else directions[0]
        expected = jvp(loss, (a, b, c), given, argnums=argnums)[1]
        assert np.isclose(along(*directions), expected)
        assert along(*[None] * len(directions)) == 0.0
        with pytest.raises(SrcadError):
            along(*directions, v)

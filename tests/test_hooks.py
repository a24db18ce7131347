"""stop_gradient, functions that see the gradient, and blocks of the backward pass."""

from __future__ import annotations

import numpy as np
import pytest

import srcad
from srcad import GradientTape, backward, grad, hessian, jacfwd, jacrev, jvp, on_backward, value_and_grad
from srcad.errors import ArgumentError, UnsupportedError

X = np.array([0.25, 2.0, -3.0])
SEEN: list = []


def half_stopped(p):
    return np.sum(p["a"] * srcad.stop_gradient(p)["a"] * p["b"])


@pytest.fixture
def point():
    return {"a": X, "b": 2.0}


def test_stop_gradient_has_zero_derivative_in_containers(point):
    found = grad(half_stopped)(point)
    np.testing.assert_allclose(found["a"], X * 2)
    np.testing.assert_allclose(found["b"], np.sum(X * X))


def test_stop_gradient_in_forward_mode_and_on_the_tape(point):
    tangent = jvp(half_stopped, (point,), ({"a": np.ones(3), "b": 0.0},))[1]
    np.testing.assert_allclose(tangent, np.sum(2 * X))
    with GradientTape() as tape:
        a = tape.watch(X)
        y = half_stopped({"a": a, "b": 2.0})
    np.testing.assert_allclose(tape.gradient(y, a), X * 2)


def test_stop_gradient_in_second_derivatives():
    def f(x):
        return np.sum(x**3 * srcad.stop_gradient(x))

    expected = np.diag(6 * X * X)
    np.testing.assert_allclose(hessian(f)(X), expected)
    np.testing.assert_allclose(jacrev(grad(f))(X), expected)


def test_changes_of_a_stopped_array_do_not_reach_its_source():
    def f(x):
        y = srcad.stop_gradient(x)
        y[0] = 10.0
        return np.sum(x * y)

    assert f(X) == 0.25 * 10 + 4 + 9
    np.testing.assert_allclose(grad(f)(X), [10.0, 2.0, -3.0])
    assert X[0] == 0.25


def clipped(x, limit):
    y = srcad.on_backward(x**2, lambda g: np.clip(g, -limit, limit))
    return np.sum(y * x)


def clipped_in_a_block(x, limit):
    y = x**2
    with srcad.backward(y) as dy:
        dy = np.clip(dy, -limit, limit)
    return np.sum(y * x)


@pytest.mark.parametrize("f", [clipped, clipped_in_a_block])
def test_the_gradient_is_replaced(f):
    expected = 2 * X * np.clip(X, -1, 1) + X**2
    np.testing.assert_allclose(grad(f)(X, 1.0), expected)
    gradients = grad(f, (0, 1))(X, 1.0)
    np.testing.assert_allclose(gradients[0], expected)
    assert gradients[1] == 0.0


@pytest.mark.parametrize("f", [clipped, clipped_in_a_block])
def test_the_value_and_the_tangent_are_those_of_the_identity(f):
    assert f(X, 1.0) == np.sum(X**3)
    assert value_and_grad(f)(X, 1.0)[0] == np.sum(X**3)
    np.testing.assert_allclose(jvp(f, (X, 1.0), (np.ones(3), 0.0))[1], np.sum(3 * X**2))


@pytest.mark.parametrize("f", [clipped, clipped_in_a_block])
def test_second_derivatives_go_through_the_replacement(f):
    gradient = grad(f)
    step = 1e-6
    columns = [(gradient(X + step * e, 1.0) - gradient(X - step * e, 1.0)) / (2 * step) for e in np.eye(3)]
    np.testing.assert_allclose(hessian(f)(X, 1.0), np.array(columns).T, atol=1e-8)


def halved(x):
    return srcad.on_backward(x**2, lambda g: 0.5 * g) ** 2


def halved_in_a_block(x):
    y = x**2
    with srcad.backward(y) as dy:
        dy = 0.5 * dy
    return y**2


def halved_at_run_time(x):
    y = x**2
    for function in (srcad.on_backward,):
        y = function(y, lambda g: 0.5 * g)
    return y**2


@pytest.mark.parametrize("f", [halved, halved_in_a_block, halved_at_run_time])
def test_higher_derivatives_are_of_what_the_gradient_computes(f):
    assert grad(f)(1.5) == 2 * 1.5**3
    for second in (grad(grad(f)), jacrev(grad(f)), jacfwd(grad(f)), hessian(f)):
        np.testing.assert_allclose(second(1.5), 6 * 1.5**2)
    np.testing.assert_allclose(grad(grad(grad(f)))(1.5), 12 * 1.5)
    np.testing.assert_allclose(jacrev(jacfwd(f))(1.5), 12 * 1.5**2)


def test_the_outer_of_two_tapes_follows_what_the_inner_one_computes():
    with GradientTape() as outer:
        x = outer.watch(1.5)
        with GradientTape() as inner:
            inner.watch(x)
            y = halved(x)
        slope = inner.gradient(y, x)
    assert slope == 2 * 1.5**3
    np.testing.assert_allclose(outer.gradient(slope, x), 6 * 1.5**2)


def test_a_block_waits_for_the_first_derivative_of_its_variable():
    def outer(x):
        def inner(t):
            y = srcad.on_backward(x, lambda g: 0.5 * g)
            return t * y**2

        return grad(inner)(1.0)

    assert grad(outer)(3.0) == 3.0


def test_the_tape_calls_the_function():
    with GradientTape() as tape:
        x = tape.watch(X)
        y = clipped(x, 1.0)
    np.testing.assert_allclose(tape.gradient(y, x), grad(clipped)(X, 1.0))


def test_a_function_that_returns_nothing_only_looks():
    SEEN.clear()

    def f(x):
        for _ in range(3):
            x = srcad.on_backward(np.sin(x), SEEN.append)
        return np.sum(x)

    def plain(x):
        return np.sum(np.sin(np.sin(np.sin(x))))

    np.testing.assert_allclose(grad(f)(X), grad(plain)(X))
    assert len(SEEN) == 3
    np.testing.assert_allclose(SEEN[1], np.cos(np.sin(np.sin(X))))


def test_containers_are_seen_whole():
    def f(p):
        p = srcad.on_backward(p, lambda g: {"a": 2 * g["a"], "b": g["b"]})
        return np.sum(p["a"] * p["b"])

    found = grad(f)({"a": X, "b": 2.0})
    np.testing.assert_allclose(found["a"], np.full(3, 4.0))
    assert found["b"] == np.sum(X)


def in_a_loop(x):
    for i in range(3):
        x = np.sin(x) + x
        with srcad.backward(x) as dx:
            print("step", i, float(np.sum(dx)))
            dx = i * dx
    return np.sum(x)


def test_a_block_in_a_loop_runs_backwards_with_its_own_variables(capsys):
    gradient = grad(in_a_loop)(X)
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[1] for line in lines] == ["2", "1", "0"]
    np.testing.assert_allclose(gradient, np.zeros(3))
    first = np.sin(X) + X
    second = np.sin(first) + first
    arriving = 2 * (np.cos(second) + 1)
    np.testing.assert_allclose(float(lines[1].split()[2]), np.sum(arriving))


def test_a_block_may_change_the_gradient_in_place_and_have_no_name_for_it():
    def f(x):
        y = x**2
        with srcad.backward(y):
            SEEN.append("block")
        with srcad.backward(y) as dy:
            dy[0] = 0.0
        return np.sum(y)

    SEEN.clear()
    np.testing.assert_allclose(grad(f)(X), [0.0, 4.0, -6.0])
    assert SEEN == ["block"]


def test_the_block_does_not_run_in_the_forward_pass():
    order: list[str] = SEEN
    order.clear()

    def f(x):
        with srcad.backward(x) as dx:
            SEEN.append("backward")
            dx = dx * 1.0
        SEEN.append("forward")
        return x * x

    grad(f)(3.0)
    assert order == ["forward", "backward"]


def test_without_a_derivative_the_block_runs_on_zeros():
    SEEN.clear()

    def f(x):
        with srcad.backward(x) as dx:
            SEEN.append(dx)
        return x * x

    assert f(3.0) == 9.0
    assert SEEN == [0.0]


def returns_inside(x):
    with srcad.backward(x) as dx:
        return dx
    return x


def assigns_outside(x):
    total = 1.0
    with srcad.backward(x) as dx:
        total = np.sum(dx)
    return x * total


def has_no_variable(x):
    with srcad.backward(x * 2) as dx:
        dx = dx * 1.0
    return x


@pytest.mark.parametrize(
    ("f", "match"),
    [(returns_inside, "jump"), (assigns_outside, "'total'"), (has_no_variable, "one variable")],
)
def test_blocks_without_a_meaning_are_refused_at_their_line(f, match):
    with pytest.raises(UnsupportedError, match=match) as caught:
        grad(f)(3.0)
    assert caught.value.location.file == __file__


def test_a_tape_refuses_a_block():
    with GradientTape() as tape:
        x = tape.watch(X)
        with pytest.raises(UnsupportedError, match="on_backward"):
            clipped_in_a_block(x, 1.0)


def test_a_gradient_of_another_shape_is_refused_where_the_block_stands():
    def by_block(x):
        with backward(x) as dx:
            dx = np.append(dx, 1.0)
        return np.sum(x)

    def by_function(x):
        return np.sum(on_backward(x, lambda g: np.ones((2, 1))))

    for f, line in ((by_block, "backward(x)"), (by_function, "on_backward(x, lambda")):
        with pytest.raises(ArgumentError, match="shape of the variable") as caught:
            grad(f)(np.ones(2))
        assert line in str(caught.value)

    def stopped(x):
        y = x * 2.0
        with backward(y) as dy:
            dy = 0.0 * np.sum(dy)
        return np.sum(y * x)

    np.testing.assert_array_equal(grad(stopped)(np.ones(2)), [2.0, 2.0])

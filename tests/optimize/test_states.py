"""What loops over states need of all trips is computed at once, where that computes the same."""

from __future__ import annotations

import numpy as np
import pytest

from srcad import check_grads, grad, jvp, value_and_grad, vjp

RNG = np.random.default_rng(5)


def network(w, u, b, xs):
    h = np.zeros((xs.shape[1], len(b)))
    for x in xs:
        h = np.tanh(x @ u + h @ w + b)
    return np.sum(h**2)


def of_vectors(w, u, b, xs):
    h = np.zeros(len(b))
    for t in range(len(xs)):
        h = np.tanh(w @ h + u @ xs[t] + b)
    return np.sum(h**2)


def with_a_loss_each_step(w, u, b, xs):
    h = np.zeros((xs.shape[1], len(b)))
    total = 0.0
    for x in xs:
        h = np.tanh(x @ u + h @ w + b)
        total += np.sum((h @ w - x @ u) ** 2)
    return total


def with_outputs_in_a_list(w, u, b, xs):
    h = np.zeros((xs.shape[1], len(b)))
    states = []
    for x in xs:
        h = np.tanh(x @ u + h @ w + b)
        states.append(h)
    return np.sum(np.stack(states) ** 3) + np.sum(states[-1])


def in_layers(w, u, b, xs):
    h = np.zeros((xs.shape[1], len(b)))
    k = np.ones((xs.shape[1], len(b)))
    for x in xs:
        h = np.tanh(x @ u + h @ w + b)
        k = np.tanh(h @ w + k @ w + b)
    return np.sum(h * k)


def gated(w, u, b, xs):
    n = len(b) // 2
    h = np.zeros((xs.shape[1], len(b)))
    for x in xs:
        z = 1.0 / (1.0 + np.exp(-(x @ u + h @ w + b)))
        h = z * h + (1.0 - z) * np.tanh(x @ u)
    return np.sum(h[:, :n] ** 2) + np.sum(h)


def beginning_with_an_argument(w, u, h, xs):
    for x in xs:
        h = np.tanh(x @ u + h @ w)
    return np.sum(h**2)


def twice(w, u, b, xs):
    h = np.zeros((xs.shape[1], len(b)))
    for x in xs:
        h = np.tanh(x @ u + h @ w + b)
    for x in xs:
        h = np.tanh(h @ w - x @ u)
    return np.sum(h**2)


def of_other_functions(w, u, b, xs):
    h = np.zeros((xs.shape[1], len(b)))
    for x in xs:
        h = np.sin(x @ u + h @ w + b)
    return np.sum(h**2)


def changing_the_inputs(w, u, b, xs):
    h = np.zeros((xs.shape[1], len(b)))
    for i in range(len(xs)):
        h = np.tanh(xs[i] @ u + h @ w + b)
        xs[0] += 0.1
        xs[-1] *= 0.5
    return np.sum(h**2)


def changing_a_matrix_in_a_branch(w, u, b, xs):
    h = np.zeros((xs.shape[1], len(b)))
    for x in xs:
        h = np.tanh(x @ u + h @ w + b)
        if np.sum(h) > 0.0:
            u = 0.9 * u
    return np.sum(h**2)


def changing_a_state(w, u, b, xs):
    h = np.zeros((xs.shape[1], len(b)))
    for x in xs:
        h = np.tanh(x @ u + h @ w + b)
        h[0] *= 0.5
    return np.sum(h**2)


def changing_the_last_state(w, u, b, xs):
    h = np.zeros((xs.shape[1], len(b)))
    for x in xs:
        h = np.tanh(x @ u + h @ w + b)
    h *= 2.0
    h[0] = 1.0
    return np.sum(h**2)


def leaving_early(w, u, b, xs):
    h = np.zeros((xs.shape[1], len(b)))
    for x in xs:
        if np.sum(x @ u) > 3.0:
            break
        h = np.tanh(x @ u + h @ w + b)
    return np.sum(h**2)


def skipping(w, u, b, xs):
    h = np.zeros((xs.shape[1], len(b)))
    for x in xs:
        if np.sum(x @ u) > 0.0:
            continue
        h = np.tanh(x @ u + h @ w + b)
    return np.sum(h**2)


def starting_with_an_input(w, u, b, xs):
    h = xs[0] @ u
    for x in xs:
        h = np.tanh(x @ u + h @ w + b)
    return np.sum(h**2) + np.sum(xs[0] * xs[1])


def with_the_state_in_two_places(w, u, b, xs):
    h = np.zeros((xs.shape[1], len(b)))
    before = h
    for x in xs:
        h = np.tanh(x @ u + h @ w + 0.5 * before + b)
        before = h
    return np.sum(h * before)


PROGRAMS = [
    network, of_vectors, with_a_loss_each_step, with_outputs_in_a_list, in_layers, gated, twice, of_other_functions,
    changing_the_inputs, changing_a_matrix_in_a_branch, changing_a_state, changing_the_last_state, leaving_early,
    skipping, starting_with_an_input, with_the_state_in_two_places,
]  # fmt: skip
by_name = pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.__name__)


def arguments(program, steps=4, batch=3, n=4):
    w, u, b = (RNG.normal(size=shape) for shape in ((n, n), (2, n), (n,)))
    if program is of_vectors:
        return w, u.T.copy(), b, RNG.normal(size=(steps, 2))
    return w, u, b, RNG.normal(size=(steps, batch, 2))


@by_name
@pytest.mark.parametrize("steps, batch", [(4, 3), (2, 1)])
def test_gradients_are_right(program, steps, batch):
    args = arguments(program, steps, batch)
    copies = [arg.copy() for arg in args]
    check_grads(program, args, order=1)
    for argnums in ((0, 1, 2), 0, 3):
        value, _ = value_and_grad(program, argnums=argnums)(*args)
        assert value == program(*[arg.copy() for arg in args])
    assert all(map(np.array_equal, args, copies))


@by_name
def test_second_derivatives_are_right(program):
    args = arguments(program, 3, 2, 2)
    check_grads(program, args, order=2)
    direction = RNG.normal(size=args[0].shape)
    eps = 1e-6
    moved = (grad(program)(args[0] + s * eps * direction, *args[1:]) for s in (1, -1))
    np.testing.assert_allclose(
        jvp(grad(program), args, (direction, None, None, None))[1],
        np.subtract(*moved) / (2 * eps),
        rtol=1e-4,
        atol=1e-5,
    )


@by_name
@pytest.mark.parametrize("steps", [0, 1])
def test_loops_of_one_trip_or_none_have_right_gradients(program, steps):
    if program in (starting_with_an_input, with_outputs_in_a_list):
        steps += 2
    check_grads(program, arguments(program, steps), order=1)


def test_in_one_trip_the_state_may_get_another_shape():
    w, u = RNG.normal(size=(4, 3)), RNG.normal(size=(2, 3))
    check_grads(
        beginning_with_an_argument, (w, u, RNG.normal(size=(5, 4)), RNG.normal(size=(1, 5, 2))), order=1
    )
    check_grads(
        beginning_with_an_argument,
        (w[:, :1], u[:, :1], RNG.normal(size=(5, 4)), RNG.normal(size=(1, 5, 2))),
        order=1,
    )


@by_name
def test_numbers_of_other_types_give_the_same(program):
    args = arguments(program)
    exact = grad(program, argnums=(0, 1, 2))(*args)
    single = grad(program, argnums=(0, 1, 2))(*[arg.astype(np.float32) for arg in args])
    for one, other in zip(single, exact):
        assert one.dtype == np.float32
        np.testing.assert_allclose(one, other, rtol=2e-2, atol=2e-3)


@by_name
def test_whole_inputs_give_the_same(program):
    w, u, b, xs = arguments(program)
    xs = np.round(3 * xs)
    if program is not changing_the_inputs:
        for one, other in zip(*[grad(program, argnums=(0, 1, 2))(w, u, b, x) for x in (xs, xs.astype(int))]):
            np.testing.assert_allclose(one, other, rtol=1e-12)


def with_sums_of_products(w, u, b, xs):
    h = np.zeros((xs.shape[1], len(b)))
    for x in xs:
        h = h @ w + x @ u + b
    return np.sum(h**2)


@pytest.mark.parametrize("program", [network, in_layers, with_sums_of_products])
@pytest.mark.parametrize("place", [0, 1, 2])
def test_whole_weights_have_gradients_that_are_not_whole(program, place):
    args = [np.round(3 * arg) for arg in arguments(program)]
    exact = grad(program, argnums=(0, 1, 2))(*args)
    args[place] = args[place].astype(int)
    for one, other in zip(grad(program, argnums=(0, 1, 2))(*args), exact):
        assert one.dtype == np.float64
        np.testing.assert_allclose(one, other, rtol=1e-10, atol=1e-10)


def of_modulus(w, u, xs):
    h = np.zeros((xs.shape[1], len(w))) + 0j
    for x in xs:
        h = np.tanh(x @ u + h @ w)
    return np.sum(np.abs(h) ** 2)


def test_complex_states_have_right_gradients():
    w, u, _, xs = arguments(network)
    check_grads(of_modulus, (w + 0.1j * w.T, u, xs), order=1)
    check_grads(of_modulus, (w, u + 0.2j, xs), order=1)


@pytest.mark.parametrize("program", [network, in_layers, with_a_loss_each_step])
def test_inputs_and_states_may_be_one_array(program):
    xs, b = RNG.normal(size=(3, 4, 4)), RNG.normal(size=4)
    u = xs[1]
    each = [
        grad(program, argnums=(0, 1, 2, 3))(*args)
        for args in ((u, u, b, xs), (u.copy(), u.copy(), b, xs.copy()))
    ]
    for one, other in zip(*each):
        np.testing.assert_allclose(one, other, rtol=1e-12)


@pytest.mark.parametrize("last", [np.nan, np.inf])
def test_rows_that_a_loop_never_reaches_do_not_matter(last):
    w, u, b, xs = arguments(network)
    xs[0] = 5.0 * np.sign(u[:, 0]) / np.abs(u[:, :1]).sum()
    xs[2:] = last
    with np.errstate(all="raise"):
        assert np.isfinite(grad(leaving_early)(w, np.abs(u), b, np.abs(xs))).all()


def telling(w, u, b, xs):
    h = np.zeros((xs.shape[1], len(b)))
    for x in xs:
        print("a step")
        assert x.shape[1] == len(u), "the inputs do not fit"
        h = np.tanh(x @ u + h @ w + b)
    return np.sum(h**2)


def test_what_happens_before_a_product_that_fails_still_happens(capsys):
    w, u, b, xs = arguments(network)
    with pytest.raises(AssertionError, match="the inputs do not fit"):
        grad(telling)(w, u[:1], b, xs)
    assert capsys.readouterr().out == "a step\n"
    with pytest.raises(ValueError, match="matmul"):
        grad(network)(w, u[:1], b, xs)


def with_the_last_state(w, u, b, xs):
    h = np.zeros((xs.shape[1], len(b)))
    for x in xs:
        h = np.tanh(x @ u + h @ w + b)
    return np.sum(h**2), h


def test_the_last_state_may_be_returned_and_changed_by_the_caller():
    args = arguments(network)
    gradient, state = grad(with_the_last_state, has_aux=True)(*args)
    assert state.base is None or state.base.shape == state.shape
    np.testing.assert_allclose(gradient, grad(network)(*args), rtol=1e-12)
    (_, state), pullback = vjp(with_the_last_state, *args)
    expected = pullback((1.0, np.zeros_like(state)))
    state[...] = 7.0
    for one, other in zip(pullback((1.0, np.zeros_like(state))), expected):
        np.testing.assert_allclose(one, other)


def test_the_text_multiplies_all_rows_and_computes_the_factors_at_once():
    derivative = grad(network, argnums=(0, 1, 2))
    derivative(*arguments(network))
    text = derivative.source
    before, _, behind = text.partition("for i in range(")
    loop = behind.split("del ")[0]
    assert "xs @ u" in before and "@ u" not in loop and "out=h_history[i + 1]" in loop
    backward = behind.split("reversed(")[1].split("    dt", 1)[0]
    assert "1 -" not in backward and "h_history[:-1]" in behind


def weighted_cubes(x, a):
    y = np.broadcast_to(x, (2, 3, 4))
    z = np.transpose(y, (2, 0, 1)) ** 2
    return np.sum((1.0 - z * a) ** 2 * (2.0 - z) ** 2)


def test_results_in_the_memory_of_others_have_names_of_their_own():
    check_grads(weighted_cubes, (RNG.normal(size=(3, 4)), RNG.normal(size=(4, 2, 3))), order=2)

"""Steps of every kind in `checkpoint_loop`: same derivatives as the plain loop, few states, and little more time."""

from __future__ import annotations

from collections import namedtuple
from dataclasses import dataclass

import numpy as np
import pytest

from srcad import checkpoint_loop, grad, hessian, jacfwd, jacrev, jvp
from srcad.dynamic import calls as reverse_calls
from srcad.errors import ArgumentError

N = 300


@dataclass
class Body:
    position: object
    velocity: object


@dataclass
class Counted:
    value: object
    count: int = 0

    def __post_init__(self):
        self.count += 1


Pair = namedtuple("Pair", "first second")


class Point:
    def __init__(self, x, v):
        self.x, self.v = x, v


class Doubled:
    def __init__(self, x):
        self.x = 2.0 * x


@dataclass(frozen=True)
class System:
    body: Body
    pair: object


class Oscillator:
    def __init__(self, k, damping):
        self.k, self.damping = k, damping

    def step(self, state, dt):
        x, v = state
        v = v - dt * (self.k * np.sin(x) + self.damping["linear"] * v)
        return x + dt * v, v


def plain_loop(step, state, n, *args):
    for _ in range(n):
        state = step(state, *args)
    return state


def both(program):
    """Return the program with the loop of the package, and with a plain one."""
    return lambda *args: program(checkpoint_loop, *args), lambda *args: program(plain_loop, *args)


def captures_a_number(loop, k):
    a = 2.0 * k

    def step(x):
        return x + 0.01 * np.sin(a * x)

    return loop(step, 0.3, N)


def captures_arrays_and_containers(loop, k):
    weights = {"w": k * np.array([1.0, -0.5]), "b": [k, 0.1]}

    def step(x, scale):
        return x + scale * np.tanh(weights["w"] * x + weights["b"][0])

    return np.sum(loop(step, np.array([0.3, 0.7]), N, 0.01 * k))


def calls_another_nested_function(loop, k):
    def force(x):
        return -k * np.sin(x)

    def step(state):
        x, v = state
        v = v + 0.02 * force(x)
        return x + 0.02 * v, v

    return loop(step, (1.0, 0.0), N)[0]


def has_helpers_of_helpers(loop, k):
    strength = np.array([k, 0.5])

    def force(x):
        return -strength * np.sin(x)

    def damped(x, v):
        return force(x) - 0.1 * k * v

    def step(state):
        x, v = state
        v = v + 0.02 * damped(x, v)
        return x + 0.02 * v, v

    return np.sum(loop(step, (np.array([1.0, 0.3]), np.zeros(2)), N)[0])


def has_two_helpers_of_one_definition(loop, k):
    def scaled(a):
        def by(x):
            return a * x

        return by

    twice, thrice = scaled(2.0 * k), scaled(3.0)

    def step(x):
        return x + 0.01 * twice(np.sin(x)) * thrice(x)

    return loop(step, 0.3, N)


def has_a_helper_with_a_name_of_its_own(loop, k):
    def helper(x):
        a = 2.0 * x
        return a * k

    a = k * k

    def step(x):
        return x + 0.01 * helper(x) * a

    return loop(step, 0.3, N)


def is_given_nested_functions(loop, k):
    def step(x, terms):
        return x + 0.01 * terms["first"](x) * terms["second"](x)

    return loop(step, 0.3, N, {"first": lambda x: k * x, "second": np.cos})


def of_a_lambda(loop, k):
    return loop(lambda x: x - 0.01 * k * x**3, 1.2, N)


def of_a_method(loop, k):
    return loop(Oscillator(k, {"linear": 0.1 * k}).step, (1.0, 0.0), N, 0.01)[0]


def move(body, k):
    velocity = body.velocity - 0.01 * k * np.sin(body.position)
    return Body(body.position + 0.01 * velocity, velocity)


def of_records(loop, k):
    last = loop(move, Body(np.array([1.0, 0.4]), np.zeros(2)), N, k)
    return np.sum(last.position * last.velocity)


def of_records_in_records(loop, k):
    def push(pair, k):
        return Pair(pair.first + 0.01 * pair.second, pair.second - 0.01 * k * pair.first)

    def step(system, k):
        return System(move(system.body, k), push(system.pair, k))

    last = loop(step, System(Body(np.array([1.0, 0.4]), np.zeros(2)), Pair(0.5, 0.1)), N, k)
    return np.sum(last.body.position) * last.pair.first


def shift(point, k):
    return Point(point.x + 0.01 * point.v, point.v - 0.01 * k * np.sin(point.x))


def of_objects(loop, k):
    last = loop(shift, Point(1.0, 0.2), N, k)
    return last.x * last.v


def of_objects_that_compute(loop, k):
    return loop(lambda d: Doubled(0.5 * d.x * (1.0 - 0.001 * k)), Doubled(0.5), N).x


def of_objects_with_more_attributes(loop, k):
    point = Point(1.0, 0.2)
    point.scale = 2.0

    def step(point):
        moved = Point(point.x + 0.01 * point.v, point.v - 0.01 * k * point.x * point.scale)
        moved.scale = point.scale
        return moved

    return loop(step, point, N).x


def move_system(system, k):
    return System(move(system.body, k), 0.99 * system.pair)


def of_nested_records(loop, k):
    last = loop(move_system, System(Body(np.array([1.0, 0.4]), np.zeros(2)), 0.5), N, k)
    return np.sum(last.body.position) * last.pair


def of_records_that_run_code(loop, k):
    return loop(lambda c: Counted(c.value * (1.0 - 0.001 * k), c.count), Counted(1.0), N).value


def of_records_by_a_nested_function(loop, k):
    def step(body):
        return Body(body.position + 0.01 * body.velocity, body.velocity - 0.01 * k * body.position)

    return loop(step, Body(1.0, 0.0), N).position


def in_place(loop, k):
    def step(u):
        u[1:-1] += 0.1 * k * (u[2:] - 2.0 * u[1:-1] + u[:-2])
        return u

    return np.sum(loop(step, np.sin(np.arange(8.0)), N) ** 2)


def of_dicts_with_integers(loop, k):
    def step(state):
        return {"x": state["x"] + 0.01 * np.sin(k * state["i"]), "i": state["i"] + 1}

    return loop(step, {"x": 0.3, "i": 0}, N)["x"]


def of_two_loops(loop, k):
    def step(x):
        return x + 0.01 * np.sin(k * x)

    return loop(step, loop(step, 0.3, 40), 50) * k


PROGRAMS = [
    captures_a_number,
    captures_arrays_and_containers,
    calls_another_nested_function,
    has_helpers_of_helpers,
    has_two_helpers_of_one_definition,
    has_a_helper_with_a_name_of_its_own,
    is_given_nested_functions,
    of_a_lambda,
    of_a_method,
    of_records,
    of_records_in_records,
    of_objects,
    of_objects_that_compute,
    of_objects_with_more_attributes,
    of_nested_records,
    of_records_that_run_code,
    of_records_by_a_nested_function,
    in_place,
    of_dicts_with_integers,
    of_two_loops,
]


@pytest.mark.parametrize("program", PROGRAMS)
def test_steps_of_every_kind_have_the_derivatives_of_the_plain_loop(program):
    loop, plain = both(program)
    assert loop(1.3) == plain(1.3)
    np.testing.assert_allclose(grad(loop)(1.3), grad(plain)(1.3), rtol=1e-11)
    np.testing.assert_allclose(jvp(loop, (1.3,), (1.0,))[1], grad(plain)(1.3), rtol=1e-11)


@pytest.mark.parametrize("program", [captures_a_number, of_a_method, of_records, of_two_loops])
def test_second_derivatives_are_those_of_the_plain_loop(program):
    loop, plain = both(program)
    np.testing.assert_allclose(hessian(loop)(1.3), hessian(plain)(1.3), rtol=1e-9)


def doubles_a_record(loop, k):
    body = loop(
        lambda state, k: Body(k * state.position, state.velocity + state.position),
        Body(1.0, np.ones(2)),
        3,
        k,
    )
    return body.position + np.sum(body.velocity**2)


def test_forward_mode_twice_goes_through_a_state_that_is_an_object():
    program, plain = both(doubles_a_record)
    for outer, inner in ((jacfwd, jacfwd), (jacrev, jacfwd), (jacfwd, jacrev)):
        np.testing.assert_allclose(outer(inner(program))(0.7), hessian(plain)(0.7))


def test_the_object_of_a_method_has_a_gradient():
    def last(oscillator, loop):
        return loop(oscillator.step, (1.0, 0.0), N, 0.01)[0]

    at = Oscillator(1.3, {"linear": 0.2})
    found, expected = grad(last)(at, checkpoint_loop), grad(last)(at, plain_loop)
    assert np.isclose(found.k, expected.k, rtol=1e-11)
    assert np.isclose(found.damping["linear"], expected.damping["linear"], rtol=1e-11)


def test_the_state_and_the_arguments_of_the_loop_have_gradients():
    def last(loop, body, p):
        def step(b):
            return Body(b.position + p["dt"] * b.velocity, b.velocity - p["dt"] * b.position)

        return np.sum(loop(step, body, N).position)

    at = Body(np.array([1.0, 0.5]), np.array([0.0, 0.3]))
    found = grad(last, argnums=(1, 2))(checkpoint_loop, at, {"dt": 0.01})
    expected = grad(last, argnums=(1, 2))(plain_loop, at, {"dt": 0.01})
    np.testing.assert_allclose(found[0].position, expected[0].position, rtol=1e-11)
    np.testing.assert_allclose(found[0].velocity, expected[0].velocity, rtol=1e-11)
    assert np.isclose(found[1]["dt"], expected[1]["dt"], rtol=1e-11)


def swing(state, k):
    angle, speed = state
    speed = speed - 0.01 * k * np.sin(angle)
    return angle + 0.01 * speed, speed


def of_pairs(loop, k):
    return loop(swing, (1.0, 0.0), N, k)[0]


@pytest.mark.parametrize(
    "program",
    [
        captures_a_number,
        calls_another_nested_function,
        of_pairs,
        of_a_method,
        of_records,
        of_objects,
        of_nested_records,
    ],
)
def test_calls_are_resolved_once_for_many_steps(program, monkeypatch):
    monkeypatch.setitem(globals(), "N", 10_000)
    loop, plain = map(grad, both(program))
    np.testing.assert_allclose(loop(1.3), plain(1.3), rtol=1e-9)
    resolved = []
    find = reverse_calls.compiled
    monkeypatch.setattr(
        reverse_calls, "compiled", lambda *args, **options: resolved.append(0) or find(*args, **options)
    )
    loop(1.3)
    assert len(resolved) < 300


@pytest.mark.parametrize("count", [-1, 2.0])
def test_a_number_of_steps_that_is_none_is_refused(count):
    with pytest.raises(ArgumentError, match=f"cannot do {count!r} steps"):
        grad(lambda k: checkpoint_loop(lambda s, k: s * k, 2.0, count, k))(3.0)

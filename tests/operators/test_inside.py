"""Programs that take derivatives inside, differentiated themselves: in both modes, to the second order."""

# ruff: noqa: B023

from __future__ import annotations

import copy
import functools
import math

import numpy as np
import pytest

from benchmarks import particle
from srcad import elementwise_grad, grad, hessian, hvp, jacobian, jvp, value_and_grad, vjp
from srcad.api import Derivative
from srcad.errors import ArgumentError


def energy(q, k=2.0):
    return np.sum(np.sin(q) * k * q)


SLOPE = grad(energy)
VALUE_AND_SLOPE = value_and_grad(energy, "k")


@grad
def cube(x):
    return x**3


class Model:
    def __init__(s, k):
        s.k = k

    def energy(s, q):
        return s.k * np.sum(q**3)

    def force(s, q):
        return -grad(s.energy)(q)

    @grad
    def slope(s, q):
        return s.k * q**3


PROGRAMS = []


def program(*args):
    """Note a program with its arguments."""

    def note(function):
        PROGRAMS.append(pytest.param(function, args, id=function.__name__))
        return function

    return note


X = np.array([0.5, -1.2, 2.0])


@program(X)
def gradient_of_a_function_of_the_module(x):
    return np.sum(grad(energy)(x) ** 2)


@program(X, 1.5)
def with_a_parameter_that_is_differentiated_outside(x, k):
    return np.sum(grad(energy)(x, k) ** 2) * k


@program(X, 1.5)
def with_respect_to_the_second_parameter(x, k):
    return grad(energy, 1)(x, k) ** 2


@program(X, 1.5)
def several_gradients_and_a_keyword(x, k):
    g, h = grad(energy, (0, 1))(x, k=k)
    return np.sum(g) * h


@program(X)
def made_outside(x):
    return np.sum(SLOPE(x) * x)


@program(X, 0.7)
def value_and_gradient_made_outside(x, k):
    v, g = VALUE_AND_SLOPE(x, k)
    return v * g


@program(2.0)
def decorated_function(x):
    return cube(x) * cube(2 * x)


@program(2.0)
def captured_loop_variables(x):
    for i in range(4):
        x = x - 0.1 * grad(lambda q: (q - i) ** 2 * x)(x)
    return x


@program(2.0)
def twice_inside(x):
    return grad(grad(lambda q: q**4 * x))(x)


@program(2.0)
def nested_lambdas_that_capture_one_another(x):
    return grad(lambda y: y * grad(lambda z: z * z * y * x)(y))(x)


@program(1.0)
def levels_are_not_confused(x):
    return x * grad(lambda y: x + y)(1.0)


@program(X)
def of_entries_stored_in_an_array(x):
    out = np.zeros(3)
    for i in range(3):
        out[i] = grad(lambda t: np.sin(t) * x[i] * t)(x[i])
    return np.sum(out**2)


@program(X)
def of_a_function_that_fills_an_array(x):
    def f(q):
        y = np.zeros(3)
        for i in range(3):
            y[i] = q[i] ** 2 * x[i]
        return np.sum(y)

    return np.sum(grad(f)(x) * x)


@program(X)
def of_a_function_that_changes_its_argument(x):
    def f(q):
        q[0] = q[1] * q[2]
        return np.sum(q**2)

    return np.sum(grad(f)(x) * x)


@program(X, 0.5)
def of_a_bound_method(x, k):
    m = Model(k)
    return np.sum(m.force(x) ** 2)


@program(X, 0.5)
def of_a_decorated_method(x, k):
    m = Model(k)
    return m.slope(x[0])


@program(X)
def of_a_dict(x):
    w = {"a": x, "b": x[0]}

    def f(w):
        return np.sum(w["a"] ** 2 * w["b"])

    g = grad(f)(w)
    return np.sum(g["a"]) + g["b"] ** 2


@program(X)
def of_a_list(x):
    def f(w):
        return np.sum(w[0] ** 2 * w[1])

    g = grad(f)([x, x[1]])
    return np.sum(g[0] * x) + g[1] ** 2


@program(X)
def captured_variable_rebound(x):
    t = 1.0

    def f(q):
        return np.sum(q * q * t)

    t = x[0]
    return np.sum(grad(f)(x))


@program(X)
def kept_in_a_list(x):
    c = 0.0
    h = []
    while c < 3:
        g = grad(lambda q: np.sum(np.exp(-q * q) * x[0]))(x)
        h.append(g)
        c += 1
        x = x + 0.1 * g
    return np.sum(h[0] * h[2])


@program(X)
def inside_of_try(x):
    try:
        g = grad(energy)(x)
        if g[0] > 0:
            raise ValueError
        return np.sum(g)
    except ValueError:
        return np.sum(x**2)


@program(X)
def of_functions_of_a_tuple(x):
    return sum(grad(f)(x[0]) for f in (np.sin, lambda t: t**3 * x[1]))


@program(X)
def of_functions_of_a_list(x):
    fs = [lambda t: t**2, lambda t: t**3]
    return sum(grad(f)(v) for f in fs for v in x)


@program(X)
def one_array_for_two_parameters(x):
    g = grad(lambda a, b: np.sum(a * b * b), (0, 1))(x, x)
    return np.sum(g[0] * g[1])


@program(X)
def gradient_changed_in_place(x):
    g = grad(energy)(x)
    g[0] = 5.0 * x[1]
    g *= x
    return np.sum(g)


@program(X)
def jacobian_inside(x):
    return np.sum(jacobian(lambda q: q**2 * x)(x) @ x)


@program(X)
def hessian_inside(x):
    return np.sum(hessian(lambda q: np.sum(q**3) * x[0])(x))


@program(X)
def jvp_inside(x):
    return np.sum(jvp(lambda q: q**2 * x, (x,), (x,))[1])


@program(X)
def hvp_inside(x):
    return np.sum(hvp(lambda q: np.sum(q**3) * x[0])(x, x))


@program(X)
def of_a_partial_that_holds_what_varies(x):
    f = functools.partial(energy, k=x[0])
    return np.sum(grad(f)(x))


@program(X)
def with_auxiliary_output(x):
    (v, aux), g = value_and_grad(lambda q: (np.sum(q**2), q[0] * x[1]), has_aux=True)(x)
    return v * aux * np.sum(g)


@program(X)
def elementwise_twice(x):
    return np.sum(elementwise_grad(elementwise_grad(lambda q: q**3))(x) * x)


def rec(x, n):
    return x**2 if n == 0 else x * grad(rec)(x, n - 1)


@program(1.5)
def recursion_through_gradients(x):
    return rec(x, 2)


def ping(x, n):
    return x**3 if n == 0 else grad(pong)(x, n - 1)


def pong(x, n):
    return x**4 if n == 0 else x * grad(ping)(x, n - 1)


@program(1.5)
def two_functions_that_take_each_others_gradients(x):
    return ping(x, 2)


@program(X)
def inside_of_with(x):
    with np.errstate(all="ignore"):
        return np.sum(grad(energy)(x))


@program(X)
def maker_under_two_names(x):
    g = grad(energy)
    g2 = g
    return np.sum(g2(x)) + np.sum(g(2 * x))


@program(X)
def maker_chosen_by_a_branch(x):
    if x[0] > 0:
        g = grad(energy)
    else:
        g = grad(lambda q: np.sum(q))
    return np.sum(g(x))


@program(X)
def of_a_numpy_function(x):
    return np.sum(grad(np.linalg.norm)(x) * x[0])


@program(2.0)
def of_functions_of_numbers(x):
    return grad(abs)(x) * x + grad(math.sin)(x)


@program(X)
def integers_that_are_options(x):
    n = 2
    return np.sum(grad(lambda q, m: np.sum(q**m))(x, n)) + np.sum(grad(lambda q, m: np.sum(q[:m]) ** 2)(x, n))


@program(X)
def a_string_that_is_an_option(x):
    return np.sum(grad(lambda q, s: np.sum(q**2) if s == "sq" else np.sum(q))(x, "sq") * x)


@program(X)
def an_option_that_is_none(x):
    return np.sum(grad(lambda q, s=None: np.sum(q**2) if s is None else np.sum(q))(x) * x)


@program(X)
def integer_or_float(x):
    a = x[0] if x[1] < 0 else 1
    b = 1 if x[1] < 0 else x[0]
    return grad(lambda t, u: t**2 * u**3, (0, 1))(b, a)[0] * x[2]


@program(X)
def in_a_comprehension(x):
    return sum([grad(lambda t: t**2 * v)(v) for v in x])


@program(X)
def descent_inside(x):
    y = x.copy()
    for i in range(3):
        y -= 0.1 * grad(lambda q: np.sum((q - x) ** 2 * y[i]))(y)
    return np.sum(y**2)


@program(X)
def of_a_matrix(x):
    A = np.outer(x, x)
    return np.sum(grad(lambda M: np.trace(M @ M @ A))(A))


@program(1.5)
def argument_by_name(x):
    z = grad(lambda t: t * np.sin(t), "t")(t=x)
    return z**2


def at(function, args, position, direction):
    """Return the function of a step from the arguments in a direction of one of them."""
    first, second = args if len(args) == 2 else (*args, None)
    if second is None:
        return lambda t: function(first + t * direction)
    if position == 0:
        return lambda t: function(first + t * direction, second)
    return lambda t: function(first, second + t * direction)


def difference(line, step=1e-4):
    """Return a central difference at zero."""
    return (line(step) - line(-step)) / (2.0 * step)


@pytest.mark.parametrize("function, args", PROGRAMS)
def test_derivatives_inside_of_a_program(function, args):
    for position, argument in enumerate(args):
        direction = np.random.default_rng(position).normal(size=np.shape(argument))[()]
        expected = difference(lambda t: at(function, copy.deepcopy(args), position, direction)(t))
        tangents = [direction if k == position else np.zeros(np.shape(a))[()] for k, a in enumerate(args)]
        reverse = np.sum(grad(function, position)(*copy.deepcopy(args)) * direction)
        forward = jvp(function, args, tuple(tangents))[1]
        assert np.isclose(reverse, expected, rtol=1e-5, atol=1e-5)
        assert np.isclose(forward, reverse, rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("function, args", PROGRAMS)
def test_second_derivatives_of_such_a_program(function, args):
    line = at(
        function,
        copy.deepcopy(args),
        0,
        np.linspace(0.5, 1.0, np.size(args[0])).reshape(np.shape(args[0]))[()],
    )
    expected = difference(grad(line))
    assert np.isclose(grad(grad(line))(0.0), expected, rtol=1e-4, atol=1e-4)
    assert np.isclose(jvp(grad(line), (0.0,), (1.0,))[1], expected, rtol=1e-4, atol=1e-4)


def test_a_gradient_inside_is_written_out_as_plain_code():
    derivative = value_and_grad(particle.landing)
    value, slope = derivative(0.1)
    assert np.isclose(slope, difference(lambda t: particle.landing(0.1 + t), 1e-6), rtol=1e-6)
    assert value == particle.landing(0.1)
    assert "rt.call(" not in derivative.source and "rt.shadow(" not in derivative.source
    assert "math.hypot(" in derivative.source


def test_the_particle_is_steered_to_where_the_literature_says():
    assert np.isclose(particle.solve(), 0.20719187464861)


def test_a_rebound_function_is_seen(monkeypatch):
    outer = grad(calls_rebound)
    assert outer(2.0) == 12.0
    monkeypatch.setitem(globals(), "rebound", lambda x: x**4)
    assert outer(2.0) == 48.0


def rebound(x):
    return x**3


def calls_rebound(x):
    return grad(rebound)(x)


def integer_inside(x):
    return grad(lambda y: y * y)(x) * x


def functions_in_a_list(x):
    total = 0.0
    for function in [np.sin, lambda t: t**3]:
        total = total + function(x)
    return total


class Holder:
    """Something with an attribute."""


def attribute_of_an_object(x):
    holder = Holder()
    holder.value = x
    holder.value = holder.value * holder.value
    return holder.value


@pytest.mark.parametrize("function", [integer_inside, functions_in_a_list, attribute_of_an_object])
@pytest.mark.parametrize("number", [3, np.int64(3)])
def test_an_integer_has_the_derivative_of_a_float_where_calls_are_resolved_late(function, number):
    value = float(number)
    assert np.isclose(grad(function)(number), grad(function)(value))
    assert np.isclose(vjp(function, number)[1](1.0)[0], grad(function)(value))
    assert np.isclose(jvp(function, (number,), (1.0,))[1], grad(function)(value))
    assert np.isclose(hessian(function)(number), hessian(function)(value))
    assert np.isclose(grad(grad(function))(number), hessian(function)(value))


class Quadratic:
    """An object that is called, with a method of two arguments."""

    def __init__(self, k):
        self.k = k

    def product(self, a, q):
        return np.sum(self.k * a * q**2)

    def __call__(self, q):
        return np.sum(self.k * q**2)


def partials(x):
    f = functools.partial(lambda a, q, k=2.0: np.sum(a * q**2 * k * x[1]), x, k=x[0])
    method = functools.partial(Quadratic(x[0]).product, x)
    later = jacobian(f)(x, k=x[2]) @ x
    return (
        np.sum(grad(f)(x))
        + jacobian(f)(x) @ x
        + later
        + np.sum(grad(method)(x))
        + np.sum(grad(Quadratic(x[1]))(x))
    )


def without_partials(x):
    def f(q, k):
        return np.sum(x * q**2 * k * x[1])

    first = np.sum(grad(f)(x, x[0])) + jacobian(f)(x, x[0]) @ x + jacobian(f)(x, x[2]) @ x
    return first + np.sum(2.0 * x[0] * x * x) + np.sum(2.0 * x[1] * x)


def test_what_a_partial_holds_is_differentiated_in_all_modes():
    assert np.allclose(grad(partials)(X), grad(without_partials)(X))
    assert np.isclose(jvp(partials, (X,), (X,))[1], jvp(without_partials, (X,), (X,))[1])
    assert np.allclose(hessian(partials)(X), hessian(without_partials)(X))
    assert np.isclose(
        grad(grad(lambda t: partials(t * X)))(1.0), grad(grad(lambda t: without_partials(t * X)))(1.0)
    )
    assert isinstance(grad(partials), Derivative)


def counts(x, n):
    for _ in range(n):
        x = x * 1.1
    return x


def passes_a_count_on(x, n):
    chosen = [counts][0]
    return chosen(x, n) * n


def test_an_integer_that_a_called_function_counts_with_stays_one():
    assert np.allclose(vjp(passes_a_count_on, 2.0, 3)[1](1.0), (3 * 1.1**3, 2.0 * 1.1**3))
    assert np.isclose(jvp(passes_a_count_on, (2.0, 3), (1.0, 1.0))[1], 3 * 1.1**3 + 2.0 * 1.1**3)
    assert np.isclose(grad(passes_a_count_on, 1)(2.0, 3), 2.0 * 1.1**3)


@pytest.mark.parametrize(
    ("inner", "message"),
    [
        (lambda x: jvp(np.sin, x, 1.0)[1], "jvp takes a tuple of arguments and a tuple of tangents"),
        (lambda x: jvp(np.sin, (x,), 1.0)[1], "jvp takes a tuple of arguments and a tuple of tangents"),
        (lambda x: jvp(np.sin, (x,), (1.0, 1.0))[1], "There are 1 arguments and 2 tangents"),
    ],
)
def test_directions_that_are_no_tuple_are_refused_inside_of_a_program(inner, message):
    for derivative in (grad(inner), lambda x: jvp(inner, (x,), (1.0,))):
        with pytest.raises(ArgumentError, match=message) as raised:
            derivative(0.5)
        assert raised.value.location is not None

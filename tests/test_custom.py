"""Rules of the user's own: of Python functions, of functions without source, and of solvers."""

from __future__ import annotations

import ctypes
import ctypes.util
import dataclasses
import functools
import importlib
import itertools
from typing import Any, NamedTuple

import numpy as np
import pytest

import srcad
from srcad import GradientTape, SrcadError, grad, hessian, jacfwd, jacrev, jvp, tape
from srcad.errors import ArgumentError, GradientCheckError, NoDerivativeError

X = np.array([0.5, 2.0, 3.0])
CALLS: list[str] = []


def numeric(f, x, step=1e-5):
    """Return the gradient of ``f`` at a vector by differences of fourth order."""
    found = np.zeros(len(x))
    for i in range(len(x)):
        e = np.zeros(len(x))
        e[i] = step
        found[i] = (8 * (f(x + e) - f(x - e)) - (f(x + 2 * e) - f(x - 2 * e))) / (12 * step)
    return found


@srcad.custom_vjp
def weighted_log(x, y):
    return np.log(x) * y


@weighted_log.backward
def weighted_log_backward(ans, g, x, y):
    return g * y / x, g * np.log(x)


@srcad.custom_vjp
def doubled_gradient(x):
    CALLS.append("primal")
    return x * x


@doubled_gradient.backward
def doubled_gradient_backward(ans, g, x):
    return 2 * (2 * g * x)


@srcad.custom_vjp(wrt="x")
def branching(x, order=2, *, scale=1.0):
    return scale * x**order


@branching.backward
def branching_backward(ans, g, x, order=2, *, scale=1.0):
    total = 0.0 * x
    for _ in range(order):
        total = total + x ** (order - 1)
    if order == 0:
        return 0.0
    return g * scale * total


@srcad.custom_jvp
def scaled_sine(x, a=2.0):
    return a * np.sin(x)


@scaled_sine.forward("x")
def scaled_sine_x(ans, t, x, a=2.0):
    return a * np.cos(x) * t


@scaled_sine.forward("a")
def scaled_sine_a(ans, t, x, a=2.0):
    return np.sin(x) * t


def of_log(x):
    return np.sum(weighted_log(x, x * x) * x)


def of_sine(x):
    return np.sum(scaled_sine(x) * scaled_sine(x, a=x))


def of_branching(x):
    y = x
    for _ in range(2):
        y = branching(y, 3, scale=0.5) + y
    return np.sum(y)


@pytest.mark.parametrize("f", [of_log, of_sine, of_branching])
def test_both_modes_and_the_tape_agree_with_differences(f):
    expected = numeric(f, X)
    np.testing.assert_allclose(grad(f)(X), expected, rtol=1e-7)
    np.testing.assert_allclose([jvp(f, (X,), (e,))[1] for e in np.eye(3)], expected, rtol=1e-7)
    with GradientTape() as t:
        x = t.watch(X)
        y = f(x)
    np.testing.assert_allclose(t.gradient(y, x), expected, rtol=1e-7)


@pytest.mark.parametrize("f", [of_log, of_sine, of_branching])
def test_second_derivatives_follow_from_the_rule(f):
    rows = np.array([numeric(lambda x, i=i: grad(f)(x)[i], X) for i in range(3)])
    np.testing.assert_allclose(hessian(f)(X), rows, rtol=1e-6, atol=1e-7)


def test_reverse_mode_twice_goes_through_an_inlined_rule():
    np.testing.assert_allclose(jacrev(grad(of_log))(X), hessian(of_log)(X), rtol=1e-12)


def test_the_third_derivative_exists():
    def f(x):
        return weighted_log(x, x)

    np.testing.assert_allclose(grad(grad(grad(f)))(0.5), -1 / 0.5**2)


@pytest.mark.parametrize("f", [of_log, of_branching])
def test_reverse_mode_over_forward_mode_goes_through_a_rule_for_reverse_mode(f):
    expected = hessian(f)(X) @ X + grad(f)(X)
    np.testing.assert_allclose(grad(lambda x: jvp(f, (x,), (x,))[1])(X), expected, rtol=1e-10)


def test_forward_mode_twice_goes_through_a_rule_for_reverse_mode():
    expected = hessian(of_log)(X) @ X + grad(of_log)(X)
    found = [jvp(lambda x: jvp(of_log, (x,), (x,))[1], (X,), (e,))[1] for e in np.eye(3)]
    np.testing.assert_allclose(found, expected, rtol=1e-10)


def test_starred_arguments_reach_the_rule():
    assert grad(lambda x: branching(*(x, 3), **{"scale": 2.0}))(2.0) == 24.0


def test_a_custom_function_may_be_passed_as_an_argument():
    assert grad(lambda x, f: f(x) + 1.0)(3.0, doubled_gradient) == 12.0


@srcad.custom_vjp
def sine_and_cosine(x):
    return np.sin(x), np.cos(x)


@sine_and_cosine.backward
def sine_and_cosine_backward(ans, g, x):
    return g[0] * ans[1] - g[1] * ans[0]


def test_results_that_are_tuples():
    def f(x):
        s, c = sine_and_cosine(x)
        return np.sum(s * c)

    np.testing.assert_allclose(grad(f)(X), np.cos(2 * X), rtol=1e-12)
    np.testing.assert_allclose(jvp(f, (X,), (np.ones(3),))[1], np.sum(np.cos(2 * X)), rtol=1e-12)
    np.testing.assert_allclose(np.diag(hessian(f)(X)), -2 * np.sin(2 * X), rtol=1e-12)


def test_the_rule_is_used_and_not_the_derivative_of_the_body():
    assert grad(doubled_gradient)(3.0) == 12.0
    assert jvp(doubled_gradient, (3.0,), (1.0,))[1] == 12.0
    with GradientTape() as t:
        x = t.watch(3.0)
        y = doubled_gradient(x)
    assert t.gradient(y, x) == 12.0


def test_the_primal_runs_once_in_a_derivative():
    CALLS.clear()
    grad(lambda x: doubled_gradient(x) + 1.0)(3.0)
    assert CALLS == ["primal"]


def test_equal_calls_are_not_merged():
    CALLS.clear()
    grad(lambda x: doubled_gradient(x) + doubled_gradient(x))(3.0)
    assert CALLS == ["primal", "primal"]


def test_a_straight_rule_is_inlined_and_one_with_a_loop_is_called():
    assert "weighted_log_backward" not in grad(of_log).source
    assert "branching_backward" in grad(of_branching).source


def made(scale):
    @srcad.custom_vjp
    def times(x):
        return scale * x

    @times.backward
    def times_backward(ans, g, x):
        return 10 * scale * g

    return times


def test_rules_that_are_closures_keep_their_own_variables():
    two, three = made(2.0), made(3.0)
    assert grad(lambda x: two(x) + three(x) * 100)(1.0) == 20.0 + 3000.0


def test_a_local_variable_may_have_the_name_of_a_module_in_the_rule():
    def f(x):
        np_ = 3.0
        weighted_log_backward = 2.0
        return weighted_log(x, 2.0) * np_ * weighted_log_backward

    np.testing.assert_allclose(grad(f)(0.5), 2 / 0.5 * 6)


class Model:
    def __init__(self, w):
        self.w = w

    @srcad.custom_vjp(wrt="x")
    def apply(self, x):
        return self.w * x

    @apply.backward
    def apply_backward(ans, g, self, x):
        return 7 * self.w * g


def test_a_method_can_have_a_rule():
    model = Model(2.0)
    assert model.apply(3.0) == 6.0
    assert grad(lambda x, m: m.apply(x) * 1.0)(3.0, model) == 14.0


@srcad.custom_vjp
def with_containers(params, x):
    return params["w"] * x[0] + x[1]


@with_containers.backward
def with_containers_backward(ans, g, params, x):
    return {"w": g * x[0]}, (g * params["w"], g)


def test_containers_get_containers_of_gradients():
    found = grad(lambda p, a, b: with_containers(p, (a, b)) ** 2, (0, 1, 2))({"w": 3.0}, 2.0, 1.0)
    assert found == ({"w": 28.0}, 42.0, 14.0)


def test_a_value_with_a_derivative_in_another_parameter_is_an_error():
    with pytest.raises(NoDerivativeError, match="'scale'"):
        grad(lambda x: branching(x, 2, scale=x))(2.0)


def test_a_function_without_a_rule_says_how_to_give_it_one():
    @srcad.custom_vjp
    def bare(x):
        return x

    with pytest.raises(NoDerivativeError, match="@bare.backward"):
        grad(lambda x: bare(x) * 2)(1.0)


def test_check_finds_a_wrong_rule_and_accepts_a_right_one():
    weighted_log.check(0.5, 2.0, order=2)
    scaled_sine.check(X, a=3.0)
    with pytest.raises(GradientCheckError):
        doubled_gradient.check(3.0)


def test_check_on_request_runs_at_the_first_call_of_each_form():
    @srcad.custom_vjp(check=True)
    def wrong(x):
        return x**2

    @wrong.backward
    def wrong_backward(ans, g, x):
        return g * x

    with pytest.raises(GradientCheckError):
        grad(lambda x: 2 * wrong(x))(3.0)


@pytest.mark.parametrize(
    ("rule", "match"),
    [
        (lambda ans, g, x: g, "parameters"),
        (lambda ans, g, y, x: (g, g), "'y'"),
        (lambda ans, g, *args: g, "names"),
    ],
)
def test_a_rule_with_other_parameters_is_refused(rule, match):
    @srcad.custom_vjp
    def f(x, y):
        return x * y

    with pytest.raises(ArgumentError, match=match):
        f.backward(rule)


def test_forward_needs_the_name_of_one_of_several_parameters():
    @srcad.custom_jvp
    def f(x, y):
        return x * y

    with pytest.raises(ArgumentError, match='forward\\("x"\\)'):
        f.forward(lambda ans, t, x, y: t * y)
    with pytest.raises(ArgumentError, match="'z'"):
        f.forward("z")(lambda ans, t, x, y: t)


# -- functions without source ------------------------------------------------------------------------

exec("def cube(x): return x ** 3")
exec("def sine_of(x, a): return np.sin(x * a)")
c_cos = ctypes.CDLL(ctypes.util.find_library("m")).cos
c_cos.restype, c_cos.argtypes = ctypes.c_double, [ctypes.c_double]


@srcad.def_vjp(cube)  # noqa: F821
def cube_backward(ans, g, x):
    return 3 * g * x**2


@srcad.def_jvp(sine_of, "x")  # noqa: F821
def sine_of_x(ans, t, x, a):
    return a * np.cos(x * a) * t


@srcad.def_jvp(sine_of, "a")  # noqa: F821
def sine_of_a(ans, t, x, a):
    return x * np.cos(x * a) * t


@srcad.custom_vjp
def library_cos(x) -> float:
    return c_cos(x)


@library_cos.backward
def library_cos_backward(ans, g, x):
    return -g * np.sin(x)


def of_cube(x):
    return np.sum(cube(x) * x)  # noqa: F821


def of_sine_without_source(x):
    return np.sum(sine_of(x, x * x))  # noqa: F821


@pytest.mark.parametrize("f", [of_cube, of_sine_without_source])
def test_functions_without_source_have_derivatives_by_their_rules(f):
    expected = numeric(f, X)
    np.testing.assert_allclose(grad(f)(X), expected, rtol=1e-6)
    np.testing.assert_allclose(jvp(f, (X,), (np.ones(3),))[1], np.sum(expected), rtol=1e-6)
    rows = np.array([numeric(lambda x, i=i: grad(f)(x)[i], X) for i in range(3)])
    np.testing.assert_allclose(hessian(f)(X), rows, rtol=1e-5, atol=1e-5)


def test_the_tape_applies_a_function_without_source():
    with GradientTape() as t:
        x = t.watch(2.0)
        y = tape.apply(cube, x)  # noqa: F821
    assert t.gradient(y, x) == 12.0


def test_a_function_of_c_in_a_custom_function():
    def f(x):
        return library_cos(x) * x

    np.testing.assert_allclose(grad(f)(0.7), np.cos(0.7) - 0.7 * np.sin(0.7))
    second = -2 * np.sin(0.7) - 0.7 * np.cos(0.7)
    np.testing.assert_allclose(grad(grad(f))(0.7), second)
    np.testing.assert_allclose(hessian(f)(0.7), second)


def test_what_cannot_be_a_key_is_refused():
    with pytest.raises(ArgumentError, match="custom_vjp"):
        srcad.def_vjp(c_cos)(library_cos_backward)


def test_a_function_with_source_and_a_rule_may_return_a_tuple():
    def both(x):
        return x**2, x**3

    @srcad.def_vjp(both)
    def both_backward(ans, g, x):
        return g[0] * 20 * x + g[1] * 30 * x**2

    def f(x):
        square, cube_ = both(x)
        return square + cube_

    assert grad(f)(2.0) == 40.0 + 120.0


def test_a_structured_result_without_source_is_declared():
    space = {}
    exec("def halves(x): return {'a': x / 2, 'b': [x / 2]}", space)
    halves = space["halves"]

    @srcad.def_vjp(halves, structured=True)
    def halves_backward(ans, g, x):
        return (g["a"] + g["b"][0]) / 2

    def f(x):
        parts = halves(x)
        return parts["a"] * parts["b"][0]

    assert grad(f)(3.0) == 1.5


def test_a_rule_without_text_and_one_that_is_a_lambda_are_called():
    space = {}
    exec("def rule(ans, g, x): return 5 * g", space)

    @srcad.custom_vjp
    def first(x):
        return x

    @srcad.custom_vjp
    def second(x):
        return x

    first.backward(space["rule"])
    second.backward(lambda ans, g, x: 7 * g)
    assert grad(lambda x: first(x) + second(x))(1.0) == 12.0


def test_a_rule_given_later_replaces_what_was_compiled():
    def inner(x):
        return x * x

    def f(x):
        return inner(x)

    assert grad(f)(3.0) == 6.0

    @srcad.def_vjp(inner)
    def inner_backward(ans, g, x):
        return 100.0 * g

    assert grad(f)(3.0) == 100.0


# -- solvers -----------------------------------------------------------------------------------------


def residual(x, a, b=1.0):
    return x**3 + a * x - b


def newton(f, x, a, b):
    for _ in range(40):
        x = x - f(x, a, b) / (3 * x**2 + a)
    return x


def coupled(x, m, c):
    return np.tanh(m @ x + c)


def iterated(f, x, m, c):
    for _ in range(150):
        x = f(x, m, c)
    return x


root = srcad.custom_root(residual, newton)
fixed_point = srcad.custom_fixed_point(coupled, iterated)
A, B = np.array([1.0, 2.0, 3.0]), np.array([2.0, 0.5, 1.0])
M, C = np.array([[0.3, 0.1], [0.2, 0.2]]), np.array([0.4, -0.3])


def by_root(a, b):
    return np.sum(root(np.ones(3), a, b) ** 2 * b)


def by_iterations(a, b):
    return np.sum(newton(residual, np.ones(3), a, b) ** 2 * b)


def by_fixed_point(m, c):
    return np.sum(fixed_point(np.zeros(2), m, c) ** 2)


def by_all_iterations(m, c):
    return np.sum(iterated(coupled, np.zeros(2), m, c) ** 2)


@pytest.mark.parametrize(
    ("implicit", "explicit", "args"),
    [(by_root, by_iterations, (A, B)), (by_fixed_point, by_all_iterations, (M, C))],
)
def test_implicit_derivatives_are_those_of_the_iterations(implicit, explicit, args):
    for found, expected in zip(grad(implicit, (0, 1))(*args), grad(explicit, (0, 1))(*args)):
        np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-12)
    tangents = tuple(np.cos(a) for a in args)
    np.testing.assert_allclose(jvp(implicit, args, tangents)[1], jvp(explicit, args, tangents)[1], rtol=1e-9)
    np.testing.assert_allclose(
        hessian(implicit, 1)(*args), hessian(explicit, 1)(*args), rtol=1e-8, atol=1e-12
    )


def test_implicit_derivatives_in_reverse_mode_twice():
    np.testing.assert_allclose(jacrev(grad(by_root))(A, B), jacfwd(grad(by_root))(A, B), rtol=1e-10)


def test_the_tape_differentiates_a_root():
    with GradientTape() as t:
        a = t.watch(A)
        y = by_root(a, B)
    np.testing.assert_allclose(t.gradient(y, a), grad(by_root)(A, B), rtol=1e-12)


def test_a_scalar_root_uses_defaults_and_has_no_derivative_in_the_guess():
    np.testing.assert_allclose(
        grad(lambda a: root(1.0, a))(2.0), grad(lambda a: newton(residual, 1.0, a, 1.0))(2.0)
    )
    assert grad(lambda x: root(x, 2.0, 1.0))(1.0) == 0.0


def test_solvers_need_parameters():
    with pytest.raises(ArgumentError, match="no parameter"):
        srcad.custom_root(lambda x: x, newton)


# -- rules that return what does not fit -------------------------------------------------------------------


def _squared(rule):
    @srcad.custom_vjp
    def squared(x):
        return x**2

    squared.backward(rule)
    return squared


@pytest.mark.parametrize("returned", [np.ones(2), "text", 2.0, np.float64(1.0), [1.0, 2.0, 3.0], {"x": 1.0}])
def test_a_gradient_of_another_shape_is_refused_by_every_operator(returned):
    squared = _squared(lambda ans, g, x: returned)
    x = np.array([0.5, -1.2, 2.0])
    for call in (
        lambda: srcad.grad(lambda x: np.sum(squared(x)))(x),
        lambda: srcad.vjp(squared, x)[1](np.ones(3)),
        lambda: srcad.jacrev(squared)(x),
        lambda: srcad.grad(lambda x: np.sum([f(x) for f in [squared]][0]))(x),
    ):
        with pytest.raises(srcad.SrcadError, match="The rule of 'squared' with respect to 'x' returns"):
            call()
    with pytest.raises(srcad.SrcadError, match="The rule of '<lambda>' returns"):
        jvp(squared, (x,), (x,))


def test_what_a_rule_of_a_function_by_itself_returns_is_refused_at_the_call():
    @srcad.custom_vjp
    def product(x, y):
        return x * y

    @product.backward
    def _(ans, g, x, y):
        return g

    derivative = grad(product)
    with pytest.raises(srcad.SrcadError, match="a number as the gradients of 2 parameters") as caught:
        derivative(1.0, 2.0)
    assert caught.value.location.file == __file__
    assert "derivative(1.0, 2.0)" in caught.value.location.text


def test_a_gradient_of_a_container_must_have_its_keys():
    @srcad.custom_vjp
    def product(p):
        return p["a"] * p["b"]

    @product.backward
    def _(ans, g, p):
        return {"a": g * p["b"]}

    with pytest.raises(
        srcad.SrcadError, match="a dict with the keys 'a' as the gradient of a dict with the keys 'a', 'b'"
    ):
        srcad.grad(product)({"a": 2.0, "b": 3.0})


def test_none_stands_for_zeros():
    @srcad.custom_vjp
    def power(x, n):
        return x**n

    @power.backward
    def _(ans, g, x, n):
        return g * n * x ** (n - 1), None

    assert srcad.grad(lambda n: power(2.0, n) * n)(3.0) == 8.0
    assert np.isclose(srcad.grad(srcad.grad(lambda x: power(x, 3.0)))(2.0), 12.0)
    assert srcad.jvp(lambda x: power(x, 3), (2.0,), (1.0,))[1] == 12.0


def test_a_tangent_of_another_shape_is_refused():
    @srcad.custom_jvp
    def squared(x):
        return x**2

    @squared.forward
    def _(ans, t, x):
        return np.sum(t)

    x = np.array([0.5, -1.2, 2.0])
    with pytest.raises(srcad.SrcadError, match="returns a number as the tangent of an array of shape"):
        srcad.jvp(lambda x: squared(x) * 1.0, (x,), (x,))


def test_an_unknown_that_is_a_container_is_refused():
    root = srcad.custom_root(lambda x, a: {"u": x["u"] ** 2 - a}, lambda f, x, a: {"u": np.sqrt(a)})
    with pytest.raises(srcad.SrcadError, match="unknown of an implicit function is a container"):
        srcad.grad(lambda a: root({"u": 1.0}, a)["u"])(4.0)


@pytest.mark.parametrize(
    ("returned", "described"),
    [(np.ones(2), r"an array of shape \(2,\)"), (3.0, "a number"), ((1.0, 2.0, 3.0), "a sequence of 3")],
)
def test_a_rule_returns_as_many_gradients_as_there_are_parameters(returned, described):
    @srcad.custom_vjp
    def product(x, y):
        return x * y

    @product.backward
    def _(ans, g, x, y):
        return returned

    def by_tape():
        with srcad.GradientTape() as tape:
            x, y = tape.watch((2.0, 3.0))
            z = product(x, y)
        return tape.gradient(z, [x, y])

    for call in (
        lambda: srcad.grad(product)(2.0, 3.0),
        lambda: srcad.grad(lambda x, y: [f(x, y) for f in [product]][0], argnums=(0, 1))(2.0, 3.0),
        lambda: srcad.hessian(product)(2.0, 3.0),
        by_tape,
    ):
        with pytest.raises(srcad.SrcadError, match=rf"returns {described} as the gradients of 2") as raised:
            call()
        assert raised.value.location is not None


def test_none_stands_for_the_zeros_of_all_parameters():
    @srcad.custom_vjp
    def product(x, y):
        return x * y

    @product.backward
    def _(ans, g, x, y):
        if x > 0.0:
            return [g * y, g * x]
        return None

    assert srcad.grad(product, argnums=(0, 1))(2.0, 3.0) == (3.0, 2.0)
    assert srcad.grad(product, argnums=(0, 1))(-2.0, 3.0) == (0.0, 0.0)
    assert srcad.grad(srcad.grad(product), argnums=1)(2.0, 3.0) == 1.0


@pytest.mark.parametrize("returned", [np.ones(5), 2.0, "text"])
def test_the_tape_refuses_a_gradient_of_another_shape(returned):
    squared = _squared(lambda ans, g, x: returned)
    with srcad.GradientTape() as tape:
        x = tape.watch(np.ones(3))
        y = squared(x)
    with pytest.raises(srcad.SrcadError, match="The rule of 'squared' with respect to 'x' returns") as raised:
        tape.gradient(y, x)
    assert raised.value.location is not None


def test_the_tape_runs_a_rule_of_the_users_as_it_stands():
    seen = []

    @srcad.custom_vjp
    def product(x, y):
        return x * y

    @product.backward
    def _(ans, g, x, y):
        unused = seen.append(g)  # noqa: F841
        return g * y, g * x

    with srcad.GradientTape() as tape:
        x = tape.watch(2.0)
        z = product(x, 3.0)
    assert tape.gradient(z, x) == 3.0 and seen == [1.0]


@dataclasses.dataclass
class Pair:
    first: float
    second: float


class Two:
    def __init__(self, first, second):
        self.first, self.second = first, second


@pytest.mark.parametrize("made", [Pair, Two])
def test_the_gradient_of_an_object_has_its_attributes(made):
    @srcad.custom_vjp
    def pair(x):
        return made(x * x, 3 * x)

    @pair.backward
    def pair_backward(ans, g, x):
        return g.first * 2 * x + 3 * g.second

    def f(x):
        return pair(x).first * pair(x).second

    assert grad(f)(2.0) == 36.0 and grad(lambda x: pair(x).first)(2.0) == 4.0
    assert grad(grad(f))(2.0) == srcad.hvp(f)(2.0, 1.0) == 36.0
    assert srcad.vjp(pair, 2.0)[1](made(1.0, 0.0)) == (4.0,)
    with srcad.GradientTape() as outer:
        x = outer.watch(2.0)
        with srcad.GradientTape() as inner:
            inner.watch(x)
            y = f(x)
        slope = inner.gradient(y, x)
    assert slope.value == 36.0 and outer.gradient(slope, x) == 36.0
    pair.check(2.0, order=2)


class Moments(NamedTuple):
    mean: Any
    spread: Any


@srcad.custom_vjp
def moments(x):
    return {"of": Moments(x * x, [3 * x, x])}


@moments.backward
def moments_backward(ans, g, x):
    mean, spread = g["of"]
    return g["of"].mean * 2 * x + 3 * spread[0] + g["of"].spread[1] + 0.0 * mean


@srcad.custom_jvp
def pair_forward(x):
    return Pair(x * x, 3 * x)


@pair_forward.forward
def _(ans, t, x):
    return Pair(2 * x * t, 3 * t)


def of_moments(x):
    found = moments(x)["of"]
    return found.mean * found.spread[0] * found.spread[1]


def of_pair_forward(x):
    pair = pair_forward(x)
    return x * pair.first * pair.second


def sometimes_of_moments(x):
    found = moments(x)
    return x * (found["of"].mean * found["of"].spread[0] if x > 0 else 1.0)


@srcad.custom_vjp
def pair_backward(x):
    return Pair(x * x, 3 * x)


@pair_backward.backward
def _(ans, g, x):
    return g.first * 2 * x + 3 * g.second


def of_pair_backward(x):
    pair = pair_backward(x)
    return x * pair.first * pair.second


def slope(f):
    return lambda x: jvp(f, (x,), (1.0,))[1]


@pytest.mark.parametrize("f", [of_moments, of_pair_forward, of_pair_backward, sometimes_of_moments])
def test_the_gradient_of_a_named_tuple_or_an_object_is_one_of_its_class(f):
    assert grad(f)(2.0) == srcad.jvp(f, (2.0,), (1.0,))[1] == 96.0
    for outer, inner in itertools.product([grad, slope], repeat=2):
        assert outer(inner(f))(2.0) == 144.0
    assert slope(slope(slope(f)))(2.0) == 144.0
    with srcad.GradientTape() as tape:
        x = tape.watch(2.0)
        y = f(x)
    assert tape.gradient(y, x) == 96.0


def test_a_result_that_counts_in_no_branch_has_zeros_for_its_gradient():
    assert grad(sometimes_of_moments)(-2.0) == 1.0


@srcad.custom_vjp
def steps_of_tanh(x, w):
    for _ in range(2):
        x = np.tanh(x * w)
    return x


@steps_of_tanh.backward
def _(ans, g, x, w):
    kept = [x]
    for _ in range(2):
        kept.append(np.tanh(kept[-1] * w))
    dw = np.zeros_like(w)
    for i in reversed(range(2)):
        g = g * (1.0 - kept[i + 1] ** 2)
        dw = dw + g * kept[i]
        g = g * w
    return g, dw


def test_one_array_may_be_two_arguments_of_a_rule_that_is_differentiated_thrice():
    def plain(x):
        return np.sum(np.tanh(np.tanh(x * x) * x))

    def ruled(x):
        return np.sum(steps_of_tanh(x, x))

    def along(f):
        return lambda x: jvp(f, (x,), (x,))[1]

    x = np.array([0.3, 0.5])
    for derive in (lambda f: grad(along(along(f))), lambda f: grad(lambda x: np.sum(grad(along(f))(x)))):
        np.testing.assert_allclose(derive(ruled)(x), derive(plain)(x), rtol=1e-10)


def declared_inside(x):
    @srcad.custom_vjp
    def inner(y):
        return y * y

    return inner(x)


def solver_inside(a):
    return srcad.custom_root(lambda x, a: x * x - a, lambda f, x, a: np.sqrt(a))(1.0, a)


def checked_inside(x):
    srcad.check_grads(np.sin, (x,))
    return x * x


def forward_mode_inside(x):
    return srcad.Jvp(np.sin)((x,), (1.0,))[1]


@pytest.mark.parametrize(
    ("f", "message"),
    [
        (declared_inside, "Declare it around that function"),
        (solver_inside, "Declare it around that function"),
        (checked_inside, "Check them outside of it"),
        (forward_mode_inside, r"jvp\(f, \(x,\), \(dx,\)\)"),
    ],
)
def test_what_belongs_around_a_differentiated_function_is_refused_inside_of_it(f, message):
    for derivative in (grad(f), lambda x: srcad.jvp(f, (x,), (1.0,))):
        with pytest.raises(SrcadError, match=message) as raised:
            derivative(2.0)
        assert raised.value.location is not None


def test_the_tape_refuses_a_custom_function_that_reads_a_traced_value_around_it():
    with srcad.GradientTape() as tape:
        x = tape.watch(2.0)

        @srcad.custom_vjp
        def times_x(y):
            return [y * x]

        times_x.backward(lambda ans, g, y: g[0] * x)
        with pytest.raises(SrcadError, match="Pass it as an argument"):
            times_x(x)


summed = functools.partial(np.sum, axis=0)


def test_partial_functions_of_what_has_a_rule_are_called():
    x = np.ones((2, 2))
    np.testing.assert_array_equal(grad(lambda x: summed(x)[0] ** 2)(x), [[4, 0], [4, 0]])
    np.testing.assert_array_equal(srcad.hvp(lambda x: summed(x)[0] ** 2)(x, x), [[4, 0], [4, 0]])
    assert srcad.jvp(lambda x: summed(x)[0] ** 2, (x,), (x,))[1] == 8.0

    @srcad.custom_vjp
    def cubed(x, n=3):
        return x**n

    @cubed.backward
    def cubed_backward(ans, g, x, n=3):
        return g * n * x ** (n - 1), None

    fourth = functools.partial(cubed, n=4)
    assert grad(lambda x: fourth(x))(2.0) == 32.0


def test_rules_of_one_name_are_told_apart_where_the_text_reads_a_global_variable(tmp_path, monkeypatch):
    rule = "@srcad.custom_vjp\ndef {}(x):\n    return x * {}\n\n@{}.backward\ndef _(ans, g, x):\n" + (
        "    for _ in range(1):\n        g = g * {}\n    return g\n\n"
    )
    text = "import srcad\nfactors = {'k': 2.0}\n\n" + rule.format("first", 2.0, "first", 2.0)
    text += "def f(x):\n    return first(x) * factors['k']\n\nbefore = srcad.jvp(f, (1.0,), (1.0,))[1]\n\n"
    text += rule.format("second", 5.0, "second", 5.0) + "def g(x):\n    return first(x) * factors['k']\n"
    (tmp_path / "rules_of_one_name.py").write_text(text)
    monkeypatch.syspath_prepend(tmp_path)
    module = importlib.import_module("rules_of_one_name")
    for f in (module.f, module.g):
        for derive in (grad, slope, jacfwd, jacrev):
            assert derive(f)(1.0) == module.before == 4.0


class Ruled:
    """A callable object whose call has a rule."""

    def __init__(self, w):
        self.w = w

    @srcad.custom_vjp
    def __call__(self, x):
        return np.tanh(self.w * x)

    @__call__.backward
    def of_call(ans, g, self, x):
        d = g * (1 - ans**2)
        return {"w": np.sum(d * x)}, d * self.w


GIVEN = Ruled(2.0)


def of_a_global_object(x):
    return np.sum(GIVEN(x) * x)


def of_objects_in_a_list(x):
    for layer in (Ruled(x[0]), GIVEN):
        x = layer(x)
    return np.sum(x**2)


@pytest.mark.parametrize("f", [of_a_global_object, of_objects_in_a_list])
def test_objects_whose_call_has_a_rule(f):
    x = np.array([0.3, -0.5])
    srcad.check_grads(f, (x,), order=2)
    np.testing.assert_allclose(srcad.jacobian(GIVEN)(x), np.diag(2 * (1 - np.tanh(2 * x) ** 2)))

"""Whatever a user may hand to an operator, and the forms in which the results come back."""

from __future__ import annotations

import functools
import linecache
import math
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from srcad import grad, hessian, jacobian, jvp, value_and_grad, vjp
from srcad.callables import compilation
from srcad.errors import ArgumentError, OutputError

X = np.array([1.0, 2.0, 3.0])


def product(x, y, z=2.0):
    return np.sum(x * y * z)


class Spring:
    scale = 0.5

    def __init__(self, stiffness: Any) -> None:
        self.stiffness = stiffness

    def energy(self, x, power=2):
        return 0.5 * np.sum(self.stiffness * x**power)

    def __call__(self, x):
        return self.energy(x)

    @grad
    def force(self, x):
        return 0.5 * np.sum(self.stiffness * x * x)

    @grad(argnums=("x", "y"))
    def two(self, x, y):
        return np.sum(self.stiffness * x * y)

    @value_and_grad
    def both(self, x):
        return np.sum(self.stiffness * x)

    @staticmethod
    def cube(x):
        return np.sum(x**3)

    @classmethod
    def scaled(cls, x):
        return cls.scale * np.sum(x * x)

    @staticmethod
    @grad
    def slope(x):
        return np.sum(x**3)

    @grad
    @staticmethod
    def slope_too(x):
        return np.sum(x**3)

    @property
    def bound(self):
        return lambda x: np.sum(self.stiffness * x)


class Softer(Spring):
    def energy(self, x, power=2):
        return 0.1 * super().energy(x, power)


def logged(f: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(f)
    def inner(*args: Any, **kwargs: Any) -> Any:
        return f(*args, **kwargs)

    return inner


@logged
def decorated(x):
    return np.sum(x * x)


@functools.lru_cache
def cached(x):
    return x * x


def outer(factor):
    def inner(x):
        return np.sum(factor * x)

    return inner


SPRING = Spring(3.0)


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        pytest.param(lambda x: np.sum(x * x), 2 * X, id="lambda"),
        pytest.param(
            (lambda x: np.sum(x), lambda x: np.sum(x * x))[1], 2 * X, id="one of two lambdas on a line"
        ),
        pytest.param(outer(4.0), np.full(3, 4.0), id="closure"),
        pytest.param(SPRING.energy, 3.0 * X, id="method"),
        pytest.param(Softer(3.0).energy, 0.3 * X, id="method that calls super"),
        pytest.param(SPRING, 3.0 * X, id="callable object"),
        pytest.param(Spring.cube, 3 * X * X, id="static method of a class"),
        pytest.param(SPRING.cube, 3 * X * X, id="static method of an instance"),
        pytest.param(Spring.scaled, X, id="class method"),
        pytest.param(SPRING.bound, np.full(3, 3.0), id="lambda from a property"),
        pytest.param(functools.partial(product, y=X), 2 * X, id="partial by name"),
        pytest.param(functools.partial(product, X), 2 * X, id="partial by position"),
        pytest.param(
            functools.partial(functools.partial(product, X), z=3.0), 3 * X, id="partial of a partial"
        ),
        pytest.param(functools.partial(SPRING.energy, power=3), 4.5 * X * X, id="partial of a method"),
        pytest.param(decorated, 2 * X, id="decorated function"),
        pytest.param(np.sum, np.ones(3), id="NumPy function"),
        pytest.param(np.linalg.norm, X / np.linalg.norm(X), id="NumPy function with a rule"),
        pytest.param(X.dot, X, id="method of an array"),
    ],
)
def test_functions_of_every_kind(function: Any, expected: Any) -> None:
    derivative = grad(function)
    for _ in range(6):
        np.testing.assert_allclose(derivative(X), expected, rtol=1e-12)
    value, gradient = value_and_grad(function)(X)
    np.testing.assert_allclose(value, function(X), rtol=1e-12)
    np.testing.assert_allclose(gradient, expected, rtol=1e-12)
    _, pullback = vjp(function, X)
    np.testing.assert_allclose(pullback(1.0)[0], expected, rtol=1e-12)
    _, tangent = jvp(function, (X,), (X,))
    np.testing.assert_allclose(tangent, np.sum(expected * X), rtol=1e-12)


@pytest.mark.parametrize(
    ("function", "at", "expected"),
    [(math.sin, 0.5, math.cos(0.5)), (abs, -2.0, -1.0), (np.exp, 0.0, 1.0), (cached, 3.0, 6.0)],
    ids=["math", "builtin", "ufunc", "cached function"],
)
def test_functions_of_numbers(function: Any, at: float, expected: float) -> None:
    for _ in range(6):
        assert grad(function)(at) == pytest.approx(expected, rel=1e-14)


def test_decorated_methods() -> None:
    spring = Spring(3.0)
    for _ in range(6):
        np.testing.assert_array_equal(spring.force(X), 3.0 * X)
        np.testing.assert_array_equal(spring.two(X, 2 * X), (6.0 * X, 3.0 * X))
        value, gradient = spring.both(X)
        assert value == 18.0
        np.testing.assert_array_equal(gradient, np.full(3, 3.0))
        np.testing.assert_array_equal(spring.slope(X), 3 * X * X)
        np.testing.assert_array_equal(Spring.slope(X), 3 * X * X)
        np.testing.assert_array_equal(spring.slope_too(X), 3 * X * X)
    spring.stiffness = 5.0
    np.testing.assert_array_equal(spring.force(X), 5.0 * X)
    assert "def " in spring.force.source
    assert spring.force.__name__ == "force"


def test_a_decorated_method_is_compiled_once_for_all_instances() -> None:
    springs = [Spring(float(k)) for k in range(5)]
    springs[0].force(X)
    before = len(compilation._CACHE)
    for k, spring in enumerate(springs):
        np.testing.assert_array_equal(spring.force(X), k * X)
    assert len(compilation._CACHE) == before


def test_a_class_method_cannot_be_bound_twice() -> None:
    with pytest.raises(ArgumentError, match="Write @classmethod above @grad"):
        grad(classmethod(lambda cls, x: x))


def test_the_derivative_of_a_decorated_method_is_derived_again() -> None:
    class Cubic:
        @grad
        def slope(self, x):
            return self.factor * x**3

        def __init__(self):
            self.factor = 2.0

    assert grad(Cubic().slope)(2.0) == 24.0
    assert value_and_grad(Cubic().slope)(2.0) == (24.0, 24.0)


@pytest.mark.parametrize(
    ("argnums", "expected"),
    [
        (0, 8.0), (1, 6.0), (2, 12.0), (-1, 12.0), ("y", 6.0), ((0,), (8.0,)), (("z", 0), (12.0, 8.0)),
        ((0, "x"), (8.0, 8.0)),
    ],
)  # fmt: skip
def test_argnums(argnums: Any, expected: Any) -> None:
    assert grad(product, argnums)(3.0, 4.0) == expected
    value, gradients = value_and_grad(product, argnums)(3.0, 4.0)
    assert (value, gradients) == (24.0, expected)


def test_argnums_count_from_what_a_partial_leaves_open() -> None:
    assert grad(functools.partial(product, 3.0), argnums=0)(4.0) == 6.0
    assert grad(functools.partial(product, 3.0), argnums="x")(4.0) == 8.0
    with pytest.raises(ArgumentError):
        grad(functools.partial(product, 3.0), argnums=2)


def keyword_only(x, *, scale, shift=1.0):
    return x * x * scale + shift


def variadic(x, *rest, **named):
    return x * sum(rest) + named.get("extra", 0.0) * x


def scaled_twice(x, *factors):
    return x * factors[0] * factors[1]


def positional_only(x, y, /, z):
    return x * y * z


def test_keyword_only_parameters() -> None:
    for _ in range(6):
        assert grad(keyword_only)(3.0, scale=2.0) == 12.0
        assert grad(keyword_only, argnums="scale")(3.0, scale=2.0) == 9.0
        assert grad(keyword_only, argnums="shift")(3.0, scale=2.0) == 1.0
    with pytest.raises(ArgumentError, match="scale"):
        grad(keyword_only)(3.0)
    with pytest.raises(ArgumentError, match="keyword_only"):
        grad(keyword_only)(3.0, 2.0)


def test_any_number_of_arguments() -> None:
    for _ in range(6):
        assert grad(variadic)(2.0, 3.0, 4.0) == 7.0
        assert grad(variadic)(2.0, 3.0, extra=5.0) == 8.0
    assert grad(variadic, argnums="rest")(2.0, 3.0, 4.0) == (2.0, 2.0)


def test_positions_count_on_in_any_number_of_arguments() -> None:
    for _ in range(6):
        assert grad(variadic, argnums=2)(2.0, 3.0, 4.0) == 2.0
        assert value_and_grad(variadic, argnums=(1, 0))(2.0, 3.0, 4.0) == (14.0, (2.0, 7.0))
    assert grad(grad(scaled_twice, argnums=2))(2.0, 3.0, 4.0) == 3.0
    assert vjp(variadic, 2.0, 3.0, 4.0)[1](1.0) == (7.0, 2.0, 2.0)
    with pytest.raises(ArgumentError, match="argnums=3"):
        grad(variadic, argnums=3)(2.0, 3.0, 4.0)
    with pytest.raises(ArgumentError, match="argnums=True"):
        grad(variadic, argnums=True)


def test_positional_only_parameters() -> None:
    assert grad(positional_only, argnums=(0, "z"))(2.0, 3.0, z=4.0) == (12.0, 6.0)
    with pytest.raises(ArgumentError):
        grad(positional_only)(2.0, y=3.0, z=4.0)


def remembering(x, count):
    memo = {}

    def power(n):
        if n not in memo:
            memo[n] = x * power(n - 1) if n > 0 else x
        return memo[n]

    return power(count)


def test_a_dict_that_grows_is_no_reason_to_compile_again() -> None:
    assert grad(remembering)(0.9, 3) == pytest.approx(4 * 0.9**3)
    before = len(compilation._CACHE)
    assert grad(remembering)(0.9, 20) == pytest.approx(21 * 0.9**20)
    assert len(compilation._CACHE) <= before + 2


def test_one_code_object_is_compiled_once() -> None:
    compilation._CACHE.clear()
    for number in range(400):
        space: dict[str, Any] = {}
        text = f"def make(factor):\n    return lambda x: factor * x * {number}.0\n"
        file = f"<made {number}>"
        exec(compile(text, file, "exec"), space)
        linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
        for factor in range(120):
            assert grad(space["make"](float(factor)))(1.0) == factor * number
    assert len(compilation._CACHE) <= 400


def test_what_a_closure_captures_may_become_a_function_and_back() -> None:
    part = 2.0

    def f(x):
        return x * part if isinstance(part, float) else part(x)

    derivative = grad(f)
    for _ in range(6):
        assert derivative(3.0) == 2.0
    part = np.square
    for _ in range(6):
        assert derivative(3.0) == 6.0
    part = 5.0
    assert derivative(3.0) == 5.0


# -- auxiliary results ---------------------------------------------------------------------------------------


def with_aux(x, y=2.0):
    return x**3 * y, {"square": x * x, "label": "a"}


def test_aux_of_gradients() -> None:
    gradient, aux = grad(with_aux, has_aux=True)(3.0)
    assert (gradient, aux) == (54.0, {"square": 9.0, "label": "a"})
    (value, aux), gradient = value_and_grad(with_aux, argnums=(1, 0, 1), has_aux=True)(3.0)
    assert (value, aux["square"], gradient) == (54.0, 9.0, (27.0, 54.0, 27.0))


def test_aux_of_a_pullback() -> None:
    value, pullback, aux = vjp(with_aux, 3.0, 2.0, has_aux=True)
    assert (value, aux) == (54.0, {"square": 9.0, "label": "a"})
    assert pullback(1.0) == (54.0, 27.0)
    assert pullback(2.0) == (108.0, 54.0)
    with pytest.raises(OutputError, match="pair"):
        vjp(product, 3.0, 2.0, has_aux=True)


def test_aux_of_a_gradient_of_a_gradient() -> None:
    second, aux = grad(grad(with_aux, has_aux=True), has_aux=True)(3.0)
    assert (second, aux["square"]) == (36.0, 9.0)
    (first, aux), second = value_and_grad(grad(with_aux, has_aux=True), has_aux=True)(3.0)
    assert (first, aux["label"], second) == (54.0, "a", 36.0)


def test_a_gradient_of_the_first_part_of_a_gradient_with_aux() -> None:
    def slope(x):
        gradient, aux = grad(with_aux, has_aux=True)(x)
        return gradient * aux["square"]

    # 6 x^2 * x^2, whose derivative is 24 x^3
    assert grad(slope)(2.0) == pytest.approx(192.0)


def test_a_gradient_of_repeated_argnums() -> None:
    def both(x, y):
        first, second, third = grad(product, argnums=(1, 0, 1))(x, y)
        return first * third + second

    # (2 x)^2 + 2 y
    assert grad(both)(3.0, 5.0) == 24.0
    np.testing.assert_array_equal(jacobian(grad(product, argnums=(1, 0, 1)))(3.0, 5.0), (2.0, 0.0, 2.0))


def test_aux_is_required_to_be_a_pair() -> None:
    with pytest.raises((ArgumentError, TypeError, ValueError)):
        grad(lambda x: x * x, has_aux=True)(2.0)


def test_hessian_of_a_method() -> None:
    np.testing.assert_allclose(hessian(SPRING.energy)(X), 3.0 * np.eye(3))


def test_a_complaint_about_shapes_is_not_lost_with_a_value_that_no_gradient_needs() -> None:
    def summed_twice(x):
        return np.sum(x) + np.sum(x @ np.ones(7))

    with pytest.raises(ValueError, match="size 7 is different from 3"):
        grad(summed_twice)(np.ones(3))


def test_a_nested_function_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    def steered(w):
        def potential(p):
            return w * np.sum(p**4)

        x = np.ones(2)
        while np.sum(x) > 0.5:
            x = x - 0.01 * grad(potential)(x)
        return np.sum(x)

    derivative = grad(steered)
    first = derivative(0.7)
    read: list[Any] = []
    monkeypatch.setattr(
        "srcad.callables.targets.read", lambda function: read.append(function) or pytest.fail("read again")
    )
    assert derivative(0.7) == first and not read


def states_in_a_list(w, x):
    states = []
    for _ in range(2):
        x = np.tanh(w @ x)
        states.append(x)
    return states


def filled_by_rows(w, x):
    y = np.zeros(3)
    for i in range(3):
        y[i] = np.sum(w[i] * x) ** 2
    return y


@pytest.mark.parametrize("function", [states_in_a_list, filled_by_rows])
def test_what_becomes_of_arguments_and_value_does_not_reach_a_pullback(function):
    w, x = np.arange(9.0).reshape(3, 3) / 10.0, np.ones(3)
    _, pullback = vjp(function, w.copy(), x.copy())
    value, later = vjp(function, w, x)
    cotangent = [np.ones(3), np.ones(3)] if isinstance(value, list) else np.ones(3)
    for array in (w, x, *value) if isinstance(value, list) else (w, x, value):
        array *= 3.0
    for expected, found in zip(pullback(cotangent), later(cotangent)):
        np.testing.assert_array_equal(found, expected)


class Linked:
    """An object that knows another, which may know it."""

    def __init__(self, value: float) -> None:
        self.value = value
        self.peer: Any = self


def test_the_gradient_of_objects_that_know_each_other_has_all_that_leads_to_them() -> None:
    def product(first: Any) -> Any:
        return first.value * first.peer.value * first.peer.peer.value

    def in_a_list(nodes: Any) -> Any:
        return sum(node.peer.peer.value * node.value for node in nodes)

    def updated(first: Any) -> Any:
        first.peer.value = first.value * 3.0
        first.peer.peer.value *= first.peer.value
        return first.value**2 + first.peer.value * first.peer.peer.value

    first, second = Linked(2.0), Linked(3.0)
    first.peer, second.peer = second, first
    found = grad(product)(first)
    assert (found.value, found.peer.value) == (12.0, 4.0)
    assert found.peer.peer is found
    assert grad(product)(Linked(2.0)).value == 12.0
    assert [node.value for node in grad(in_a_list)([first, second])] == [4.0, 6.0]
    assert grad(updated)(first).value == 396.0
    assert jvp(product, (first,), (first,))[1] == 36.0


def test_the_gradient_of_a_tree_whose_nodes_know_their_parents() -> None:
    def depths(node: Any) -> Any:
        above = node.parent.value if node.parent is not None else 1.0
        return node.value * above + sum(depths(child) for child in node.children)

    root = SimpleNamespace(value=2.0, parent=None, children=[])
    root.children = [SimpleNamespace(value=3.0, parent=root, children=[]) for _ in range(2)]
    found = grad(depths)(root)
    assert found.value == 1.0 + 3.0 + 3.0
    assert [child.value for child in found.children] == [2.0, 2.0]


def test_a_derivative_belongs_to_the_module_of_its_function():
    assert grad(_squared_for_its_module).__module__ == __name__


def _squared_for_its_module(x):
    return x * x
